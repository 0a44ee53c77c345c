/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** Makes the moments of a page the reader's own. */

import type { Locale } from "../../../lib/text.ts";
import { distanceText } from "../numbers.ts";

/** Writes each `<time>` below `root` in the reader's time zone; UTC stays in its title. */
export function localTimes(root: ParentNode): void {
  const language = document.documentElement.lang as Locale;
  const whole = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
  for (const time of root.querySelectorAll("time")) {
    const at = Date.parse(time.dateTime);
    if (Number.isNaN(at)) continue;
    const text = time.dataset.relative === undefined
      ? whole.format(at)
      : distanceText(at - Date.now(), language);
    if (time.textContent !== text) time.textContent = text;
  }
}
