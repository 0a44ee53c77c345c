/** Numbers with Grafana's units, as people read them. Runs on the server and in browsers. */

import type { Locale } from "../../../lib/text.ts";
import { distanceText } from "../numbers.ts";

type Names = Readonly<Record<Locale, readonly string[]>>;

const same = (...names: string[]): Names => ({ fr: names, en: names });
const DECIMAL = same("", "k", "M", "G", "T", "P");
const BINARY: Names = {
  fr: ["o", "Kio", "Mio", "Gio", "Tio", "Pio"],
  en: ["B", "KiB", "MiB", "GiB", "TiB", "PiB"],
};
const BYTES: Names = { fr: ["o", "ko", "Mo", "Go", "To", "Po"], en: ["B", "kB", "MB", "GB", "TB", "PB"] };
const BITS = same("b", "kb", "Mb", "Gb", "Tb", "Pb");

interface Scale {
  readonly base: number;
  readonly names: Names;
  readonly after: string;
}

/** Units whose numbers are shortened by steps of 1000 or 1024. */
const SCALES: Readonly<Record<string, Scale>> = {
  short: { base: 1_000, names: DECIMAL, after: "" },
  "": { base: 1_000, names: DECIMAL, after: "" },
  bytes: { base: 1_024, names: BINARY, after: "" },
  decbytes: { base: 1_000, names: BYTES, after: "" },
  bits: { base: 1_024, names: same("b", "Kib", "Mib", "Gib", "Tib", "Pib"), after: "" },
  decbits: { base: 1_000, names: BITS, after: "" },
  Bps: { base: 1_000, names: BYTES, after: "/s" },
  binBps: { base: 1_024, names: BINARY, after: "/s" },
  bps: { base: 1_000, names: BITS, after: "/s" },
  pps: { base: 1_000, names: DECIMAL, after: "p/s" },
  cps: { base: 1_000, names: DECIMAL, after: "/s" },
  ops: { base: 1_000, names: DECIMAL, after: "/s" },
  reqps: { base: 1_000, names: DECIMAL, after: "req/s" },
  rps: { base: 1_000, names: DECIMAL, after: "/s" },
  wps: { base: 1_000, names: DECIMAL, after: "/s" },
  iops: { base: 1_000, names: DECIMAL, after: "io/s" },
  hertz: { base: 1_000, names: same("Hz", "kHz", "MHz", "GHz", "THz", "PHz"), after: "" },
  watt: { base: 1_000, names: same("W", "kW", "MW", "GW", "TW", "PW"), after: "" },
};
/** Units that are one word behind the number. */
const WORDS: Readonly<Record<string, string>> = {
  celsius: "°C",
  fahrenheit: "°F",
  kelvin: "K",
  rotrpm: "rpm",
  volt: "V",
  amp: "A",
  dB: "dB",
};
const SECONDS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  dtdurations: 1,
  dtdurationms: 1e-3,
};
const SPANS: readonly (readonly [seconds: number, names: Readonly<Record<Locale, string>>])[] = [
  [31_557_600, { fr: "ans", en: "y" }],
  [604_800, { fr: "sem.", en: "wk" }],
  [86_400, { fr: "j", en: "d" }],
  [3_600, { fr: "h", en: "h" }],
  [60, { fr: "min", en: "min" }],
  [1, { fr: "s", en: "s" }],
  [1e-3, { fr: "ms", en: "ms" }],
  [1e-6, { fr: "µs", en: "µs" }],
  [1e-9, { fr: "ns", en: "ns" }],
];
const THIN_SPACE = "\u202f";

/** How one number is to be written. */
export interface NumberStyle {
  readonly unit: string;
  readonly decimals?: number;
  readonly locale: Locale;
  /** Milliseconds since 1970, for times that are shown as a distance. */
  readonly now?: number;
  /** Significant digits where `decimals` does not say; 3 by default. */
  readonly digits?: number;
}

/** `value` with its unit. */
export function formatNumber(value: number, style: NumberStyle): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const { unit, locale } = style;
  const scale = Object.hasOwn(SCALES, unit) ? SCALES[unit]! : undefined;
  if (scale) return scaled(value, scale, style);
  if (Object.hasOwn(SECONDS, unit)) return formatSpan(value * SECONDS[unit]!, style);
  if (Object.hasOwn(WORDS, unit)) return joined(plain(value, style), WORDS[unit]!);
  switch (unit) {
    case "percent":
    case "humidity":
      return joined(plain(value, style), "%", locale === "fr" ? THIN_SPACE : "");
    case "percentunit":
      return joined(plain(value * 100, style), "%", locale === "fr" ? THIN_SPACE : "");
    case "none":
    case "string":
      return plain(value, { ...style, digits: 21 }, false);
    case "bool_yes_no":
    case "bool":
      return locale === "fr" ? (value ? "oui" : "non") : value ? "yes" : "no";
    case "dateTimeFromNow":
      return distanceText(value - (style.now ?? Date.now()), locale);
    case "dateTimeAsIso":
    case "dateTimeAsLocal":
    case "dateTimeAsSystem":
      return `${new Date(value).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  }
  const [kind, ...rest] = unit.split(":");
  const own = rest.join(":");
  if (kind === "prefix" || kind === "currency") return `${own}${plain(value, style)}`;
  return joined(plain(value, style), own || unit);
}

function scaled(value: number, { base, names, after }: Scale, style: NumberStyle): string {
  const all = names[style.locale];
  let rest = value;
  let step = 0;
  // Rounded to three digits, 999.9 would be shown as 1000.
  while (Math.abs(rest) >= base * 0.9995 && step < all.length - 1) {
    rest /= base;
    step++;
  }
  return joined(plain(rest, style), `${all[step]}${after}`);
}

function formatSpan(seconds: number, style: NumberStyle): string {
  const size = Math.abs(seconds);
  const [length, names] = SPANS.find(([length]) => size >= length * 0.9995) ??
    (size === 0 ? SPANS[5]! : SPANS.at(-1)!);
  return joined(plain(seconds / length, style), names[style.locale]);
}

const formats = new Map<string, Intl.NumberFormat>();

function plain(value: number, { decimals, locale, digits = 3 }: NumberStyle, grouped = true): string {
  // A number never stands with more decimals than a reader can use.
  const fixed = decimals === undefined ? undefined : Math.min(Math.max(Math.round(decimals), 0), 10);
  const key = `${locale} ${fixed} ${digits} ${grouped}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale === "fr" ? "fr-FR" : "en-GB", {
      useGrouping: grouped,
      ...fixed === undefined
        ? { maximumSignificantDigits: digits }
        : { minimumFractionDigits: fixed, maximumFractionDigits: fixed },
    });
    formats.set(key, format);
  }
  // Rounded to nothing, -0 would be shown.
  return format.format(value === 0 ? 0 : value);
}

function joined(number: string, unit: string, space = "\u00a0"): string {
  return unit === "" ? number : `${number}${space}${unit}`;
}

/** Steps of an axis that a reader counts in; undefined where powers of ten are good. */
export function axisSteps(unit: string): number[] | undefined {
  if (["bytes", "binBps", "bits"].includes(unit)) return Array.from({ length: 60 }, (_, i) => 2 ** (i - 2));
  if (!Object.hasOwn(SECONDS, unit)) return undefined;
  const each = SECONDS[unit]!;
  const below = Array.from({ length: 30 }, (_, i) => [1, 2, 5][i % 3]! * 10 ** (Math.floor(i / 3) - 9));
  const above = [60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200];
  const days = [1, 2, 7, 14, 30, 60, 180, 365, 730, 3_650].map((days) => days * 86_400);
  return [...below.filter((step) => step <= 30), 15, 30, ...above, ...days].sort((a, b) => a - b)
    .map((seconds) => seconds / each);
}

/** The numbers along an axis: short, and no two alike. */
export function axisNumbers(values: readonly number[], style: NumberStyle): string[] {
  for (let digits = 3; digits < 8; digits++) {
    const texts = values.map((value) => formatNumber(value, { ...style, decimals: undefined, digits }));
    if (new Set(texts).size === texts.length) return texts;
  }
  return values.map((value) => formatNumber(value, style));
}
