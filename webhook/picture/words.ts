/** What pictures say. */

import type { Locale } from "../../lib/text.ts";

interface Words {
  readonly noData: string;
  readonly since: (time: string) => string;
  readonly more: (count: number) => string;
}

/** What pictures say, in each language. */
export const WORDS: Readonly<Record<Locale, Words>> = {
  fr: {
    noData: "Aucune donnée sur cette période",
    since: (time) => `depuis ${time}`,
    more: (count) => `et ${count} ${count === 1 ? "autre" : "autres"}`,
  },
  en: {
    noData: "No data for this period",
    since: (time) => `since ${time}`,
    more: (count) => `and ${count} more`,
  },
};
