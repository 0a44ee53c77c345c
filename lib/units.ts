/** Durations and sizes as people and Prometheus write them: `15s`, `1h30m`, `5GB`. */

const DURATION_UNITS_MS = {
  y: 31_536_000_000,
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
};
/** What a Prometheus duration looks like. The order is part of its grammar: largest unit first, each at most once. */
export const DURATION_PATTERN =
  /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

// Prometheus counts nanoseconds in 64 bits.
const LONGEST_MS = 2 ** 63 / 1e6;

/** A Prometheus duration, such as `15s` or `1h30m`, as it was written. */
export type Duration = string;

/** A Prometheus size, such as `512MB` or `5GB` (powers of 1024, as Prometheus counts them), as it was written. */
export type Bytes = string;

/**
 * The milliseconds in a Prometheus duration.
 *
 * Source: `model.ParseDuration` of prometheus/common.
 *
 * @throws {SyntaxError} when `text` is not such a duration, or one that Prometheus cannot count.
 *
 * @example
 * ```ts
 * import { durationMs } from "./units.ts";
 * durationMs("1m30s"); // 90000
 * ```
 */
export function durationMs(text: Duration): number {
  if (text === "0") return 0;
  const match = text === "" ? null : DURATION_PATTERN.exec(text);
  if (!match) {
    throw new SyntaxError(
      `Cannot read the duration "${text}": expected a number and a unit, such as "15s", "5m" or "1h30m"`,
    );
  }
  const units = Object.values(DURATION_UNITS_MS);
  const ms = units.reduce((sum, unit, i) => sum + Number(match[i + 1] ?? 0) * unit, 0);
  if (ms > LONGEST_MS) {
    throw new SyntaxError(`Cannot read the duration "${text}": expected 292 years at most`);
  }
  return ms;
}

/**
 * Milliseconds as the shortest Prometheus duration: `90000` gives `1m30s`.
 *
 * @param ms A whole number of milliseconds, 0 or more.
 */
export function formatDuration(ms: number): Duration {
  if (ms === 0) return "0s";
  let rest = Math.round(ms);
  let text = "";
  for (const [unit, size] of Object.entries(DURATION_UNITS_MS)) {
    // Prometheus itself writes years and weeks only when nothing is left over: 25d stays 25d.
    if ((unit === "y" || unit === "w") && rest % size !== 0) continue;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

const BYTE_UNITS = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];
/** What a Prometheus size looks like. */
export const BYTES_PATTERN = /^(\d+(?:\.\d+)?)(B|KB|MB|GB|TB|PB|EB)$/;

/**
 * The bytes in a Prometheus size; the units are powers of 1024, as Prometheus's own retention flags count them.
 *
 * @throws {SyntaxError} when `text` is not such a size.
 */
export function bytes(text: Bytes): number {
  const match = BYTES_PATTERN.exec(text);
  if (!match) {
    throw new SyntaxError(
      `Cannot read the size "${text}": expected a number and a unit, such as "512MB" or "5GB"`,
    );
  }
  return Number(match[1]) * 1024 ** BYTE_UNITS.indexOf(match[2]!);
}

/** A number of bytes for people: `5368709120` gives `5.0 GB`. */
export function formatBytes(count: number): string {
  let value = count;
  let unit = 0;
  // Rounded to one decimal, 1023.95 would be shown as 1024.0.
  while (value >= 1023.95 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${BYTE_UNITS[unit]}`;
}

/** A time span for people, from milliseconds: `840 ms`, `3.2 s`, `4 min 05 s`. */
export function formatElapsed(ms: number): string {
  if (Math.round(ms) < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}
