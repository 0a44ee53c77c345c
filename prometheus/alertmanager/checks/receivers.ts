/** `alertmanager/receivers`: every receiver exists, leads somewhere and is used. */

import type { YamlRecord } from "../config_file.ts";
import { NOBODY, WATCHDOG_RECEIVER } from "../routes.ts";
import { type Fault, modelCheck, pathOf } from "./model.ts";

// Watchdog's has no destination when nobody waits for it; the other one is there to tell nobody.
const MAY_BE_EMPTY: readonly string[] = [WATCHDOG_RECEIVER, NOBODY];

/**
 * An error for a route to a receiver that is not defined, and for a receiver without any destination, to which alerts would go and vanish (amtool
 * says nothing about it); a warning for a receiver that no route leads to.
 */
export const receivers = modelCheck(
  {
    id: "alertmanager/receivers",
    title: "Every receiver exists, leads somewhere and is used",
    severity: "error",
  },
  ({ config, routes }) => {
    const entries = config.receivers.map((entry, i) => ({ entry, i, name: String(entry.name) }));
    const defined = new Set(entries.map(({ name }) => name));
    const used = new Set(routes.map(({ receiver }) => receiver));
    const unknown = routes.filter(({ receiver }, i) =>
      !defined.has(receiver) && routes.findIndex((other) => other.receiver === receiver) === i
    );
    return [
      ...unknown.map((route): Fault => ({
        path: [...pathOf(route), "receiver"],
        subject: route.receiver,
        message: `A route leads to the receiver "${route.receiver}", which is not defined`,
        cure: `Define "${route.receiver}" under \`notify.receivers\` in config.ts, or correct the route`,
      })),
      ...entries.filter(({ name, entry }) => !MAY_BE_EMPTY.includes(name) && !hasDestination(entry)).map((
        { name, i },
      ): Fault => ({
        path: ["receivers", i, "name"],
        subject: name,
        message: `The receiver "${name}" has no destination: its alerts would reach nobody`,
        cure: `Give "${name}" a destination under \`notify.receivers\` in config.ts`,
      })),
      ...entries.filter(({ name }) => name !== NOBODY && !used.has(name)).map(({ name, i }): Fault => ({
        severity: "warning",
        path: ["receivers", i, "name"],
        subject: name,
        message: `No route leads to the receiver "${name}"`,
        cure: `Add a route to "${name}" under \`notify\` in config.ts, or remove the receiver`,
      })),
    ];
  },
);

/** Integrations of a receiver by their key: `[["email_configs", [{ … }]]]`. */
export function integrationsOf(receiver: YamlRecord): [key: string, configs: readonly unknown[]][] {
  return Object.entries(receiver).filter((entry): entry is [string, unknown[]] =>
    entry[0].endsWith("_configs") && Array.isArray(entry[1]) && entry[1].length > 0
  );
}

/** Whether alerts that go to `receiver` are told anybody. */
export function hasDestination(receiver: YamlRecord): boolean {
  return integrationsOf(receiver).length > 0;
}
