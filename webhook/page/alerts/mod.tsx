/** `/alerts` and `/silences`: what fires, what was told of it, and what is held back. */

import { Hono } from "hono";
import { durationMs } from "../../../lib/units.ts";
import { AlertmanagerSilent } from "../alertmanager.ts";
import { acknowledge, type Wanted } from "../acts/acknowledge.ts";
import { auditTo } from "../audit.ts";
import { shell } from "../layout.tsx";
import type { PageContext, PageEnv, PageOptions } from "../view.ts";
import { contextOf, heldOr } from "./context.ts";
import { type Filter, readFilter } from "./filter.ts";
import { endSilence, type HeldAlert, heldAlerts, makeSilence, silences as silencesOf } from "./held.ts";
import { listPage } from "./list_page.tsx";
import { onePage, unknown } from "./one_page.tsx";
import { type Draft, SilencesView } from "./silences.tsx";
import { WORDS } from "./words.ts";

const SILENCE_ID = /^[\w-]{1,64}$/;
const FINGERPRINT = /^[0-9a-f]{1,16}$/;
const NO_DRAFT: Draft = { matchers: "", duration: "1h", reason: "", alert: "" };

/** The pages. */
export function createAlerts(options: PageOptions): Hono<PageEnv> {
  const app = new Hono<PageEnv>();
  const audit = auditTo(options);
  const context = contextOf(options);
  const { ask, shownTo } = context;
  app.get("/alerts", (c) => listPage(c, context));
  app.get("/alerts/:fingerprint", (c) => onePage(c, context, c.req.param("fingerprint")));
  const act = async (c: PageContext, wanted: Wanted) => {
    const fingerprint = c.req.param("fingerprint") ?? "";
    const refused = await acknowledge(c, context, fingerprint, wanted);
    if (refused) return await onePage(c, context, fingerprint, refused);
    return see(c, `/alerts/${encodeURIComponent(fingerprint)}`);
  };
  app.post("/alerts/:fingerprint/acknowledge", (c) => act(c, "acknowledge"));
  app.post("/alerts/:fingerprint/withdraw", (c) => act(c, "withdraw-acknowledgement"));

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
    const matchers = asked.get("matchers") ?? "";
    return await showSilences(c, { ...NO_DRAFT, matchers, alert: fingerprintIn(asked) });
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
      alert: fingerprintIn(form),
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
      audit.refused(c.var.visitor, { act: "silence", what: oneLine(draft.matchers) }, error.message);
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
      audit.done(c.var.visitor, {
        act: "silence",
        what: oneLine(draft.matchers),
        duration: draft.duration,
      });
      return see(c, draft.alert === "" ? "/silences" : `/alerts/${draft.alert}`);
    }));
  app.post("/silences/end", async (c) => {
    const id = c.var.form.get("id") ?? "";
    if (!SILENCE_ID.test(id)) return await unknown(c);
    try {
      await endSilence(ask, id);
    } catch (error) {
      if (!(error instanceof AlertmanagerSilent)) throw error;
      audit.refused(c.var.visitor, { act: "end-silence", what: id }, error.message);
      return await showSilences(c, NO_DRAFT, { problem: error.message });
    }
    audit.done(c.var.visitor, { act: "end-silence", what: id });
    return see(c, "/silences");
  });
  return app;
}

function oneLine(matchers: string): string {
  return matchers.replace(/\r?\n/g, ", ");
}

/** As Alertmanager makes them; `""` for anything else. */
function fingerprintIn(given: URLSearchParams): string {
  const fingerprint = given.get("alert") ?? "";
  return FINGERPRINT.test(fingerprint) ? fingerprint : "";
}

function see(c: PageContext, location: string): Response {
  return c.body(null, 303, { location, "cache-control": "no-store" });
}
