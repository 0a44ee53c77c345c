/** What is different between a configuration as it was written and the same one as a running program prints it. */

import { durationMs } from "./units.ts";

/** How to read the printed configuration. Keys are the ones that hold the value, wherever they stand. */
export interface PrintedForm {
  /** Key of a list of maps → key of the map that names an entry: `{ receivers: "name" }`. Other lists go by position. */
  readonly names: Readonly<Record<string, string>>;
  /** Keys whose values are durations, which the program prints its own way. */
  readonly durations: RegExp;
  /** Keys whose values are paths, which the program prints from its own directory on. */
  readonly paths: RegExp;
  /** Keys of lists whose order says nothing. */
  readonly unordered: RegExp;
  /** Keys that have no default: printed without having been written, they are a difference. */
  readonly closed: RegExp;
}

type Fields = Readonly<Record<string, unknown>>;

// What Prometheus and Alertmanager print instead of a secret: it may be the right one.
const HIDDEN = "<secret>";

/**
 * Every difference, one sentence each: what was written must be in `running` with an equal value. Defaults that the program
 * filled in are none.
 *
 * @param wanted What was written, parsed.
 * @param running What the program prints, parsed.
 * @example
 * ```ts
 * import { differences } from "./differences.ts";
 * const never = /(?!)/;
 * const form = { names: { jobs: "name" }, durations: /interval/, paths: never, unordered: never, closed: never };
 * differences({ jobs: [{ name: "a", interval: "60s" }] }, { jobs: [{ name: "a", interval: "2m" }] }, form);
 * // ['jobs.a.interval is "2m", wanted "60s"']
 * ```
 */
export function differences(wanted: unknown, running: unknown, form: PrintedForm): string[] {
  return compare(wanted, running, "", "", form);
}

function compare(wanted: unknown, running: unknown, key: string, path: string, form: PrintedForm): string[] {
  if (running === HIDDEN) return [];
  if (Array.isArray(wanted)) return compareLists(wanted, running, key, path, form);
  if (isFields(wanted)) return compareFields(wanted, running, path, form);
  if (same(wanted, running, key, form)) return [];
  return [`${path} is ${show(running)}, wanted ${show(wanted)}`];
}

function compareFields(wanted: Fields, running: unknown, path: string, form: PrintedForm): string[] {
  // The program leaves an empty map out.
  const found = running ?? {};
  if (!isFields(found)) return [`${path} is ${show(running)}, wanted ${show(wanted)}`];
  return [
    ...Object.entries(wanted).flatMap(([key, value]) =>
      compare(value, found[key], key, join(path, key), form)
    ),
    ...Object.keys(found).filter((key) =>
      !(key in wanted) && isClosed(key, path, form) && !isEmpty(found[key])
    )
      .map((key) => `${join(path, key)} is ${show(found[key])}, wanted nothing`),
  ];
}

function compareLists(
  wanted: readonly unknown[],
  running: unknown,
  key: string,
  path: string,
  form: PrintedForm,
): string[] {
  const found = running ?? [];
  if (!Array.isArray(found)) return [`${path} is ${show(running)}, wanted ${show(wanted)}`];
  const name = form.names[key];
  if (name !== undefined) return compareNamed(byName(wanted, name), byName(found, name), path, form);
  const [left, right] = form.unordered.test(key) ? [[...wanted].sort(), [...found].sort()] : [wanted, found];
  const equal = (item: unknown, other: unknown) => compare(item, other, key, "", form).length === 0;
  // What is the same at both ends is put aside: one entry more or less is one difference, not one for each that moved.
  const shorter = Math.min(left.length, right.length);
  let head = 0;
  while (head < shorter && equal(left[head], right[head])) head++;
  let tail = 0;
  while (tail < shorter - head && equal(left.at(-1 - tail), right.at(-1 - tail))) tail++;
  const places = Math.max(left.length, right.length) - tail;
  return Array.from({ length: places - head }, (_, i) => i + head).flatMap((i) => {
    const at = `${path}[${i}]`;
    if (i >= right.length - tail) return [`${at} is not set, wanted ${show(left[i])}`];
    if (i >= left.length - tail) return [`${at} is ${show(right[i])}, wanted nothing`];
    return compare(left[i], right[i], key, at, form);
  });
}

function compareNamed(
  wanted: ReadonlyMap<string, unknown>,
  running: ReadonlyMap<string, unknown>,
  path: string,
  form: PrintedForm,
): string[] {
  return [
    ...[...wanted].flatMap(([name, item]) =>
      running.has(name)
        ? compare(item, running.get(name), "", join(path, name), form)
        : [`${join(path, name)} is not running`]
    ),
    ...[...running.keys()].filter((name) => !wanted.has(name))
      .map((name) => `${join(path, name)} is running, wanted nothing of that name`),
  ];
}

function byName(items: readonly unknown[], key: string): Map<string, unknown> {
  return new Map(items.map((item) => [isFields(item) ? String(item[key]) : show(item), item]));
}

function same(wanted: unknown, running: unknown, key: string, form: PrintedForm): boolean {
  if (wanted === running) return true;
  if (typeof wanted !== "string" || typeof running !== "string") return false;
  if (form.durations.test(key)) return isSameDuration(wanted, running);
  return form.paths.test(key) && running.endsWith(`/${wanted}`);
}

function isSameDuration(wanted: string, running: string): boolean {
  try {
    return durationMs(wanted) === durationMs(running);
  } catch {
    return false; // Not a duration: then it is not the one that was wanted.
  }
}

// Below `labels` every key counts: there are no defaults.
function isClosed(key: string, path: string, form: PrintedForm): boolean {
  const parent = path.slice(path.lastIndexOf(".") + 1);
  return form.closed.test(key) || form.closed.test(parent);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === "object" && Object.keys(value).length === 0);
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

function show(value: unknown): string {
  return value === undefined ? "not set" : JSON.stringify(value);
}
