/** What acts at an alert say. */

import type { Locale } from "../../../lib/text.ts";

const fr = {
  title: "Prise en charge",
  seen: "vue",
  seenBy: (user: string) => `vue par ${user}`,
  note: "Note (facultative)",
  acknowledge: "Je m’en occupe",
  withdraw: "Ne plus m’en occuper",
  nobody: "Personne n’a encore dit s’en occuper.",
  unknown: "On ne sait pas qui a vu quelles alertes",
  tooLong: "La note a plus de 500 caractères : raccourcissez-la",
  over: "L’alerte n’est plus en cours",
  anew: "L’alerte s’est déclenchée de nouveau depuis : regardez-la avant de la prendre en charge",
};

/** The words. */
export type ActWords = typeof fr;

/** In both languages. */
export const WORDS: Readonly<Record<Locale, ActWords>> = {
  fr,
  en: {
    title: "Acknowledgement",
    seen: "seen",
    seenBy: (user) => `seen by ${user}`,
    note: "Note (optional)",
    acknowledge: "Acknowledge",
    withdraw: "Withdraw the acknowledgement",
    nobody: "Nobody has acknowledged it yet.",
    unknown: "Who has seen which alerts is not known",
    tooLong: "The note is longer than 500 characters: shorten it",
    over: "The alert does not fire any more",
    anew: "The alert has begun to fire anew since: look at it before you acknowledge it",
  },
};
