/** One thing that a change of config.ts does to what runs. */

/** What a change is about, in the order in which it is shown. */
export const AREAS = [
  "service",
  "alert",
  "recording",
  "scraping",
  "target",
  "route",
  "inhibition",
  "receiver",
  "channel",
  "dashboard",
  "panel",
  "setting",
] as const;

/** What a change is about. */
export type Area = typeof AREAS[number];

/** A value that changes. */
export interface FieldChange {
  /** What it is called: `threshold`, `for`, `receiver`. */
  readonly field: string;
  /** Left out when there was none. */
  readonly before?: unknown;
  /** Left out when there will be none. */
  readonly after?: unknown;
}

/** One thing that a change does. */
export interface Effect {
  readonly area: Area;
  /** Which one: the alert's name with its severity, the route's matchers, the panel's title. */
  readonly name: string;
  readonly kind: "added" | "removed" | "changed";
  /** What of it changes; of what comes, what is worth knowing; nothing of what goes. */
  readonly fields: readonly FieldChange[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Whether `value` is a map. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Every value in which two plain data differ, by its path; lists of plain values as a whole. */
export function fieldChanges(before: unknown, after: unknown, path = ""): FieldChange[] {
  if (same(before, after)) return [];
  const join = (key: string | number) => path === "" ? String(key) : `${path}.${key}`;
  if (isFields(before) && isFields(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .flatMap((key) => fieldChanges(before[key], after[key], join(key)));
  }
  const lists = Array.isArray(before) && Array.isArray(after);
  if (lists && before.length === after.length && before.every(isFields) && after.every(isFields)) {
    return before.flatMap((item, i) => fieldChanges(item, after[i], join(i)));
  }
  return [{ field: path, before, after }];
}

/** Whether two plain data are the same, whatever the order of keys. */
export function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string | undefined {
  return JSON.stringify(
    value,
    (_, inner) =>
      isFields(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a < b ? -1 : 1)) : inner,
  );
}

/**
 * What becomes of named things: those that come, go, and change.
 *
 * @param fieldsOf What differs between two of the same name; none when nothing that matters does.
 * @param worth What is worth knowing of one that comes.
 */
export function compareNamed<T>(
  area: Area,
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  fieldsOf: (before: T, after: T) => readonly FieldChange[],
  worth: (thing: T) => Readonly<Record<string, unknown>> = () => ({}),
): Effect[] {
  const effects: Effect[] = [];
  for (const [name, thing] of after) {
    const was = before.get(name);
    if (was === undefined) {
      const fields = Object.entries(worth(thing)).map(([field, value]) => ({ field, after: value }));
      effects.push({ area, name, kind: "added", fields: fields.filter((each) => each.after !== undefined) });
      continue;
    }
    const fields = fieldsOf(was, thing);
    if (fields.length > 0) effects.push({ area, name, kind: "changed", fields });
  }
  for (const name of before.keys()) {
    if (!after.has(name)) effects.push({ area, name, kind: "removed", fields: [] });
  }
  return effects;
}

/** Things by their names; further ones of the same name are told apart by a number. */
export function named<T>(things: readonly T[], nameOf: (thing: T) => string): Map<string, T> {
  const all = new Map<string, T>();
  for (const thing of things) {
    const name = nameOf(thing);
    let unique = name;
    for (let i = 2; all.has(unique); i++) unique = `${name} (${i})`;
    all.set(unique, thing);
  }
  return all;
}
