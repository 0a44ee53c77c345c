/** Labels of a message: said once when all alerts share them. */

import type { Pair } from "../message.ts";
import type { Alert } from "../payload.ts";
import { cleanLine } from "./clean.ts";
import { severityOf } from "./severity.ts";

const MAX_NAME = 200;
const MAX_VALUE = 1_000;
/** More labels than anybody reads; what is left out is counted. */
const MAX_TOLD = 100;
/** What alerts are told apart by, the likeliest first. */
const SUBJECTS = ["instance", "host", "hostname", "node", "pod", "container", "service", "target", "job"];

/** An exporter's port tells nobody which machine it is. */
const PORT = /^([\w.-]+):\d+$/;

type Labels = Readonly<Record<string, string>>;

/** Labels that all of `alerts` carry with the same value; none for no alerts. */
export function sharedLabels(alerts: readonly Alert[]): Labels {
  const [first, ...others] = alerts;
  const shared: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(first?.labels ?? {})) {
    if (others.every(({ labels }) => own(labels, name) === value)) shared[name] = value;
  }
  return shared;
}

/** `labels` for a reader, in the order of their names. Left out: `without`, the alert's name, a severity that the look tells, and internal ones. */
export function toldLabels(labels: Labels, without: ReadonlySet<string> = new Set()): Pair[] {
  const names = Object.keys(labels).filter((name) =>
    !without.has(name) && !isSaidElsewhere(name, labels[name]!)
  ).sort();
  const told = names.slice(0, MAX_TOLD).map((name): Pair => [
    cleanLine(name, MAX_NAME),
    cleanLine(labels[name]!, MAX_VALUE),
  ]);
  return names.length > MAX_TOLD ? [...told, ["…", `+${names.length - MAX_TOLD}`]] : told;
}

/** What `alerts` are about, such as their instances without ports: the label's name and its values, each once. Undefined when no label tells. */
export function subjectOf(alerts: readonly Alert[]): { name: string; values: string[] } | undefined {
  const name = SUBJECTS.find((name) =>
    alerts.length > 0 && alerts.every(({ labels }) => own(labels, name)?.trim())
  );
  if (name === undefined) return undefined;
  const values = alerts.map(({ labels }) => cleanLine(labels[name]!, MAX_VALUE).replace(PORT, "$1"));
  return { name, values: [...new Set(values)] };
}

/** A label, whatever it is called: maps of tests and of other senders may have a prototype. */
export function own(labels: Labels, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}

function isSaidElsewhere(name: string, value: string): boolean {
  return name === "alertname" || name.startsWith("__") ||
    (name === "severity" && severityOf(value) === value);
}
