/** Effects as people read them. */

import pc from "picocolors";
import { formatTable } from "../report.ts";
import { type Area, type Effect, type FieldChange, same } from "./effect.ts";
import type { Action, ServiceAction } from "./services.ts";

const TITLES: Readonly<Record<Area, string>> = {
  service: "Services",
  alert: "Alerts",
  recording: "Recordings",
  scraping: "Scraping",
  target: "Targets",
  route: "Routes",
  inhibition: "Inhibitions",
  receiver: "Receivers",
  channel: "Channels",
  dashboard: "Dashboards",
  panel: "Panels",
  setting: "Settings",
};
const MARKS = { added: pc.green("+"), changed: pc.yellow("~"), removed: pc.red("-") };
/** What changes in as many as this in the same way is told once. */
const ALIKE = 4;
const SHOWN_NAMES = 3;
const LONGEST = 100;
/** How much of two long texts is shown, and how much of what they share before and after it. */
const EXCERPT = 240;
const AROUND = 40;

/** Effects as lines, under the names of what they are about. */
export function formatEffects(effects: readonly Effect[]): string {
  const areas = [...new Set(effects.map(({ area }) => area))];
  return areas.map((area) =>
    [pc.bold(TITLES[area]), ...alike(effects.filter((effect) => effect.area === area)).flatMap(linesOf)].join(
      "\n",
    )
  ).join("\n\n");
}

/** What `up` would do to the services, as a table. */
export function formatActions(actions: readonly ServiceAction[]): string {
  const colours: Readonly<Record<Action, (text: string) => string>> = {
    started: pc.green,
    restarted: pc.yellow,
    reloaded: pc.cyan,
    untouched: pc.dim,
    stopped: pc.red,
  };
  return formatTable(actions.map(({ service, action }) => [service, colours[action](action)]), "  ");
}

/** Effects that are the same but for their names, together. */
function alike(effects: readonly Effect[]): { names: string[]; effect: Effect }[] {
  const groups: { names: string[]; effect: Effect }[] = [];
  for (const effect of effects) {
    const found = groups.find((group) => group.effect.kind === effect.kind && isAlike(group.effect, effect));
    if (found) found.names.push(effect.name);
    else groups.push({ names: [effect.name], effect });
  }
  return groups.flatMap(({ names, effect }) =>
    names.length >= ALIKE
      ? [{ names, effect }]
      : names.map((name) => ({ names: [name], effect: effects.find((each) => each.name === name)! }))
  );
}

/** Whether two effects say the same: the same values change in the same way, or the same texts do. */
function isAlike(a: Effect, b: Effect): boolean {
  if (a.fields.length === 0 || a.kind !== "changed") return false;
  return a.fields.length === b.fields.length && a.fields.every((field, i) => {
    const other = b.fields[i]!;
    return field.field === other.field && (same(field, other) || (isLong(field) && isLong(other)));
  });
}

function isLong({ before, after }: FieldChange): boolean {
  return [before, after].some((value) => typeof value === "string" && value.includes(" "));
}

function linesOf({ names, effect }: { names: readonly string[]; effect: Effect }): string[] {
  const more = names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : "";
  const head = `  ${MARKS[effect.kind]} ${names.slice(0, SHOWN_NAMES).join(", ")}${more}`;
  const fields = effect.fields.map((field) => fieldText(field, names.length > 1));
  if (fields.length === 0) return [head];
  const line = `${head}: ${fields.join(", ")}`;
  const isShort = line.length <= LONGEST || effect.fields.every((field, i) => field.field === fields[i]);
  return isShort && fields.every((field) => !field.includes("\n"))
    ? [line]
    : [`${head}:`, ...fields.map((field) => `      ${field}`)];
}

function fieldText({ field, before, after }: FieldChange, isGroup: boolean): string {
  if (before === undefined && after === undefined) return field;
  if (isGroup && isLong({ field, before, after })) return field;
  const [was, is] = [shown(before), shown(after)];
  if (before === undefined) return `${field} ${is}`;
  if (after === undefined) return `${field} ${was} → nothing`;
  if (was.length + is.length <= LONGEST) return `${field} ${was} → ${is}`;
  const [left, right] = excerpts(was, is);
  return `${field}\n        ${pc.red("-")} ${left}\n        ${pc.green("+")} ${right}`;
}

/** Two long texts, what they share at their start and end left out but for some of it. */
function excerpts(before: string, after: string): [string, string] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const cut = (text: string): string => {
    const [from, to] = [Math.max(0, head - AROUND), Math.min(text.length, text.length - tail + AROUND)];
    const piece = text.slice(from, Math.min(to, from + EXCERPT));
    return `${from > 0 ? "…" : ""}${piece}${from + piece.length < text.length ? "…" : ""}`;
  };
  return [cut(before), cut(after)];
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  return typeof value === "string" ? value : JSON.stringify(value);
}
