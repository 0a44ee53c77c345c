/** `/alerts` and `/silences`: what fires, what was told of it, and what is held back. */

import { Hono } from "hono";
import { durationMs } from "../../../lib/units.ts";
import type { ListedNotification, Page } from "../../journal/archive.ts";
import { severityOf } from "../../messages/severity.ts";
import type { Alert } from "../../payload.ts";
import { alertmanagerOf, AlertmanagerSilent } from "../alertmanager.ts";
import { visible } from "../delivery/bytes.ts";
import { shell } from "../layout.tsx";
import { mayAct, type PageContext, type PageEnv, type PageOptions } from "../view.ts";
import { WORDS as PAGE_WORDS } from "../words.ts";
import { prometheusOf } from "../prometheus.ts";
import { type AlertCurve, curveOf, readCurves } from "../../picture/graph_of.ts";
import { type Filter, readFilter } from "./filter.ts";
import {
  endSilence,
  type HeldAlert,
  heldAlerts,
  makeSilence,
  silences as silencesOf,
  silencesOf as silencesFor,
} from "./held.ts";
import { alertsIn, historyOf, lastTold } from "./history.ts";
import { FiringList, Head, HistoryList, nameOf, type Shown } from "./inbox.tsx";
import { One } from "./one.tsx";
import { type Draft, SilencesView } from "./silences.tsx";
import { momentOf, storyOf } from "./story.ts";
import { createValues } from "./values.ts";
import { WORDS } from "./words.ts";

const ON_A_PAGE = 50;
const ALERTS_IN_ROW = 10;
const ID = /^[1-9][0-9]{0,14}$/;
const SILENCE_ID = /^[\w-]{1,64}$/;
// They fire always, and tell nobody anything.
const QUIET = ["Watchdog", "VigieDrill"];

/** The pages. */
export function createAlerts(options: PageOptions): Hono<PageEnv> {
  const app = new Hono<PageEnv>();
  const { archive, log } = options;
  const ask = alertmanagerOf(options);
  const readValues = createValues(prometheusOf(options), options.now);
  /** The curve that each alert has; none where there is no Prometheus to ask for it. */
  const curves = async (): Promise<
    (alert: Pick<Alert, "labels" | "generatorURL">) => AlertCurve | undefined
  > => {
    if (options.page().prometheus === undefined) return () => undefined;
    try {
      const known = await readCurves(options.directory());
      return (alert) => curveOf(alert, known);
    } catch (error) {
      // What an alert says of itself is still there.
      options.onDefect(error);
      return (alert) => curveOf(alert, {});
    }
  };
  const shownTo = (c: PageContext): Shown => ({
    language: c.var.visitor.language,
    timezone: options.timezone(),
    foreign: (text) => visible(options.redact(text)),
  });

  app.get("/alerts", async (c) => {
    const asked = new URL(c.req.url).searchParams;
    const text = asked.get("filter") ?? "";
    const filter = await readFilter(text);
    const tab = asked.get("tab") === "history" ? "history" : "firing";
    const shown = shownTo(c);
    const words = WORDS[shown.language];
    const firing = tab === "firing" ? await heldOr(() => heldAlerts(ask)) : undefined;
    return await shell(c, {
      title: words.title,
      current: "alerts",
      severity: Array.isArray(firing) ? worstOf(firing) : undefined,
      status: filter.ok ? 200 : 422,
      children: (
        <Head
          language={shown.language}
          tab={tab}
          filter={text}
          problem={filter.ok ? undefined : filter.problem}
        >
          {typeof firing === "string" && (
            <p class="notice" data-severity="warning" id="alerts" data-refresh="5000">
              {words.noAlertmanager}: {shown.foreign(firing)}
            </p>
          )}
          {Array.isArray(firing) && filter.ok && (
            <FiringList alerts={fitting(firing, filter)} isFiltered={text.trim() !== ""} shown={shown} />
          )}
          {tab === "history" && filter.ok && history(filter, asked, shown)}
        </Head>
      ),
    });
  });

  const history = (filter: Extract<Filter, { ok: true }>, asked: URLSearchParams, shown: Shown) => {
    const below = asked.get("below") ?? "";
    const { matchers, test } = filter;
    const page: Page<ListedNotification> = archive.notifications({
      labels: matchers.length === 0 ? undefined : {
        test,
        values: matchers.filter(({ operator, value }) => operator === "=" && value !== "").map(({ value }) =>
          value
        ),
      },
      below: ID.test(below) ? Number(below) : Number.MAX_SAFE_INTEGER,
      limit: ON_A_PAGE,
    });
    const rows = page.items.map((listed) => ({
      listed,
      counts: archive.deliveryCounts(listed.id),
      alerts: alertsIn(archive, listed.id).slice(0, ALERTS_IN_ROW),
    }));
    const next = page.next === undefined ? undefined : `/alerts?${new URLSearchParams({
      tab: "history",
      filter: asked.get("filter") ?? "",
      below: String(page.next),
    })}`;
    return <HistoryList rows={rows} next={next} shown={shown} />;
  };

  app.get("/alerts/:fingerprint", async (c) => {
    const fingerprint = c.req.param("fingerprint");
    const shown = shownTo(c);
    const firing = await heldOr(() => heldAlerts(ask));
    const held = Array.isArray(firing)
      ? firing.find((alert) => alert.fingerprint === fingerprint)
      : undefined;
    const asked = new URL(c.req.url).searchParams;
    const from = asked.get("n") ?? "";
    const spoken = ID.test(from)
      ? alertsIn(archive, Number(from)).find((alert) => alert.fingerprint === fingerprint)
      : undefined;
    const alert = held ?? spoken ?? lastTold(archive, fingerprint);
    if (!alert) return await unknown(c, typeof firing === "string" ? shown.foreign(firing) : undefined);
    const below = asked.get("below") ?? "";
    const told = historyOf(archive, alert.labels, ID.test(below) ? Number(below) : undefined);
    const curve = (await curves())(alert);
    const [[value], silences] = await Promise.all([
      held && curve ? readValues([{ labels: alert.labels, curve }]) : [],
      typeof firing === "string" ? firing : heldOr(() => silencesFor(ask, alert.labels, held)),
    ]);
    const nowMs = options.now();
    const beganMs = held?.startsAt ?? momentOf(String(alert.startsAt));
    const drawn = curve && {
      labels: alert.labels,
      generatorUrl: alert.generatorURL,
      curve,
      value,
      beganMs: beganMs ?? nowMs,
      endedMs: held ? undefined : momentOf(told.told[0]?.alert.endsAt ?? ""),
      nowMs,
      scrapeSeconds: options.page().prometheus?.scrapeSeconds ?? 15,
    };
    return await shell(c, {
      title: nameOf(alert.labels, shown),
      current: "alerts",
      severity: held && severityOf(held.labels.severity) !== "none"
        ? severityOf(held.labels.severity) as "critical" | "warning" | "info"
        : undefined,
      scripts: ["charts.js"],
      children: (
        <One
          labels={alert.labels}
          annotations={alert.annotations}
          generatorUrl={alert.generatorURL}
          held={held}
          timeline={{
            events: storyOf({
              history: told,
              firingSinceMs: held?.startsAt,
              silences: Array.isArray(silences) ? silences : [],
              nowMs,
            }),
            cutAfter: told.told.length,
            older: told.next === undefined ? undefined : partOf(fingerprint, from, told.next),
            newest: told.untilMs === undefined ? undefined : partOf(fingerprint, from),
            silencesUnknown: typeof silences === "string" ? silences : undefined,
            nowMs,
            shown,
          }}
          hasRunbook={options.hasRunbook(alert.labels.alertname ?? "")}
          mayAct={mayAct(c.var.visitor)}
          drawn={drawn}
          shown={shown}
        />
      ),
    });
  });

  const showSilences = async (c: PageContext, draft: Draft, more: {
    readonly muted?: readonly HeldAlert[];
    readonly problem?: string;
  } = {}) => {
    const shown = shownTo(c);
    const found = await heldOr(() => silencesOf(ask));
    const problem = more.problem ?? (typeof found === "string" ? found : undefined);
    return await shell(c, {
      title: WORDS[shown.language].silences,
      current: "silences",
      status: more.problem === undefined ? 200 : 422,
      children: (
        <SilencesView
          visitor={c.var.visitor}
          shown={shown}
          silences={Array.isArray(found) ? found : undefined}
          draft={draft}
          muted={more.muted}
          problem={problem}
        />
      ),
    });
  };

  app.get("/silences", async (c) => {
    const asked = new URL(c.req.url).searchParams;
    return await showSilences(c, { matchers: asked.get("matchers") ?? "", duration: "1h", reason: "" });
  });

  /** Reads the form, and says what is wrong with it; otherwise `use` gets the silence. */
  const withDraft = async (
    c: PageContext,
    use: (draft: Draft, filter: Extract<Filter, { ok: true }>) => Promise<Response>,
  ) => {
    const { form, visitor: { language } } = c.var;
    const words = WORDS[language];
    const draft = {
      matchers: form.get("matchers") ?? "",
      duration: form.get("duration") ?? "",
      reason: (form.get("reason") ?? "").trim(),
    };
    const filter = await readFilter(draft.matchers.replace(/\r?\n/g, ","));
    const problem = !filter.ok
      ? filter.problem
      : filter.test({})
      ? words.needMatchers
      : !Object.hasOwn(words.durations, draft.duration)
      ? words.needDuration
      : draft.reason === ""
      ? words.needReason
      : undefined;
    if (!filter.ok || problem !== undefined) return await showSilences(c, draft, { problem });
    try {
      return await use(draft, filter);
    } catch (error) {
      if (!(error instanceof AlertmanagerSilent)) throw error;
      refused(c, "silence", error.message);
      return await showSilences(c, draft, { problem: error.message });
    }
  };
  const preview = async (
    c: PageContext,
    draft: Draft,
    test: (labels: Readonly<Record<string, string>>) => boolean,
  ) => {
    const muted = (await heldAlerts(ask)).filter(({ labels }) => test(labels));
    return await showSilences(c, draft, { muted });
  };
  app.post("/silences/preview", (c) => withDraft(c, (draft, { test }) => preview(c, draft, test)));
  app.post("/silences", (c) =>
    withDraft(c, async (draft, { matchers, test }) => {
      // What it mutes was shown before: not for other matchers than these.
      if (c.var.form.get("previewed") !== draft.matchers) return await preview(c, draft, test);
      const nowMs = options.now();
      const createdBy = c.var.visitor.user ?? "Vigie";
      await makeSilence(ask, {
        matchers,
        startsMs: nowMs,
        endsMs: nowMs + durationMs(draft.duration),
        createdBy,
        comment: draft.reason,
      });
      noted(c, "silence", { matchers: draft.matchers.replace(/\r?\n/g, ", "), duration: draft.duration });
      return seeSilences(c);
    }));
  app.post("/silences/end", async (c) => {
    const id = c.var.form.get("id") ?? "";
    if (!SILENCE_ID.test(id)) return await unknown(c);
    try {
      await endSilence(ask, id);
    } catch (error) {
      if (!(error instanceof AlertmanagerSilent)) throw error;
      refused(c, "end-silence", error.message);
      return await showSilences(c, { matchers: "", duration: "1h", reason: "" }, { problem: error.message });
    }
    noted(c, "end-silence", { silence: id });
    return seeSilences(c);
  });

  const noted = (c: PageContext, act: string, about: Readonly<Record<string, string>>) => {
    log.info("Done on a page", { audit: "page", act, user: c.var.visitor.user, ...about });
    options.feed.tell({ kind: "act" });
  };
  const refused = (c: PageContext, act: string, reason: string) => {
    log.info("Refused on a page", { audit: "page", act, user: c.var.visitor.user, reason });
  };
  return app;
}

/** The address of a part of an alert's timeline; of the newest without `below`. */
function partOf(fingerprint: string, from: string, below?: number): string {
  const given = new URLSearchParams({
    ...ID.test(from) && { n: from },
    ...below !== undefined && { below: `${below}` },
  });
  return `/alerts/${encodeURIComponent(fingerprint)}${given.size > 0 ? `?${given}` : ""}#timeline`;
}

/** What Alertmanager has, or why that is not known. */
async function heldOr<T>(asked: () => Promise<T[]>): Promise<T[] | string> {
  try {
    return await asked();
  } catch (error) {
    if (!(error instanceof AlertmanagerSilent)) throw error;
    return error.message;
  }
}

function fitting(alerts: readonly HeldAlert[], filter: Extract<Filter, { ok: true }>): HeldAlert[] {
  return filter.matchers.length > 0
    ? alerts.filter(({ labels }) => filter.test(labels))
    : alerts.filter(({ labels }) => !QUIET.includes(labels.alertname ?? ""));
}

/** The worst that somebody is told of. */
function worstOf(alerts: readonly HeldAlert[]): "critical" | "warning" | "info" | "good" {
  const active = alerts.filter(({ status: { state } }) => state === "active")
    .map(({ labels }) => severityOf(labels.severity));
  return (["critical", "warning", "info"] as const).find((severity) => active.includes(severity)) ?? "good";
}

function seeSilences(c: PageContext): Response {
  return c.body(null, 303, { location: "/silences", "cache-control": "no-store" });
}

/** @param silent Why Alertmanager does not tell, so that it may be there all the same. */
function unknown(c: PageContext, silent?: string): Promise<Response> {
  const { language } = c.var.visitor;
  return shell(c, {
    title: PAGE_WORDS[language].notFound,
    current: "alerts",
    status: silent === undefined ? 404 : 502,
    children: (
      <p class="panel empty">
        {silent === undefined ? WORDS[language].notFound : `${WORDS[language].noAlertmanager}: ${silent}`}
      </p>
    ),
  });
}
