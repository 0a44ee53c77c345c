/**
 * The agent that makes backups.
 *
 * Usage: main.ts serve --plan FILE --secrets DIR --restic PATH --listen HOST:PORT, the service;
 * main.ts once --restic PATH, one request in JSON on standard input, what came of it in JSON on standard output, how far it is in JSON
 * lines on standard error;
 * main.ts healthcheck [URL], whether the service answers.
 */

import { parseArgs } from "node:util";
import { BackupFailure } from "./failure.ts";
import { perform, type Request } from "./perform.ts";
import { serve } from "./serve.ts";

const HEALTH = "http://127.0.0.1:9096/health";
const HEALTH_MS = 4_000;
const STEP_EVERY_MS = 200;

const [command, ...rest] = Deno.args;
const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.addSignalListener(signal, () => stop.abort(new DOMException("Interrupted", "AbortError")));
}
switch (command) {
  case "serve":
    await runService(rest);
    break;
  case "once":
    await answerOnce(rest);
    break;
  case "healthcheck":
    await healthcheck(rest[0] ?? HEALTH);
    break;
  case "--version":
    console.log("1.0.0");
    break;
  default:
    console.error('Cannot run: expected "serve", "once" or "healthcheck"');
    Deno.exit(2);
}
Deno.exit(0);

async function runService(args: string[]): Promise<void> {
  const option = { type: "string" } as const;
  const { values } = parseArgs({
    args,
    options: { plan: option, secrets: option, restic: option, listen: option },
  });
  const { plan, secrets, restic, listen = "127.0.0.1:9096" } = values;
  if (!plan || !secrets || !restic) {
    console.error("Cannot serve: --plan, --secrets and --restic are needed");
    Deno.exit(2);
  }
  const colon = listen.lastIndexOf(":");
  await serve({
    plan,
    secrets,
    program: restic,
    hostname: listen.slice(0, colon).replace(/^\[|\]$/g, ""),
    port: Number(listen.slice(colon + 1)),
    signal: stop.signal,
    log: (text) => console.log(`${new Date().toISOString()} ${text}`),
  });
}

async function answerOnce(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { restic: { type: "string" } } });
  const request: Request = JSON.parse(await new Response(Deno.stdin.readable).text());
  const say = (line: unknown) => console.log(JSON.stringify(line));
  let last = "";
  let lastAt = -Infinity;
  try {
    const result = await perform(request, values.restic ?? "restic", {
      step(what, fraction) {
        if (what === last && performance.now() - lastAt < STEP_EVERY_MS) return;
        last = what;
        lastAt = performance.now();
        console.error(JSON.stringify({ step: what, fraction }));
      },
    }, stop.signal);
    say({ result });
  } catch (error) {
    const { message, stack } = error as Error;
    if (error instanceof BackupFailure) say({ failure: { message, code: error.code, cure: error.cure } });
    else {say({
        failure: {
          message: stop.signal.aborted ? message : stack ?? message,
          code: stop.signal.aborted ? 130 : -1,
        },
      });}
    Deno.exit(1);
  }
}

async function healthcheck(url: string): Promise<void> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(HEALTH_MS) });
    await response.body?.cancel();
    if (response.ok) return;
    console.error(`${url} answers ${response.status}`);
  } catch (error) {
    console.error(`${url} does not answer: ${(error as Error).message}`);
  }
  Deno.exit(1);
}
