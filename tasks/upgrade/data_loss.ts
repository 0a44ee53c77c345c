/** What a change of config.ts would make the stack lose: told, and asked about, before anything is changed. */

import type { Service } from "../../compose/services/mod.ts";
import { type Files } from "../../lib/files.ts";
import { nearest } from "../../lib/nearest.ts";
import { bytes, durationMs } from "../../lib/units.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { ask } from "../ask.ts";
import { EXIT, Failure, type Flag, type Invocation, UsageError } from "../cli.ts";
import type { EngineName, Stack } from "../stack.ts";
import { servicesOf } from "../stack.ts";

/** Data that would be dropped, or that nothing would look at any more. */
export interface Loss {
  /** What `--accept-data-loss` calls it. */
  readonly id: LossId;
  /** What would be lost, one sentence. */
  readonly what: string;
}

/** Every kind of loss. */
export const LOSSES = [
  "retention-time",
  "retention-size",
  "webhook-history",
  "backups",
  "engine",
  "name",
  "volumes",
  "service",
  "state",
] as const;

/** A kind of loss. */
export type LossId = typeof LOSSES[number];

/** A stack and what it is run with. */
export interface Situation {
  readonly stack: Stack;
  readonly engine: EngineName;
  /** The files of that engine; undefined when they are not remembered. */
  readonly files?: Files;
}

/** The flag that accepts losses. */
export const ACCEPT_FLAG: Readonly<Record<string, Flag>> = {
  "accept-data-loss": {
    type: "string",
    value: "ITEMS",
    help: "apply a change that drops data: the items that `up` named, separated by commas",
  },
};

/**
 * What going from `before` to `after` would lose.
 *
 * @param otherState Another state directory, in which the stack that this build directory belongs to has its data.
 */
export function lossesOf(
  before: Situation | undefined,
  after: Situation,
  otherState?: string,
): Loss[] {
  if (before === undefined) return otherState === undefined ? [] : [stateLoss(otherState, after.engine)];
  // Another engine starts with data of its own: whatever else changes, changes nothing that is there.
  if (before.engine !== after.engine) return [engineLoss(before.engine, after.engine)];
  return [
    ...retentionLosses(before.stack, after.stack),
    ...webhookLosses(before.stack, after.stack),
    ...backupLosses(before.stack, after.stack),
    ...(after.engine === "docker" ? volumeLosses(before, after) : []),
    ...serviceLosses(before, after),
  ];
}

function stateLoss(directory: string, engine: EngineName): Loss {
  return {
    id: "state",
    what: engine === "local"
      ? `the stack's data and secrets lie in "${directory}": with another state directory it starts empty`
      : `the stack's secrets lie in "${directory}": with another state directory they are made anew, the passwords of Grafana and of backups among them`,
  };
}

function engineLoss(before: EngineName, after: EngineName): Loss {
  const places = { docker: "in Docker's volumes", local: "in the state directory" };
  return {
    id: "engine",
    what: `engine: ${before} → ${after}: measurements, silences and history stay ${
      places[before]
    }, and the stack starts with what lies ${places[after]}`,
  };
}

function retentionLosses({ retention: before }: Stack, { retention: after }: Stack): Loss[] {
  return [
    ...(durationMs(after.time) < durationMs(before.time)
      ? [{
        id: "retention-time" as const,
        what:
          `retention.time: ${before.time} → ${after.time}: measurements older than ${after.time} are deleted`,
      }]
      : []),
    ...(bytes(after.size) < bytes(before.size)
      ? [{
        id: "retention-size" as const,
        what:
          `retention.size: ${before.size} → ${after.size}: the oldest measurements beyond ${after.size} are deleted`,
      }]
      : []),
  ];
}

function webhookLosses({ webhook: before }: Stack, { webhook: after }: Stack): Loss[] {
  const shorter = (["age", "deadAge"] as const).filter((key) =>
    durationMs(after.retention[key]) < durationMs(before.retention[key])
  );
  const losses = shorter.map((key) => ({
    id: "webhook-history" as const,
    what: `webhook.retention.${key}: ${before.retention[key]} → ${after.retention[key]}: ${
      key === "age" ? "history of what was delivered" : "the list of dead letters"
    } from before is deleted`,
  }));
  if (bytes(after.limits.journal) >= bytes(before.limits.journal)) return losses;
  return [...losses, {
    id: "webhook-history",
    what:
      `webhook.limits.journal: ${before.limits.journal} → ${after.limits.journal}: the oldest history beyond it is deleted`,
  }];
}

/** What is kept of backups, whatever keys say how much: fewer of one kind are pruned at the next backup. */
function backupLosses(before: Stack, after: Stack): Loss[] {
  const [was, is] = [before, after].map((stack) =>
    (stack as { backup?: { keep?: Readonly<Record<string, unknown>> } }).backup?.keep ?? {}
  );
  return Object.entries(was!).flatMap(([key, count]): Loss[] => {
    const now = is![key] ?? 0;
    if (typeof count !== "number" || typeof now !== "number" || now >= count) return [];
    return [{ id: "backups", what: `backup.keep.${key}: ${count} → ${now}: older backups are deleted` }];
  });
}

interface Volume {
  /** Name of the volume as Docker has it. */
  readonly name: string;
  readonly target: string;
}

function volumeLosses(before: Situation, after: Situation): Loss[] {
  if (before.stack.name !== after.stack.name) {
    return [{
      id: "name",
      what:
        `name: ${before.stack.name} → ${after.stack.name}: the volumes of "${before.stack.name}" stay, and "${after.stack.name}" starts empty`,
    }];
  }
  if (!before.files || !after.files) return [];
  const now = volumesOf(after.files);
  return [...volumesOf(before.files)].flatMap(([service, volumes]): Loss[] =>
    volumes.flatMap(({ name, target }): Loss[] => {
      const found = now.get(service)?.find((volume) => volume.name === name && volume.target === target);
      // A service that is gone is told as such.
      if (found || !now.has(service)) return [];
      const instead = now.get(service)!.find((volume) => volume.target === target)?.name;
      return [{
        id: "volumes",
        what: instead === undefined
          ? `${service} no longer has its volume "${name}" at ${target}: it starts empty`
          : `${service}: volume "${name}" → "${instead}": it starts empty`,
      }];
    })
  );
}

/** Named volumes with data by service, as compose.yaml has them. */
function volumesOf(files: Files): Map<string, Volume[]> {
  const compose = fromYaml(files.get("compose.yaml") ?? "{}") as {
    services?: Record<
      string,
      { volumes?: { type: string; source: string; target: string; read_only?: boolean }[] }
    >;
    volumes?: Record<string, { name?: string } | null>;
  };
  return new Map(
    Object.entries(compose.services ?? {}).map(([service, { volumes = [] }]) => [
      service,
      // A volume that is only read holds secrets, which are filled in again.
      volumes.filter(({ type, read_only }) => type === "volume" && !read_only).map(({ source, target }) => ({
        name: compose.volumes?.[source]?.name ?? source,
        target,
      })),
    ]),
  );
}

const DATA: Readonly<Partial<Record<Service, string>>> = {
  prometheus: "measurements",
  alertmanager: "silences and what was already told",
  webhook: "alerts and their history",
  grafana: "its database: users, stars, and dashboards that were made by hand",
};

function serviceLosses(before: Situation, after: Situation): Loss[] {
  const now = servicesOf(after.stack, after.engine);
  return [...servicesOf(before.stack, before.engine)].flatMap((service): Loss[] => {
    const data = DATA[service];
    if (data === undefined || now.has(service)) return [];
    return [{ id: "service", what: `${service} is switched off: nothing uses ${data} any more` }];
  });
}

/**
 * Asks whether `losses` are wanted, unless the command line accepts them.
 *
 * @throws {Failure} with exit code 2 where there is nobody to ask, 1 when the answer is no. Nothing was changed then.
 */
export async function confirmLosses(losses: readonly Loss[], invocation: Invocation): Promise<void> {
  const accepted = acceptedBy(invocation);
  const left = losses.filter(({ id }) => !accepted.has(id));
  if (left.length === 0) return;
  const lines = left.map(({ id, what }) => `  ${id}: ${what}`).join("\n");
  if (!Deno.stdin.isTerminal() || invocation.json) {
    throw new Failure(
      `Cannot apply config.ts: data would be lost, and nothing was changed\n${lines}`,
      EXIT.usage,
      `take a backup if need be, then pass --accept-data-loss ${
        [...new Set(losses.map(({ id }) => id))].join(",")
      }`,
      { losses: left },
    );
  }
  invocation.progress[Symbol.dispose]();
  if (!await ask(`Data would be lost:\n${lines}\nApply it all the same?`, invocation.signal)) {
    throw new Failure("Nothing was changed", EXIT.wrong);
  }
}

function acceptedBy({ flags }: Invocation): ReadonlySet<string> {
  const names = String(flags["accept-data-loss"] ?? "").split(",").map((name) => name.trim()).filter(Boolean);
  if (flags["accept-data-loss"] !== undefined && names.length === 0) {
    throw new UsageError('Cannot use "--accept-data-loss" without an item: `up` names those that it needs');
  }
  for (const name of names) {
    if ((LOSSES as readonly string[]).includes(name)) continue;
    const near = nearest(name, [...LOSSES]);
    throw new UsageError(
      `Cannot accept the loss of "${name}": there is no such item; ${
        near ? `did you mean "${near}"?` : `there are ${LOSSES.map((one) => `"${one}"`).join(", ")}`
      }`,
    );
  }
  return new Set(names);
}
