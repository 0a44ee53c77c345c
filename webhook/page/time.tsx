/** A moment: text for everybody, and what the script needs to make it the reader's own. */

import type { Locale } from "../../lib/text.ts";

/** The moment, ms since 1970. `relative`: the script says how long ago it was, the whole in the title. */
export function Time(
  { at, language, timezone, relative = false }: {
    readonly at: number;
    readonly language: Locale;
    /** As the IANA names it; UTC by default. */
    readonly timezone?: string;
    readonly relative?: boolean;
  },
) {
  const iso = new Date(at).toISOString();
  const title = `${iso.slice(0, 19).replace("T", " ")} UTC`;
  return (
    <time datetime={iso} title={title} data-relative={relative ? "" : undefined}>
      {timeText(at, language, timezone)}
    </time>
  );
}

/** A moment as a text: date and time to the second. */
export function timeText(at: number, language: Locale, timezone = "UTC"): string {
  return new Intl.DateTimeFormat(language === "fr" ? "fr-FR" : "en-GB", {
    dateStyle: "medium",
    timeStyle: "medium",
    timeZone: timezone,
  }).format(at) + (timezone === "UTC" ? " UTC" : "");
}
