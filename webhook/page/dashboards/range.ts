/** The time that a dashboard shows, and how finely. */

/** What is shown, ms since 1970, and as the reader asked for it. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly fromText: string;
  readonly toText: string;
}

/** Ranges that end now, as the model writes their beginning. */
export const QUICK_RANGES = [
  "now-5m",
  "now-15m",
  "now-1h",
  "now-3h",
  "now-6h",
  "now-12h",
  "now-24h",
  "now-2d",
  "now-7d",
  "now-15d",
  "now-30d",
  "now-90d",
] as const;

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_592_000_000,
  y: 31_536_000_000,
};
const STEPS_S = [
  ...[1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_200, 1_800],
  ...[3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 604_800],
];
const SHORTEST_MS = 1_000;
const LONGEST_MS = 10 * UNITS_MS.y!;
const MAX_TEXT_LENGTH = 64;

/** A moment as Grafana's addresses have it: `now`, `now-6h`, ms since 1970, or a date; undefined for anything else. */
export function parseMoment(given: string, now: number): number | undefined {
  const trimmed = given.trim();
  const [, sign, count, unit] = /^now(?:([+-])(\d{1,6})([smhdwMy]))?$/.exec(trimmed) ?? [, , , "none"];
  if (unit === undefined) return now;
  if (unit !== "none") return now + (sign === "-" ? -1 : 1) * Number(count) * UNITS_MS[unit]!;
  const at = /^\d{10,14}$/.test(trimmed)
    ? Number(trimmed)
    : /^\d{4}-\d{2}-\d{2}/.test(trimmed)
    ? Date.parse(zoned(trimmed))
    : NaN;
  return at > 0 && at <= 253_402_300_799_000 ? at : undefined;
}

/** A date without a zone is one in UTC, as the server has no other. */
function zoned(date: string): string {
  const whole = date.replace(" ", "T");
  return /T.*(?:Z|[+-]\d{2}:?\d{2})$/.test(whole) || !whole.includes("T") ? whole : `${whole}Z`;
}

/** The range of an address; that of `home` where it has none, or one that cannot be read (`isRead` is false then). */
export function readRange(
  asked: URLSearchParams,
  home: { readonly from: string; readonly to: string },
  now: number,
): Range & { readonly isRead: boolean } {
  const quick = asked.get("range");
  const [from, to] = quick ? [quick, "now"] : [asked.get("from") ?? home.from, asked.get("to") ?? home.to];
  const read = rangeOf(from, to, now);
  if (read) return { ...read, isRead: true };
  const other = rangeOf(home.from, home.to, now) ?? rangeOf("now-6h", "now", now)!;
  return { ...other, isRead: false };
}

function rangeOf(fromText: string, toText: string, now: number): Range | undefined {
  if (fromText.length > MAX_TEXT_LENGTH || toText.length > MAX_TEXT_LENGTH) return undefined;
  const [from, to] = [parseMoment(fromText, now), parseMoment(toText, now)];
  if (from === undefined || to === undefined) return undefined;
  return to - from >= SHORTEST_MS && to - from <= LONGEST_MS ? { from, to, fromText, toText } : undefined;
}

/** How finely a range is asked for. */
export interface Grid {
  /** Seconds since 1970, whole steps. */
  readonly start: number;
  readonly end: number;
  /** Seconds. */
  readonly step: number;
}

/** @param points That a graph has room for. @param scrape Seconds between two scrapes: nothing is finer. */
export function gridOf({ from, to }: Range, points: number, scrape: number): Grid {
  const wanted = Math.max((to - from) / 1_000 / points, scrape);
  const step = STEPS_S.find((step) => step >= wanted) ?? Math.ceil(wanted / 604_800) * 604_800;
  return { start: Math.floor(from / 1_000 / step) * step, end: Math.floor(to / 1_000 / step) * step, step };
}
