/** `/alerts`: what fires, and what was told. */

import { COLON } from "../../channels/lines.ts";
import type { Child } from "hono/jsx";
import { AlertmanagerSilent } from "../alertmanager.ts";
import { shell } from "../layout.tsx";
import type { PageContext } from "../view.ts";
import { type AlertsContext } from "./context.ts";
import { ID } from "./id.ts";
import { type Filter, readFilter } from "./filter.ts";
import { detailsOf, type FiringRow, rowOfHeld, rowOfTold } from "./firing.ts";
import { FiringList, worstOf } from "./firing_list.tsx";
import { ALERTMANAGERS, BY_DEFAULT, type GroupedBy, groupsOf, NONE, readGroupedBy } from "./group.ts";
import { heldGroups } from "./held.ts";
import { alertsIn } from "./history.ts";
import { HistoryList } from "./history_list.tsx";
import { Head, listAddress, type Shown } from "./inbox.tsx";
import { WORDS } from "./words.ts";

const ON_A_PAGE = 50;
const ALERTS_IN_ROW = 10;
const MOST_ROWS = 500;
/** Of those that the journal knows. */
const MOST_TOLD = 2_000;
// They fire always, and tell nobody anything.
const QUIET = ["Watchdog", "VigieDrill"];

type GoodFilter = Extract<Filter, { ok: true }>;

/** What a reader has chosen. */
interface Chosen {
  readonly text: string;
  readonly filter: GoodFilter;
  readonly groupedBy: GroupedBy;
  readonly shown: Shown;
}

/** The page. */
export async function listPage(c: PageContext, context: AlertsContext): Promise<Response> {
  const asked = new URL(c.req.url).searchParams;
  const text = asked.get("filter") ?? "";
  const filter = await readFilter(text);
  const groupedBy = readGroupedBy(asked.get("group"));
  const tab = asked.get("tab") === "history" ? "history" : "firing";
  const shown = context.shownTo(c);
  const isFiring = tab === "firing";
  const { severity, list } = !filter.ok
    ? { severity: undefined, list: null }
    : isFiring
    ? await firing(context, { text, filter, groupedBy, shown })
    : {
      severity: undefined,
      list: history(context, { text, filter, groupedBy, shown }, asked.get("below") ?? ""),
    };
  return await shell(c, {
    title: WORDS[shown.language].title,
    current: "alerts",
    severity,
    status: filter.ok ? 200 : 422,
    children: (
      <Head
        language={shown.language}
        tab={tab}
        filter={text}
        groupedBy={groupedBy}
        canAsk={context.options.page().alertmanager !== undefined}
        problem={filter.ok ? undefined : filter.problem}
      >
        {list}
      </Head>
    ),
  });
}

/** What fires: as Alertmanager has it, or as was told last when it does not say. */
async function firing(context: AlertsContext, { text, filter, groupedBy, shown }: Chosen): Promise<{
  severity: "critical" | "warning" | "info" | "good" | "unknown";
  list: Child;
}> {
  const { options, book } = context;
  const words = WORDS[shown.language];
  const hasAlertmanager = options.page().alertmanager !== undefined;
  const [held, isBookRead, curveOf] = await Promise.all([
    hasAlertmanager ? context.held() : "",
    book.read(),
    context.curves(),
  ]);
  const isLive = Array.isArray(held);
  const known = isLive ? held.map(rowOfHeld) : book.firing(MOST_TOLD).alerts.map(rowOfTold);
  const rows = fitting(known, filter);
  const { labelsOf, problem } = await grouping(context, groupedBy);
  const { groups, shownRows } = cut(groupsOf(rows, labelsOf));
  const details = await detailsOf(shownRows, {
    archive: options.archive,
    book,
    isBookRead,
    curveOf,
    readValues: context.readValues,
    language: shown.language,
  });
  const isFiltered = text.trim() !== "";
  const list = listAddress({ filter: text, groupedBy });
  return {
    severity: isLive ? worstOf(known) : "unknown",
    list: (
      <div class="stack-y" id="alerts" data-refresh="5000">
        {!isLive && (
          <div class="notice stack-y" data-severity="warning">
            <p>
              <strong>
                {hasAlertmanager
                  ? words.noAlertmanager + COLON[shown.language] + shown.foreign(held)
                  : words.noneConfigured}
              </strong>
            </p>
            <p>{rows.length === 0 && !isFiltered ? words.noneKnown : words.lastKnown}</p>
            {!isBookRead && <p>{words.notWhole}</p>}
          </div>
        )}
        {problem !== undefined && (
          <p class="notice" data-severity="warning">
            {words.groupsUnknown + COLON[shown.language] + shown.foreign(problem)}
          </p>
        )}
        {(isLive || rows.length > 0 || isFiltered) && (
          <FiringList
            groups={groups}
            groupedBy={problem === undefined ? groupedBy : BY_DEFAULT}
            details={details}
            count={rows.length}
            isFiltered={isFiltered}
            list={list}
            seenBy={({ fingerprint, sinceMs }) => context.acknowledgements.current(fingerprint, sinceMs)}
            shown={shown}
          />
        )}
      </div>
    ),
  };
}

/** As many rows as a page shows, of the first groups. */
function cut<Group extends { readonly rows: readonly FiringRow[] }>(groups: readonly Group[]) {
  const shownRows = groups.flatMap(({ rows }) => rows).slice(0, MOST_ROWS);
  const last = new Set(shownRows);
  return { groups: groups.filter(({ rows }) => last.has(rows[0]!)), shownRows };
}

/** What the group of a row is. */
async function grouping({ ask }: AlertsContext, groupedBy: GroupedBy): Promise<{
  labelsOf: (row: FiringRow) => Readonly<Record<string, string>>;
  problem?: string;
}> {
  const byLabel = (label: string) => ({ labels }: FiringRow) => ({
    [label]: Object.hasOwn(labels, label) ? labels[label]! : "",
  });
  if (groupedBy === NONE) return { labelsOf: () => ({}) };
  if (groupedBy !== ALERTMANAGERS) return { labelsOf: byLabel(groupedBy) };
  try {
    const groups = await heldGroups(ask);
    return { labelsOf: ({ fingerprint }) => groups.get(fingerprint) ?? {} };
  } catch (error) {
    if (!(error instanceof AlertmanagerSilent)) throw error;
    return { labelsOf: byLabel(BY_DEFAULT), problem: error.message };
  }
}

function fitting(rows: readonly FiringRow[], { matchers, test }: GoodFilter): FiringRow[] {
  return matchers.length > 0
    ? rows.filter(({ labels }) => test(labels))
    : rows.filter(({ labels }) => !QUIET.includes(labels.alertname ?? ""));
}

/** What was told. @param below As the address says it. */
function history({ options: { archive } }: AlertsContext, chosen: Chosen, below: string): Child {
  const { text, filter: { matchers, test }, groupedBy, shown } = chosen;
  const wanted = matchers.filter(({ operator, value }) => operator === "=" && value !== "");
  const part = ID.test(below) ? Number(below) : undefined;
  const { items, next } = archive.notifications({
    labels: matchers.length === 0 ? undefined : { test, values: wanted.map(({ value }) => value) },
    below: part ?? Number.MAX_SAFE_INTEGER,
    limit: ON_A_PAGE,
  });
  const address = (below?: number) => listAddress({ tab: "history", filter: text, groupedBy, below });
  return (
    <HistoryList
      rows={items.map((listed) => ({
        listed,
        deliveries: archive.deliveries(listed.id),
        alerts: alertsIn(archive, listed.id).slice(0, ALERTS_IN_ROW),
      }))}
      next={next === undefined ? undefined : address(next)}
      newest={part === undefined ? undefined : address()}
      isFiltered={matchers.length > 0}
      list={address(part)}
      shown={shown}
    />
  );
}
