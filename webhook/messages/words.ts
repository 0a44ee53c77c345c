/** The words of messages, in both languages. */

import type { Locale } from "../../lib/text.ts";

interface Words {
  /** In the title, in capitals. */
  readonly firing: string;
  readonly resolved: string;
  readonly unknown: string;
  /** An alert that has no name. */
  readonly nameless: string;
  readonly since: (start: string) => string;
  readonly between: (start: string, end: string) => string;
  readonly until: (end: string) => string;
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
    since: (start) => `depuis ${start}`,
    between: (start, end) => `de ${start} à ${end}`,
    until: (end) => `jusqu'à ${end}`,
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
    since: (start) => `since ${start}`,
    between: (start, end) => `${start} to ${end}`,
    until: (end) => `until ${end}`,
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

const NUMBERS: Readonly<Record<Locale, Intl.NumberFormat>> = {
  fr: new Intl.NumberFormat("fr", { maximumSignificantDigits: 6 }),
  en: new Intl.NumberFormat("en", { maximumSignificantDigits: 6 }),
};

/** A count or a measured value as the language writes it: `9,980`, `9 980`. */
export function formatNumber(value: number, locale: Locale): string {
  return NUMBERS[locale].format(value);
}
