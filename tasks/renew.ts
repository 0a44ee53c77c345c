/** `deno task renew`: the entry takes the certificate that lies in the operator's files now. */

import { takeCertificate } from "./certificate.ts";
import { type Command, type Ending, EXIT, Failure, type Invocation, main, userPath } from "./cli.ts";
import { renewalWatch } from "./engine/local/renewal.ts";
import { openRunningToChange, type Session } from "./session.ts";
import { installLines, placeUnits } from "./systemd/place.ts";
import { renewalUnits } from "./systemd/renewal.ts";

/** The command. */
export const renew: Command = {
  name: "renew",
  summary: 'make the running entry take the certificate of `tls: { mode: "files" }`, when its files changed',
  flags: {
    systemd: {
      type: "string",
      value: "DIR",
      help: "write units there that run it every five minutes, instead of running it",
    },
  },
  examples: ["renew", "renew --systemd /etc/systemd/system"],
  async run(invocation) {
    const { progress, signal, print, flags } = invocation;
    using session = await openRunningToChange(invocation);
    const { stack, target, engine } = session;
    if (stack.tls.mode !== "files") {
      throw new Failure(
        `There is nothing to take over: tls.mode of the stack that was brought up is "${stack.tls.mode}"`,
        EXIT.usage,
        stack.tls.mode === "off"
          ? "change `tls` in config.ts, then run `deno task up`"
          : "Caddy makes and renews this certificate itself",
      );
    }
    if (typeof flags.systemd === "string") {
      return await writeUnits(userPath(flags.systemd), session, invocation);
    }
    const replaced = await takeCertificate(stack, target, signal);
    // Also when nothing changed: a run before may have been cut short.
    const reloaded = await engine.reloadEntry(progress, signal);
    const action = reloaded || replaced ? "renewed" : "unchanged";
    print(
      action === "renewed"
        ? "The entry serves the certificate that its files hold now"
        : "The entry has the certificate that its files hold",
    );
    return { code: EXIT.done, json: { name: stack.name, engine: engine.name, action } };
  },
};

/** For Docker, where nothing of the stack sees the operator's files. */
async function writeUnits(
  directory: string,
  { stack, target }: Session,
  { print }: Invocation,
): Promise<Ending> {
  const scope = Deno.uid() === 0 ? "system" : "user";
  const watch = renewalWatch({ stack, target, environment: Deno.env.toObject() })!;
  const units = renewalUnits({ scope, stack: stack.name, command: watch.command, environment: watch.env });
  const paths = await placeUnits(directory, units);
  const names = [...units.keys()];
  print([
    `${names.join(" and ")} are in ${directory}`,
    "",
    ...installLines(scope, paths, names.at(-1)!),
  ].join("\n"));
  return { code: EXIT.done, json: { scope, directory, units: names } };
}

if (import.meta.main) await main(renew);
