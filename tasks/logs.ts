/** `deno task logs`: the services' logs. */

import pc from "picocolors";
import { type Service, SERVICES } from "../compose/services/mod.ts";
import { nearest } from "../lib/nearest.ts";
import { type Command, EXIT, main, UsageError } from "./cli.ts";
import { ENGINE_FLAG, openRunning } from "./session.ts";
import { servicesOf } from "./stack.ts";

const DEFAULT_TAIL = 50;

/** The command. */
export const logs: Command = {
  name: "logs",
  summary: "the logs of one service, or of all",
  usage: "[SERVICE]",
  maxArgs: 1,
  flags: {
    follow: { type: "boolean", short: "f", help: "go on until Ctrl-C" },
    tail: {
      type: "string",
      value: "N",
      short: "n",
      help: `lines from the end of each log (${DEFAULT_TAIL})`,
    },
    ...ENGINE_FLAG,
  },
  examples: ["logs webhook", "logs prometheus --follow --tail 10"],
  async run(invocation) {
    const { flags, args, json, signal } = invocation;
    const tail = tailOf(flags.tail);
    const one = args[0] === undefined ? undefined : serviceOf(args[0]);
    const { stack, target, engine } = await openRunning(invocation);
    const known = servicesOf(stack, target.engine);
    if (one && !known.has(one)) {
      throw new UsageError(
        `Cannot show the logs of "${one}": it is not among the services of this stack, ${
          [...known].join(", ")
        }`,
      );
    }
    const services = one ? [one] : [...known];
    const lines: { service: Service; line: string }[] = [];
    await Promise.all(services.map(async (service) => {
      for await (const line of engine.logs(service, { tail, follow: flags.follow === true, signal })) {
        if (json && !flags.follow) lines.push({ service, line });
        // A document that never ends cannot be one: with --follow each line is a document of its own.
        else if (json) console.log(JSON.stringify({ service, line }));
        else console.log(one ? line : `${pc.cyan(service.padEnd(14))} ${line}`);
      }
    }));
    return { code: EXIT.done, json: flags.follow ? undefined : { lines } };
  },
};

function serviceOf(name: string): Service {
  const service = SERVICES.find((candidate) => candidate === name);
  if (service) return service;
  const near = nearest(name, SERVICES);
  throw new UsageError(
    `Cannot show the logs of "${name}": there is no such service; ${
      near ? `did you mean "${near}"?` : `expected one of ${SERVICES.join(", ")}`
    }`,
  );
}

function tailOf(text: string | boolean | undefined): number {
  if (text === undefined) return DEFAULT_TAIL;
  if (typeof text !== "string" || !/^\d+$/.test(text)) {
    throw new UsageError(`Cannot use --tail "${text}": expected a whole number, 0 or more`);
  }
  return Number(text);
}

if (import.meta.main) await main(logs);
