/** `/alerts/FINGERPRINT`: one alert. */

import { COLON } from "../../channels/lines.ts";
import { severityOf } from "../../messages/severity.ts";
import type { Refusal } from "../acts/acknowledge.ts";
import { shell } from "../layout.tsx";
import { mayAct, type PageContext } from "../view.ts";
import { WORDS as PAGE_WORDS } from "../words.ts";
import { type AlertsContext, heldOr } from "./context.ts";
import { ID } from "./id.ts";
import { silencesOf } from "./held.ts";
import { alertsIn, historyOf } from "./history.ts";
import { backTo, nameOf } from "./inbox.tsx";
import { One } from "./one.tsx";
import { momentOf, storyOf } from "./story.ts";
import { WORDS } from "./words.ts";

/** The page. */
export async function onePage(
  c: PageContext,
  context: AlertsContext,
  fingerprint: string,
  refused?: Refusal,
): Promise<Response> {
  const { options, ask, book, acknowledgements } = context;
  const { archive } = options;
  const shown = context.shownTo(c);
  const asked = new URL(c.req.url).searchParams;
  const firing = await context.held();
  const silent = typeof firing === "string" ? firing : undefined;
  const held = silent === undefined
    ? (firing as Exclude<typeof firing, string>).find((alert) => alert.fingerprint === fingerprint)
    : undefined;
  const from = asked.get("n") ?? "";
  const spoken = ID.test(from)
    ? alertsIn(archive, Number(from)).find((alert) => alert.fingerprint === fingerprint)
    : undefined;
  const isBookRead = held !== undefined || spoken !== undefined || await book.read();
  const alert = held ?? spoken ?? book.alert(fingerprint);
  if (!alert) {
    const why = silent === undefined ? undefined : shown.foreign(silent);
    return await unknown(c, isBookRead ? why : why ?? WORDS[shown.language].notWhole);
  }
  const below = asked.get("below") ?? "";
  const history = historyOf(archive, alert.labels, ID.test(below) ? Number(below) : undefined);
  const { told, next, untilMs } = history;
  const curve = (await context.curves())(alert);
  const [[value], silences] = await Promise.all([
    held && curve ? context.readValues([{ labels: alert.labels, curve }]) : [],
    silent ?? heldOr(() => silencesOf(ask, alert.labels, held)),
  ]);
  const nowMs = options.now();
  const severity = severityOf(held?.labels.severity);
  const list = asked.get("list") ?? "";
  const partAt = (below?: number) => {
    const given = new URLSearchParams({
      ...ID.test(from) && { n: from },
      ...below !== undefined && { below: `${below}` },
      ...list !== "" && { list },
    });
    return `/alerts/${encodeURIComponent(fingerprint)}${given.size > 0 ? `?${given}` : ""}#timeline`;
  };
  return await shell(c, {
    title: nameOf(alert.labels, shown),
    current: "alerts",
    severity: silent !== undefined ? "unknown" : severity === "none" ? undefined : severity,
    status: refused?.status ?? 200,
    scripts: ["charts.js"],
    children: (
      <One
        labels={alert.labels}
        annotations={alert.annotations}
        generatorUrl={alert.generatorURL}
        held={held}
        silent={silent}
        lastTold={told[0]}
        back={backTo(list)}
        timeline={{
          events: storyOf({
            history,
            firingSinceMs: held?.startsAt,
            silences: Array.isArray(silences) ? silences : [],
            acknowledgements: acknowledgements.of(fingerprint),
            nowMs,
          }),
          cutAfter: told.length,
          older: next === undefined ? undefined : partAt(next),
          newest: untilMs === undefined ? undefined : partAt(),
          silencesUnknown: typeof silences === "string" ? silences : undefined,
          nowMs,
          shown,
        }}
        hasRunbook={options.hasRunbook(alert.labels.alertname ?? "")}
        mayAct={mayAct(c.var.visitor)}
        acts={held && {
          visitor: c.var.visitor,
          held,
          acknowledged: acknowledgements.current(fingerprint, held.startsAt),
          unknown: acknowledgements.problem(),
          refused: refused?.text,
          shown,
        }}
        drawn={curve && {
          labels: alert.labels,
          generatorUrl: alert.generatorURL,
          curve,
          value,
          beganMs: held?.startsAt ?? momentOf(`${alert.startsAt}`) ?? nowMs,
          endedMs: held ? undefined : momentOf(told[0]?.alert.endsAt ?? ""),
          nowMs,
          scrapeSeconds: options.page().prometheus?.scrapeSeconds ?? 15,
        }}
        shown={shown}
      />
    ),
  });
}

/** @param silent Why it may be there all the same: what does not tell, or is not read yet. */
export function unknown(c: PageContext, silent?: string): Promise<Response> {
  const { language } = c.var.visitor;
  return shell(c, {
    title: PAGE_WORDS[language].notFound,
    current: "alerts",
    status: silent === undefined ? 404 : 502,
    children: (
      <p class="panel empty">
        {silent === undefined
          ? WORDS[language].notFound
          : WORDS[language].notKnown + COLON[language] + silent}
      </p>
    ),
  });
}
