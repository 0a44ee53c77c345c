/** A dashboard as HTML: its controls, and a grid of its panels. */

import type { Locale } from "../../../lib/text.ts";
import { Body } from "./body.tsx";
import { Controls } from "./controls.tsx";
import { dashboardHref, grafanaHref, type LinkContext, linksOf } from "./links.ts";
import type { Dashboard, Panel, Row } from "./model.ts";
import type { Answers } from "./readings.ts";
import { WORDS } from "./words.ts";

/** What a dashboard is drawn of. */
export interface DashboardProps {
  readonly dashboard: Dashboard;
  readonly context: LinkContext;
  /** What the panels' queries gave, by the panels' ids. */
  readonly answers: ReadonlyMap<number, Answers>;
  readonly locale: Locale;
  readonly now: number;
  readonly refresh: string;
  readonly isRangeRead: boolean;
  /** Whether the newest values of curves are there, too. */
  readonly hasAllValues: boolean;
  /** Base URL of Grafana, where it runs. */
  readonly grafana?: string;
}

/** The whole view. The script finds what it needs in `data-` attributes. */
export function DashboardView(props: DashboardProps) {
  const { dashboard, context, locale, grafana, isRangeRead, hasAllValues } = props;
  const words = WORDS[locale];
  const { range } = context;
  const others = linksOf(dashboard.links, context);
  return (
    <div
      class="dashboard"
      id="dashboard"
      data-uid={dashboard.uid}
      data-from={String(range.from)}
      data-to={String(range.to)}
      data-locale={locale}
      data-words={JSON.stringify({
        loading: words.loading,
        cannotLoad: words.cannotLoad,
        none: words.noValueName,
        tooMany: words.tooMany,
      })}
    >
      <div class="dashboard-head">
        <div>
          <p class="crumb">
            <a href="/dashboards">{words.title}</a>
          </p>
          <h1>{dashboard.title}</h1>
        </div>
        <p class="dashboard-links">
          {others.map(({ title, href, isOutside }) => (
            <a href={href} target={isOutside ? "_blank" : undefined} rel={isOutside ? "noopener" : undefined}>
              {title}
            </a>
          ))}
          {grafana !== undefined && (
            <a href={grafanaHref(grafana, dashboard.uid, undefined, context)} target="_blank" rel="noopener">
              {words.inGrafana}
            </a>
          )}
        </p>
        <Controls {...props} />
      </div>
      {!isRangeRead && <p class="notice" data-severity="warning" role="status">{words.badRange}</p>}
      {!hasAllValues && (
        <noscript>
          <p class="notice">
            {words.noCurves}{" "}
            <a href={dashboardHref(dashboard.uid, context, { values: "1" })}>{words.showValues}</a>
          </p>
        </noscript>
      )}
      {dashboard.rows.map((row) => <RowView {...props} row={row} />)}
      <p class="muted small hint">{words.keys}</p>
    </div>
  );
}

function RowView({ row, ...props }: DashboardProps & { readonly row: Row }) {
  const grid = <div class="panels">{row.panels.map((panel) => <PanelView {...props} panel={panel} />)}</div>;
  if (row.title === "") return grid;
  return (
    <details class="panel-row" open={!row.collapsed} data-row={String(row.id)}>
      <summary>
        <h2>{row.title}</h2>
        <span class="faint small">{WORDS[props.locale].panels(row.panels.length)}</span>
      </summary>
      {grid}
    </details>
  );
}

function PanelView({ panel, ...props }: DashboardProps & { readonly panel: Panel }) {
  const { context, locale, answers, now } = props;
  const words = WORDS[locale];
  const heading = `panel-${panel.id}`;
  const links = linksOf(panel.links, context);
  return (
    <section
      class="panel chart-panel"
      aria-labelledby={heading}
      id={`p${panel.id}`}
      data-kind={panel.kind}
      data-w={String(panel.width)}
      data-h={String(panel.height)}
      data-panel={isDrawn(panel) ? JSON.stringify(forBrowser(panel)) : undefined}
    >
      <div class="chart-head">
        <h3 id={heading}>{panel.title}</h3>
        {(panel.description !== "" || links.length > 0) && (
          <details class="about">
            <summary aria-label={`${words.about}: ${panel.title}`} title={panel.description}>i</summary>
            <div class="about-text">
              <p>{panel.description}</p>
              {links.map(({ title, href, isOutside }) => (
                <p>
                  <a
                    href={href}
                    target={isOutside ? "_blank" : undefined}
                    rel={isOutside ? "noopener" : undefined}
                  >
                    {title}
                  </a>
                </p>
              ))}
            </div>
          </details>
        )}
      </div>
      {panel.unsupported.length > 0 || panel.kind === "other" ? <Lack {...props} panel={panel} /> : null}
      {panel.kind !== "other" && (
        <div class="chart-body">
          <Body panel={panel} answers={answers.get(panel.id)} context={context} locale={locale} now={now} />
        </div>
      )}
    </section>
  );
}

/** What of a panel is not drawn, and where it is. */
function Lack({ panel, dashboard, context, locale, grafana }: DashboardProps & { readonly panel: Panel }) {
  const words = WORDS[locale];
  return (
    <p class="panel-note">
      {panel.kind === "other" ? words.notDrawn(panel.type) : words.partly(panel.unsupported.join(", "))}{" "}
      {grafana === undefined
        ? words.noGrafana
        : (
          <a href={grafanaHref(grafana, dashboard.uid, panel.id, context)} target="_blank" rel="noopener">
            {words.openGrafana}
          </a>
        )}
    </p>
  );
}

/** Whether the script draws a panel. */
export function isDrawn({ kind, spark }: Panel): boolean {
  return kind === "graph" || kind === "timeline" || kind === "stat" && spark;
}

/** What the script needs of a panel's model: what the server answers for stays here. */
function forBrowser({ id, kind, field, overrides, targets, legendShown, title }: Panel) {
  return {
    id,
    kind,
    title,
    field,
    overrides,
    legendShown,
    targets: targets.map(({ refId, legend }) => ({ refId, legend })),
  };
}

/** The list of the dashboards. */
export function ListView(
  { dashboards, failures, locale }: {
    readonly dashboards: readonly Dashboard[];
    readonly failures: readonly string[];
    readonly locale: Locale;
  },
) {
  const words = WORDS[locale];
  return (
    <>
      <h1>{words.title}</h1>
      {dashboards.length === 0 && <p class="panel empty">{words.none}</p>}
      <ul class="grid">
        {dashboards.map(({ uid, title, description, rows }) => (
          <li class="tile dashboard-tile">
            <h2>
              <a href={`/dashboards/${encodeURIComponent(uid)}`}>{title}</a>
            </h2>
            <p class="soft">{firstSentence(description)}</p>
            <p class="faint small">{words.panels(rows.flatMap(({ panels }) => panels).length)}</p>
          </li>
        ))}
      </ul>
      {failures.length > 0 && (
        <section class="notice" data-severity="warning">
          <h2>{words.unreadable}</h2>
          <ul>{failures.map((failure) => <li>{failure}</li>)}</ul>
        </section>
      )}
    </>
  );
}

/** What a dashboard is about: behind it stands how to change it. */
function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;
}
