/** `deno task renew`: the entry takes the certificate that lies in the operator's files now. */

import { takeCertificate } from "./certificate.ts";
import { type Command, EXIT, Failure, main } from "./cli.ts";
import { readRecord } from "./engine/choose.ts";
import { openRunningToChange } from "./session.ts";

/** The command. */
export const renew: Command = {
  name: "renew",
  summary: 'make the running entry take the certificate of `tls: { mode: "files" }`, when its files changed',
  examples: ["renew"],
  async run(invocation) {
    const { progress, signal, print, stateDir } = invocation;
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
    if ((await readRecord(stateDir))?.running !== true) {
      throw new Failure(
        `Cannot take the certificate over: ${stack.name} does not run`,
        EXIT.lacking,
        "`deno task up` takes it over as well",
      );
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

if (import.meta.main) await main(renew);
