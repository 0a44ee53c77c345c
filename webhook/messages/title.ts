/** The title of a message: how it stands, what it is called, what it is about. */

import type { Locale } from "../../lib/text.ts";
import { cleanLine } from "./clean.ts";
import { formatNumber, WORDS } from "./words.ts";

/** More names than these are counted. */
const NAMED = 3;
const MAX_PART = 200;

/** What a title tells. */
export interface TitleParts {
  readonly locale: Locale;
  readonly status: "firing" | "resolved";
  readonly firing: number;
  readonly resolved: number;
  /** Alerts that nothing is known of, as the sender left them out. */
  readonly unknown: number;
  /** Names of the alerts, each once. */
  readonly names: readonly string[];
  /** What they are about, each once. */
  readonly subjects: readonly string[];
}

/** Such as `[FIRING 2, RESOLVED 1] HostDiskAlmostFull · db-1, db-2, db-3 +4`. */
export function formatTitle({ names, subjects, ...parts }: TitleParts): string {
  const about = [list(names), list(subjects)].filter((text) => text !== "").join(" · ");
  return `[${state(parts)}] ${about}`.trim();
}

function state(
  { locale, status, firing, resolved, unknown }: Omit<TitleParts, "names" | "subjects">,
): string {
  const words = WORDS[locale];
  const counted = (word: string, count: number) =>
    count > 0 ? [`${word} ${formatNumber(count, locale)}`] : [];
  if (firing === 0 && unknown === 0) return status === "resolved" ? words.resolved : words.firing;
  return [
    ...counted(words.firing, firing),
    ...counted(words.resolved, resolved),
    ...counted(words.unknown, unknown),
  ].join(", ");
}

function list(texts: readonly string[]): string {
  const named = texts.slice(0, NAMED).map((text) => cleanLine(text, MAX_PART)).join(", ");
  return texts.length > NAMED ? `${named} +${texts.length - NAMED}` : named;
}
