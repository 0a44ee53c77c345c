/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** Makes the moments of a page the reader's own. */

const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]] as const;

/** Writes each `<time>` below `root` in the reader's time zone; UTC stays in its title. */
export function localTimes(root: ParentNode): void {
  const language = document.documentElement.lang;
  const whole = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
  const ago = new Intl.RelativeTimeFormat(language, { style: "long", numeric: "auto" });
  for (const time of root.querySelectorAll("time")) {
    const at = Date.parse(time.dateTime);
    if (Number.isNaN(at)) continue;
    const text = time.dataset.relative === undefined ? whole.format(at) : relativeText(at, ago);
    if (time.textContent !== text) time.textContent = text;
  }
}

function relativeText(at: number, ago: Intl.RelativeTimeFormat): string {
  const seconds = (at - Date.now()) / 1_000;
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1] as const;
  return ago.format(Math.round(seconds / length), unit);
}
