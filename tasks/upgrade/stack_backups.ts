/** The backups of `deno task backup`, as an upgrade uses them. */

import { PARTS } from "../../backup/mod.ts";
import { repositorySecrets } from "../backup/access.ts";
import { openAgent } from "../backup/agent.ts";
import { exchange } from "../backup/exchange.ts";
import { takeBackup } from "../backup.ts";
import { EXIT, Failure } from "../cli.ts";
import type { Backups } from "./backups.ts";

/** Takes real backups, and gives data back as `deno task restore --only SERVICE` does. */
export const stackBackups: Backups = {
  async take(session, invocation) {
    const { snapshot } = await takeBackup(session, { ...invocation, flags: {} });
    return snapshot;
  },
  async restore(session, invocation, wanted, service) {
    const { stack, target, engine } = session;
    const { progress, signal } = invocation;
    const part = PARTS.find((each) => each === service);
    if (part === undefined) throw new TypeError(`Cannot restore ${service}: a backup has no data of it`);
    const { secrets } = await repositorySecrets(stack, target, { make: false });
    const agent = await openAgent({ session, secrets, progress, signal });
    const { snapshot, manifest } = await agent.do({ action: "choose", wanted });
    if (manifest.parts[part] === undefined) {
      throw new Failure(
        `Cannot restore ${part}: the backup ${snapshot.shortId} has none`,
        EXIT.wrong,
        "`deno task restore --list` shows the other backups",
      );
    }
    const status = await engine.status();
    const running = status.filter(({ state }) => state !== "stopped" && state !== "left-out")
      .map((each) => each.service);
    await exchange({
      session: { ...session, [Symbol.dispose]() {} },
      invocation: { ...invocation, flags: {} },
      agent,
      snapshot,
      manifest,
      parts: [part],
      config: false,
      secrets: false,
      running,
    });
  },
};
