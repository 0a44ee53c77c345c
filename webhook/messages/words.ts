/** The words of messages, in both languages. */

import type { Locale } from "../../lib/text.ts";

/** A time as a reader is told it; the date is that of another day than today. */
export interface Moment {
  readonly date?: string;
  readonly time: string;
}

interface Words {
  /** In the title, in capitals. */
  readonly firing: string;
  readonly resolved: string;
  readonly unknown: string;
  /** An alert that has no name. */
  readonly nameless: string;
  readonly at: (moment: Moment) => string;
  readonly since: (start: Moment) => string;
  readonly between: (start: Moment, end: Moment) => string;
  readonly until: (end: Moment) => string;
  /** Labels of fields and links. */
  readonly value: string;
  readonly labels: string;
  readonly runbook: string;
  readonly dashboard: string;
  readonly panel: string;
  readonly source: string;
  readonly silence: string;
  readonly whole: string;
  /** What stands for alerts that a destination has no room for. */
  readonly more: (count: string) => string;
  /** Units of durations, short. */
  readonly units: { readonly d: string; readonly h: string; readonly min: string; readonly s: string };
}

/** The words of messages. Counts come as text, written as the language writes them. */
export const WORDS: Readonly<Record<Locale, Words>> = {
  fr: {
    firing: "EN COURS",
    resolved: "RÉSOLU",
    unknown: "INCONNU",
    nameless: "Alerte sans nom",
    at: ({ date, time }) => date ? `${date} à ${time}` : time,
    since: ({ date, time }) => date ? `depuis le ${date} à ${time}` : `depuis ${time}`,
    between: (start, end) =>
      `${start.date ? `du ${start.date} à` : "de"} ${start.time} ${
        end.date ? `au ${end.date} à` : "à"
      } ${end.time}`,
    until: ({ date, time }) => date ? `jusqu'au ${date} à ${time}` : `jusqu'à ${time}`,
    value: "Valeur",
    labels: "Étiquettes",
    runbook: "Procédure",
    dashboard: "Tableau de bord",
    panel: "Panneau",
    source: "Source",
    silence: "Mettre en silence",
    whole: "Message entier",
    more: (count) => `… et ${count} de plus`,
    units: { d: "j", h: "h", min: "min", s: "s" },
  },
  en: {
    firing: "FIRING",
    resolved: "RESOLVED",
    unknown: "UNKNOWN",
    nameless: "Alert without a name",
    at: inEnglish,
    since: (start) => `since ${inEnglish(start)}`,
    between: (start, end) => `${inEnglish(start)} to ${inEnglish(end)}`,
    until: (end) => `until ${inEnglish(end)}`,
    value: "Value",
    labels: "Labels",
    runbook: "Runbook",
    dashboard: "Dashboard",
    panel: "Panel",
    source: "Source",
    silence: "Silence",
    whole: "Whole message",
    more: (count) => `… and ${count} more`,
    units: { d: "d", h: "h", min: "min", s: "s" },
  },
};

function inEnglish({ date, time }: Moment): string {
  return date ? `${date}, ${time}` : time;
}

const NUMBERS: Readonly<Record<Locale, Intl.NumberFormat>> = {
  fr: new Intl.NumberFormat("fr", { maximumSignificantDigits: 6 }),
  en: new Intl.NumberFormat("en", { maximumSignificantDigits: 6 }),
};

/** A count or a measured value as the language writes it: `9,980`, `9 980`. */
export function formatNumber(value: number, locale: Locale): string {
  return NUMBERS[locale].format(value);
}
