/** Alerts and silences as Alertmanager holds them. */

import * as z from "zod";
import { compileMatchers, type Matcher } from "../../../lib/matcher.ts";
import { AlertmanagerSilent, type AskAlertmanager, listIn } from "../alertmanager.ts";

const labels = z.record(z.string(), z.string());
const time = z.string().transform((text) => Date.parse(text)).refine(Number.isFinite);
const ids = z.array(z.string()).nullish().transform((list) => list ?? []);

const heldAlert = z.object({
  fingerprint: z.string(),
  labels,
  annotations: labels.nullish().transform((texts) => texts ?? {}),
  startsAt: time,
  generatorURL: z.string().default(""),
  status: z.object({ state: z.string(), silencedBy: ids, inhibitedBy: ids }),
});

const heldGroup = z.object({ labels, alerts: z.array(z.object({ fingerprint: z.string() })) });

const silence = z.object({
  id: z.string(),
  matchers: z.array(
    z.object({
      name: z.string(),
      value: z.string(),
      isRegex: z.boolean(),
      isEqual: z.boolean().default(true),
    }),
  ),
  startsAt: time,
  endsAt: time,
  createdBy: z.string().default(""),
  comment: z.string().default(""),
  status: z.object({ state: z.enum(["active", "pending", "expired"]) }),
});

/** An alert that Alertmanager holds. */
export type HeldAlert = z.output<typeof heldAlert>;
/** A silence. */
export type Silence = z.output<typeof silence>;

/** A silence to be made. Times in ms since 1970. */
export interface NewSilence {
  readonly matchers: readonly Matcher[];
  readonly startsMs: number;
  readonly endsMs: number;
  readonly createdBy: string;
  readonly comment: string;
}

/** All alerts that it holds. @throws {AlertmanagerSilent} */
export async function heldAlerts(ask: AskAlertmanager): Promise<HeldAlert[]> {
  return read(heldAlert, await ask("alerts"));
}

/** What each alert's group has in common, by fingerprint: of the first group where it is in several. @throws {AlertmanagerSilent} */
export async function heldGroups(
  ask: AskAlertmanager,
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const groups = new Map<string, Readonly<Record<string, string>>>();
  for (const { labels, alerts } of read(heldGroup, await ask("alerts/groups"))) {
    for (const { fingerprint } of alerts) if (!groups.has(fingerprint)) groups.set(fingerprint, labels);
  }
  return groups;
}

/** Silences that are not over, those that end first before the others. @throws {AlertmanagerSilent} */
export async function silences(ask: AskAlertmanager): Promise<Silence[]> {
  return read(silence, await ask("silences"))
    .filter(({ status: { state } }) => state !== "expired")
    .sort((a, b) => a.endsAt - b.endsAt);
}

/**
 * Silences that fit `labels`, also those that are over, as far as Alertmanager still has them.
 *
 * @param held The alert, when Alertmanager holds it: it knows best what silences it.
 * @throws {AlertmanagerSilent}
 */
export async function silencesOf(
  ask: AskAlertmanager,
  labels: Readonly<Record<string, string>>,
  held?: HeldAlert,
): Promise<Silence[]> {
  const found: Silence[] = [];
  for (const each of read(silence, await ask("silences"))) {
    const isIt = held?.status.silencedBy.includes(each.id) || await fits(each, labels);
    if (isIt && each.status.state !== "pending") found.push(each);
  }
  return found;
}

async function fits(silence: Silence, labels: Readonly<Record<string, string>>): Promise<boolean> {
  try {
    return (await compileMatchers(matchersOf(silence)))(labels);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new AlertmanagerSilent(error.message);
  }
}

/** Makes a silence. @throws {AlertmanagerSilent} */
export async function makeSilence(ask: AskAlertmanager, made: NewSilence): Promise<void> {
  await ask("silences", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      matchers: made.matchers.map(({ label, operator, value }) => ({
        name: label,
        value,
        isRegex: operator.includes("~"),
        isEqual: !operator.startsWith("!"),
      })),
      startsAt: new Date(made.startsMs).toISOString(),
      endsAt: new Date(made.endsMs).toISOString(),
      createdBy: made.createdBy,
      comment: made.comment,
    }),
  });
}

/** Ends a silence. @throws {AlertmanagerSilent} */
export async function endSilence(ask: AskAlertmanager, id: string): Promise<void> {
  await ask(`silence/${encodeURIComponent(id)}`, { method: "DELETE" });
}

/** The matchers of a silence, as everywhere here. */
export function matchersOf({ matchers }: Silence): Matcher[] {
  return matchers.map(({ name, value, isRegex, isEqual }) => ({
    label: name,
    operator: isRegex ? (isEqual ? "=~" : "!~") : isEqual ? "=" : "!=",
    value,
  }));
}

function read<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema>[] {
  const parsed = z.array(schema).safeParse(listIn(text));
  if (!parsed.success) throw new AlertmanagerSilent("Alertmanager's answer is not as its API has it");
  return parsed.data;
}
