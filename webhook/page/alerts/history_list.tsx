/** The history: what was told, of what, to whom, and what became of it. */

import type { DeliveryRecord, ListedNotification } from "../../journal/archive.ts";
import type { Alert } from "../../payload.ts";
import { formatNumber } from "../dashboards/units.ts";
import { Time } from "../time.tsx";
import { WORDS as PAGE_WORDS } from "../words.ts";
import { nameOf, type Shown } from "./inbox.tsx";
import { momentOf } from "./story.ts";
import { ToldChannels } from "./told.tsx";
import { WORDS } from "./words.ts";

/** A row of the history. */
export interface HistoryRow {
  readonly listed: ListedNotification;
  readonly deliveries: readonly DeliveryRecord[];
  /** The first of its alerts. */
  readonly alerts: readonly Alert[];
}

/** The list, the newest first. */
export function HistoryList({ rows, next, newest, isFiltered, list, shown }: {
  readonly rows: readonly HistoryRow[];
  /** Addresses of the older part, and of the newest one where this is not it. */
  readonly next?: string;
  readonly newest?: string;
  readonly isFiltered: boolean;
  /** What leads back to this part, for `backTo`. */
  readonly list: string;
  readonly shown: Shown;
}) {
  const words = WORDS[shown.language];
  const { received, columns } = words;
  return (
    <section
      class="panel stack-y"
      aria-label={words.history}
      id="alerts"
      {...newest === undefined && { "data-refresh": 15_000 }}
    >
      {newest !== undefined && (
        <p>
          <a href={newest}>{words.newest}</a>
        </p>
      )}
      {rows.length === 0
        ? (
          <p class="empty">
            {next !== undefined ? words.notYet : isFiltered ? words.noneInHistory : words.noHistory}
          </p>
        )
        : (
          <div class="table-frame" tabindex={0}>
            <table class="table cards history">
              <thead>
                <tr>
                  {[received, columns.severity, columns.state, columns.alert, columns.told].map((name) => (
                    <th scope="col">{name}</th>
                  ))}
                </tr>
              </thead>
              <tbody>{rows.map((row) => <Row row={row} list={list} shown={shown} />)}</tbody>
            </table>
          </div>
        )}
      {next !== undefined && (
        <p>
          <a href={next}>{words.next}</a>
        </p>
      )}
    </section>
  );
}

function Row({ row: { listed, deliveries, alerts }, list, shown }: {
  readonly row: HistoryRow;
  readonly list: string;
  readonly shown: Shown;
}) {
  const { language, timezone } = shown;
  const words = WORDS[language];
  const { id, receivedMs, severity, status, firing, resolved } = listed;
  const left = firing + resolved - alerts.length;
  const address = (fingerprint: string) =>
    `/alerts/${encodeURIComponent(fingerprint)}?${new URLSearchParams({
      n: `${id}`,
      list: `${list}#n${id}`,
    })}`;
  return (
    <tr id={`n${id}`}>
      <td>
        <Time at={receivedMs} language={language} timezone={timezone} />
      </td>
      <td>
        <span class="badge" data-severity={severity}>{PAGE_WORDS[language].severities[severity]}</span>
      </td>
      <td>{status === "firing" ? words.firingState : words.resolved}</td>
      <td>
        <ul>
          {alerts.map((alert) => (
            <li>
              {alert.fingerprint === ""
                ? <strong>{nameOf(alert.labels, shown)}</strong>
                : <a href={address(alert.fingerprint)}>{nameOf(alert.labels, shown)}</a>}{" "}
              <span class="soft">{shown.foreign(alert.labels.instance ?? "")}</span>
              <Ended alert={alert} shown={shown} />
            </li>
          ))}
          {left > 0 && <li class="faint">{words.left(left)}</li>}
        </ul>
      </td>
      <td data-label={words.columns.told}>
        {deliveries.length === 0
          ? <span class="faint">{words.nobody}</span>
          : <ToldChannels deliveries={deliveries} shown={shown} />}
      </td>
    </tr>
  );
}

/** How long it fired, when that is over. */
function Ended({ alert, shown }: { readonly alert: Alert; readonly shown: Shown }) {
  const [fromMs, toMs] = [momentOf(alert.startsAt), momentOf(alert.endsAt)];
  if (alert.status !== "resolved" || fromMs === undefined || toMs === undefined || toMs < fromMs) return null;
  const span = formatNumber((toMs - fromMs) / 1_000, { unit: "s", locale: shown.language });
  return <span class="faint">, {WORDS[shown.language].overAfter(span)}</span>;
}
