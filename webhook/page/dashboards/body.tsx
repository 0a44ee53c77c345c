/** What stands in a panel: its values where the server has them, and room for what the script draws. */

import type { Child } from "hono/jsx";
import type { Locale } from "../../../lib/text.ts";
import { shareOf } from "./field.ts";
import { type LinkContext, linksOf, type PageLink } from "./links.ts";
import type { Panel } from "./model.ts";
import { type Answers, type Reading, readingsOf } from "./readings.ts";
import { type Cell, type Column, tableOf } from "./table.ts";
import { WORDS } from "./words.ts";

/** What a body is made of. */
export interface BodyProps {
  readonly panel: Panel;
  /** Undefined where the values are not asked for. */
  readonly answers?: Answers;
  readonly context: LinkContext;
  readonly locale: Locale;
  readonly now: number;
}

const MAX_BARS = 30;
const MAX_STATS = 12;

/** The values of a panel, in its own way. */
export function Body(props: BodyProps) {
  const { panel, answers, locale, now } = props;
  if (panel.kind === "text") return <div class="panel-text">{panel.markdown}</div>;
  if (!answers) return null;
  const { samples, failures } = answers;
  const [failure] = failures;
  if (failure !== undefined && samples.length === 0) {
    return <p class="panel-note error" role="status">{failure}</p>;
  }
  if (samples.length === 0) {
    return <p class="panel-note">{panel.field.noValue || WORDS[locale].noValueName}</p>;
  }
  const readings = readingsOf(panel, samples, locale, now);
  return (
    <>
      {failure !== undefined && <p class="panel-note error" role="status">{failure}</p>}
      {panel.kind === "table"
        ? <TableBody {...props} answers={answers} />
        : panel.kind === "stat"
        ? <StatBody panel={panel} readings={readings} context={props.context} />
        : panel.kind === "bars" || panel.kind === "gauge"
        ? <BarsBody panel={panel} readings={readings} context={props.context} />
        : <ListBody readings={readings} locale={locale} />}
    </>
  );
}

function StatBody({ panel, readings, context }: Shows) {
  return (
    <ul class="stats" data-count={Math.min(readings.length, 4)}>
      {readings.slice(0, MAX_STATS).map((reading) => {
        const { name, shown: { text, tone }, field, labels } = reading;
        const value = (
          <strong class="stat-value" data-tone={panel.coloured ? tone : undefined}>
            {panel.textMode === "name" ? name : text}
          </strong>
        );
        return (
          <li>
            {panel.textMode === "value_and_name" && <span class="stat-name">{name}</span>}
            <Linked links={linksOf(field.links, context, labels)}>{value}</Linked>
          </li>
        );
      })}
    </ul>
  );
}

function BarsBody({ panel, readings, context }: Shows) {
  const largest = Math.max(...readings.map(({ value }) => value).filter(Number.isFinite), 0);
  return (
    <ul class={panel.kind === "gauge" ? "bars gauges" : "bars"}>
      {readings.slice(0, MAX_BARS).map(({ name, value, shown: { text, tone }, field, labels }) => (
        <li>
          <span class="bar-name">
            <Linked links={linksOf(field.links, context, labels)}>{name}</Linked>
          </span>
          {panel.kind === "gauge"
            ? <Dial share={shareOf(value, { ...field, max: field.max ?? 100 }, 100)} tone={tone} />
            : <Bar share={shareOf(value, field, largest)} tone={tone} />}
          <span class="bar-value" data-tone={tone}>{text}</span>
        </li>
      ))}
    </ul>
  );
}

function ListBody({ readings, locale }: { readonly readings: readonly Reading[]; readonly locale: Locale }) {
  const words = WORDS[locale];
  return (
    <div class="table-frame">
      <table class="table dense">
        <thead>
          <tr>
            <th scope="col">{words.series}</th>
            <th scope="col" class="number">{words.value}</th>
          </tr>
        </thead>
        <tbody>
          {readings.map(({ name, shown: { text } }) => (
            <tr>
              <td>{name}</td>
              <td class="number">{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TableBody({ panel, answers, context, locale, now }: BodyProps & { readonly answers: Answers }) {
  const { columns, rows, left } = tableOf(panel, answers.samples, locale, now);
  return (
    <div class="table-frame" tabindex={0} role="region" aria-label={panel.title}>
      <table class="table dense">
        <thead>
          <tr>
            {columns.map(({ title, isNumber, field }) => (
              <th scope="col" class={isNumber && !isState(field) ? "number" : undefined}>{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ labels, cells }) => (
            <tr>
              {cells.map((cell, i) => (
                <TableCell
                  cell={cell}
                  column={columns[i]!}
                  links={linksOf(columns[i]!.field.links, context, labels)}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {left > 0 && <p class="panel-note">{WORDS[locale].rowsLeft(left)}</p>}
    </div>
  );
}

function TableCell(
  { cell, column: { field, isNumber }, links }: {
    readonly cell: Cell;
    readonly column: Column;
    readonly links: readonly PageLink[];
  },
) {
  if (field.cell === "data-links") {
    return <td class="cell-links">{links.map((link) => <Anchor link={link}>{link.title}</Anchor>)}</td>;
  }
  if (!cell) return <td class={isNumber && !isState(field) ? "number faint" : "faint"}>–</td>;
  const { text, tone, value } = cell;
  const isBar = field.cell === "gauge" && typeof value === "number";
  return (
    <td class={isBar ? "number cell-bar" : isNumber && !isState(field) ? "number" : undefined}>
      {isBar && <Bar share={shareOf(value, field, 100)} tone={tone} />}
      <Linked links={links}>
        <span data-tone={tone}>{text}</span>
      </Linked>
    </td>
  );
}

/** Whether its numbers are names of states. */
function isState({ mappings }: Column["field"]): boolean {
  return mappings.length > 0;
}

type Shows = Pick<BodyProps, "panel" | "context"> & { readonly readings: readonly Reading[] };

function Bar({ share, tone }: { readonly share: number; readonly tone?: string }) {
  return (
    <svg class="bar" aria-hidden="true" focusable="false">
      <rect width="100%" height="100%" class="bar-rest" />
      <rect width={`${(share * 100).toFixed(2)}%`} height="100%" class="bar-fill" data-tone={tone} />
    </svg>
  );
}

function Dial({ share, tone }: { readonly share: number; readonly tone?: string }) {
  const arc = "M10 55A45 45 0 0 1 100 55";
  return (
    <svg class="dial" viewBox="0 0 110 62" aria-hidden="true" focusable="false">
      <path d={arc} class="dial-rest" />
      <path
        d={arc}
        pathLength={100}
        stroke-dasharray={`${(share * 100).toFixed(1)} 200`}
        class="dial-fill"
        data-tone={tone}
      />
    </svg>
  );
}

function Linked(
  { links: [link], children }: { readonly links: readonly PageLink[]; readonly children?: Child },
) {
  return link ? <Anchor link={link}>{children}</Anchor> : <>{children}</>;
}

function Anchor({ link, children }: { readonly link: PageLink; readonly children?: Child }) {
  return link.isOutside
    ? <a href={link.href} title={link.title} target="_blank" rel="noopener">{children}</a>
    : <a href={link.href} title={link.title}>{children}</a>;
}
