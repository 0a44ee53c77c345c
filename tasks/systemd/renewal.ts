/** Units that run `deno task renew` from time to time, for where no supervisor watches the certificate's files. */

import type { Files } from "../../lib/files.ts";
import { HARDENING, plainUnit, quoted, quotedEnvironment, type Scope } from "./unit.ts";

/** What they are made of. */
export interface RenewalPlan {
  readonly scope: Scope;
  /** Name of the stack. */
  readonly stack: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The unit that they come and go with; the machine's start when left out. */
  readonly target?: string;
}

/** A service and its timer, file name → text. */
export function renewalUnits({ scope, stack, command, environment, target }: RenewalPlan): Files {
  const name = `${stack}-renew`;
  const about = `the entry's certificate of the monitoring stack ${stack}`;
  const belongs = target === undefined ? [] : [["PartOf", target] as const];
  return new Map([
    [
      `${name}.service`,
      plainUnit([
        ["Unit", [["Description", `Take over ${about}`], ["Documentation", "man:systemd.exec(5)"]]],
        ["Service", [
          ["Type", "oneshot"],
          ["ExecStart", command.map(quoted).join(" ")],
          ...Object.entries(environment).map(([key, value]) =>
            ["Environment", quotedEnvironment(key, value)] as const
          ),
          ["SyslogIdentifier", name],
          ["TimeoutStartSec", "10min"],
          // It reads files wherever they lie, and asks Docker or Caddy; it changes nothing of the system.
          ...HARDENING,
          // A user's own manager may not change what its services see of the system.
          ...(scope === "system" ? [["ProtectSystem", "full"] as const] : []),
        ]],
      ]),
    ],
    [
      `${name}.timer`,
      plainUnit([
        ["Unit", [["Description", `Look whether ${about} was renewed`], ...belongs]],
        ["Timer", [["OnCalendar", "*:0/5"], ["AccuracySec", "1min"], ["Persistent", "yes"]]],
        ["Install", [["WantedBy", target ?? "timers.target"]]],
      ]),
    ],
  ]);
}
