/** The curve of an alert around the time it fired, with the line it crossed. */

import { type AlertCurve, curveFromMs } from "../../picture/graph_of.ts";
import { formatNumber } from "../dashboards/units.ts";
import { expressionIn } from "./expression.ts";
import type { Shown } from "./inbox.tsx";
import { REFRESHED } from "./timeline.tsx";
import { WORDS } from "./words.ts";

/** What is drawn of an alert. Times in ms since 1970. */
export interface Drawn {
  readonly labels: Readonly<Record<string, string>>;
  readonly generatorUrl: string;
  readonly curve: AlertCurve;
  /** What its expression gives now; undefined when it is over or nobody says. */
  readonly value?: number;
  readonly beganMs: number;
  /** Undefined while it fires. */
  readonly endedMs?: number;
  readonly nowMs: number;
  /** Seconds between two points at least. */
  readonly scrapeSeconds: number;
}

const HOUR_MS = 3_600_000;

/** The section with the curve; without scripts the expression and its line are still told. */
export function CurveSection({ drawn, shown }: { readonly drawn: Drawn; readonly shown: Shown }) {
  const { labels, generatorUrl, curve, value, beganMs, endedMs, nowMs, scrapeSeconds } = drawn;
  const { query, operator, threshold, unit } = curve;
  const words = WORDS[shown.language];
  const untilMs = Math.min((endedMs ?? nowMs) + HOUR_MS / 4, nowMs);
  const text = (number: number) => formatNumber(number, { unit: unit ?? "short", locale: shown.language });
  const marks = [
    { at: beganMs, tone: "warning" },
    ...endedMs === undefined ? [] : [{ at: endedMs, tone: "good" }],
  ];
  return (
    <section class="panel stack-y" aria-labelledby="curve">
      <div class="panel-head">
        <h2 id="curve">{words.graph}</h2>
        <p class="soft" id="value" {...REFRESHED}>
          {value !== undefined && (
            <>
              {words.value} <strong>{text(value)}</strong>
            </>
          )}
          {value !== undefined && threshold !== undefined && " · "}
          {threshold !== undefined && `${words.threshold} ${operator ?? ""} ${text(threshold)}`}
        </p>
      </div>
      <p class="mono soft">{shown.foreign(expressionIn(generatorUrl) ?? query)}</p>
      <div
        class="graph"
        data-title={words.graph}
        data-query={query}
        data-operator={operator}
        data-threshold={threshold}
        data-unit={unit}
        data-severity={labels.severity}
        data-own={JSON.stringify(labels)}
        data-from={curveFromMs(beganMs, untilMs)}
        data-to={endedMs === undefined ? undefined : untilMs}
        data-step={scrapeSeconds}
        data-marks={JSON.stringify(marks)}
      >
      </div>
    </section>
  );
}
