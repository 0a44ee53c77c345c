/** Which units a stack has on this machine. */

import { join } from "node:path";
import type { LocalService } from "../../compose/services/mod.ts";
import type { Files } from "../../lib/files.ts";
import type { Binary } from "../binaries/mod.ts";
import { commandOf, environmentOf, type Plan } from "../engine/local/command.ts";
import { dataDir } from "../engine/local/privileges.ts";
import { MARK } from "../engine/local/protocol.ts";
import { renewalWatch } from "../engine/local/renewal.ts";
import { renewalUnits } from "./renewal.ts";
import { type Scope, serviceUnit, targetName, targetUnit, unitName } from "./unit.ts";

/** What the units are made of. */
export interface UnitsContext {
  readonly scope: Scope;
  readonly plan: Plan;
  /** In the order to start. */
  readonly services: readonly LocalService[];
  readonly binaries: ReadonlyMap<LocalService, Binary | undefined>;
}

/** The units, file name → text. */
export function unitsOf({ scope, plan, services, binaries }: UnitsContext): Files {
  const { stack, directory, target } = plan;
  const units = services.map((service, i): [string, string] => {
    const binary = binaries.get(service);
    const start = plan.start(service);
    const environment: Record<string, string> = {
      ...environmentOf(service, plan),
      [MARK.target]: targetName(stack.name),
    };
    const credentials: Record<string, string> = {};
    if (service === "grafana") {
      credentials["admin-password"] = join(target.stateDir, "secrets", "grafana", "admin-password");
      environment.GF_SECURITY_ADMIN_PASSWORD = "$__file{%d/admin-password}";
    }
    return [
      unitName(stack.name, service),
      serviceUnit({
        scope,
        stack: stack.name,
        service,
        after: services.slice(0, i),
        command: commandOf(service, plan, binary),
        environment,
        data: dataDir(directory, service),
        confinement: start.as === "other" ? start.confinement : undefined,
        rootCapabilities: start.as === "self" && start.root ? start.capabilities ?? [] : undefined,
        share: binary?.overlay,
        credentials,
        stopSeconds: service === "prometheus" ? 60 : 15,
      }),
    ];
  });
  const name = targetName(stack.name);
  const renewal = renewalWatch(plan);
  const renewing = renewal === undefined ? new Map<string, string>() : renewalUnits({
    scope,
    stack: stack.name,
    command: renewal.command,
    environment: renewal.env,
    target: name,
  });
  const wanted = [
    ...units.map(([unit]) => unit),
    ...[...renewing.keys()].filter((unit) => unit.endsWith(".timer")),
  ];
  return new Map([...units, ...renewing, [name, targetUnit(stack.name, scope, wanted)]]);
}
