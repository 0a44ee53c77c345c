/** What a reader can choose of a dashboard: its variables, the time, how often it is read again. A form, so that it works without script. */

import type { Locale } from "../../../lib/text.ts";
import { dashboardHref, type LinkContext } from "./links.ts";
import type { Dashboard } from "./model.ts";
import { QUICK_RANGES } from "./range.ts";
import { formatNumber } from "./units.ts";
import { ALL, type Choice, choiceParameters } from "./variables.ts";
import { WORDS } from "./words.ts";

/** What the controls are made of. */
export interface ControlsProps {
  readonly dashboard: Dashboard;
  readonly context: LinkContext;
  readonly locale: Locale;
  readonly now: number;
  readonly refresh: string;
}

const REFRESHES = ["5s", "10s", "30s", "1m", "5m", "15m"];
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const SHORTEST_MS = 60_000;

/** The form. */
export function Controls({ dashboard, context, locale, now, refresh }: ControlsProps) {
  const words = WORDS[locale];
  const { range, choices } = context;
  const quick = range.toText === "now" ? range.fromText : "";
  const span = range.to - range.from;
  const moved = (from: number, to: number) =>
    dashboardHref(dashboard.uid, context, {
      from: String(Math.round(from)),
      to: String(Math.round(to)),
      refresh,
    });
  const isOdd = !(QUICK_RANGES as readonly string[]).includes(quick);
  const wide = Math.max(span * 2, SHORTEST_MS);
  return (
    <div class="controls">
      <form method="get" action={`/dashboards/${dashboard.uid}`} aria-label={words.controls}>
        {choices.filter(({ variable }) => !variable.hidden).map((choice) => (
          <VariableField choice={choice} locale={locale} />
        ))}
        <div class="field">
          <label for="range">{words.range}</label>
          <div class="joined">
            <a
              class="button plain step"
              href={moved(range.from - span / 2, range.to - span / 2)}
              aria-label={words.earlier}
              title={words.earlier}
            >
              ‹
            </a>
            <select name="range" id="range">
              {isOdd && <option value="" selected>{rangeText(range.fromText, range.toText, locale)}</option>}
              {QUICK_RANGES.map((each) => (
                <option value={each} selected={each === quick}>
                  {words.last(spanText(each.slice("now-".length), locale))}
                </option>
              ))}
            </select>
            <a
              class="button plain step"
              href={moved(range.from + span / 2, Math.min(range.to + span / 2, Math.max(now, range.to)))}
              aria-label={words.later}
              title={words.later}
            >
              ›
            </a>
            <a
              class="button plain step"
              href={moved(range.to - wide, range.to)}
              aria-label={words.wider}
              title={words.wider}
            >
              −
            </a>
          </div>
        </div>
        <label class="field">
          <span>{words.refresh}</span>
          <select name="refresh" data-refresh>
            <option value="" selected={refresh === ""}>{words.never}</option>
            {[...new Set([...REFRESHES, ...refresh === "" ? [] : [refresh]])].map((each) => (
              <option value={each} selected={each === refresh}>{spanText(each, locale)}</option>
            ))}
          </select>
        </label>
        {isOdd && <RangeFields context={context} />}
        <button class="button plain apply" type="submit">{words.apply}</button>
      </form>
      <details class="custom-range">
        <summary class="button plain">{words.custom}</summary>
        <form class="panel popover" method="get" action={`/dashboards/${dashboard.uid}`}>
          {choiceParameters(choices).map(([name, value]) => (
            <input
              type="hidden"
              name={name}
              value={value}
            />
          ))}
          <input type="hidden" name="refresh" value={refresh} />
          <label class="field">
            <span>{words.from}</span>
            <input name="from" value={momentText(range.fromText)} spellcheck={false} autocomplete="off" />
          </label>
          <label class="field">
            <span>{words.to}</span>
            <input name="to" value={momentText(range.toText)} spellcheck={false} autocomplete="off" />
          </label>
          <p class="faint small">{words.momentHint}</p>
          <button class="button small" type="submit">{words.apply}</button>
        </form>
      </details>
    </div>
  );
}

/** Keeps a range that none of the offered ones is. */
function RangeFields({ context: { range } }: Pick<ControlsProps, "context">) {
  return (
    <>
      <input type="hidden" name="from" value={range.fromText} />
      <input type="hidden" name="to" value={range.toText} />
    </>
  );
}

function VariableField({ choice, locale }: { readonly choice: Choice; readonly locale: Locale }) {
  const words = WORDS[locale];
  const { variable: { name, label, multi, includeAll }, options, chosen, failure } = choice;
  const parameter = `var-${name}`;
  const all = [...new Set([...chosen.filter((value) => value !== ALL), ...options])];
  const order = [...options, ...all.filter((value) => !options.includes(value))];
  if (multi) {
    return (
      <details class="choice">
        <summary>
          <span class="choice-label">{label}</span>
          <span class="choice-value">
            {chosen.includes(ALL)
              ? words.all
              : chosen.length > 2
              ? words.chosen(chosen.length)
              : chosen.join(", ")}
          </span>
        </summary>
        <fieldset class="panel popover">
          <legend class="sr-only">{label}</legend>
          {failure !== undefined && <p class="error small">{failure}</p>}
          {includeAll && (
            <label class="check">
              <input type="checkbox" name={parameter} value={ALL} checked={chosen.includes(ALL)} data-all />
              {" "}
              {words.all}
            </label>
          )}
          {order.map((value) => (
            <label class="check">
              <input type="checkbox" name={parameter} value={value} checked={chosen.includes(value)} />{" "}
              {value}
            </label>
          ))}
        </fieldset>
      </details>
    );
  }
  return (
    <label class="field">
      <span>{label}</span>
      <select name={parameter} title={failure}>
        {includeAll && <option value={ALL} selected={chosen.includes(ALL)}>{words.all}</option>}
        {order.map((value) => <option value={value} selected={chosen.includes(value)}>{value}</option>)}
      </select>
    </label>
  );
}

/** `6h` as people write it. */
function spanText(span: string, locale: Locale): string {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(span) ?? [];
  if (unit === undefined) return span;
  const [n, isMany] = [Number(count), Number(count) > 1];
  const names: Readonly<Record<string, string>> = locale === "fr"
    ? { s: "s", m: "min", h: "h", d: isMany ? "jours" : "jour" }
    : { s: "s", m: "min", h: "h", d: isMany ? "days" : "day" };
  return `${formatNumber(n, { unit: "none", locale })}\u00a0${names[unit]}`;
}

/** Seconds of a span such as `30s`; undefined for anything else. */
export function spanSeconds(span: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(span) ?? [];
  return unit === undefined ? undefined : Number(count) * SECONDS[unit]!;
}

function rangeText(from: string, to: string, locale: Locale): string {
  const [, last] = to === "now" ? /^now-(\d+[smhd])$/.exec(from) ?? [] : [];
  if (last !== undefined) return WORDS[locale].last(spanText(last, locale));
  return `${momentText(from)} → ${to === "now" ? WORDS[locale].now : momentText(to)}`;
}

/** Milliseconds as a date that can be read back; anything else as it is. */
function momentText(text: string): string {
  return /^\d{10,14}$/.test(text)
    ? new Date(Number(text)).toISOString().slice(0, 19).replace("T", " ")
    : text;
}
