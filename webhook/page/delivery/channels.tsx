/** The channels with what is known of each. */

import type { Locale } from "../../../lib/text.ts";
import type { ChannelState } from "../../delivery/mod.ts";
import type { Depth } from "../../journal/journal.ts";
import { percentText, secondsText } from "../now/numbers.ts";
import { Time } from "../time.tsx";
import { successOf, type Traffic, type TrafficFound } from "./traffic.ts";
import { WORDS } from "./words.ts";

/** What the table of channels shows. */
export interface ChannelsView {
  readonly channels: readonly ChannelState[];
  /** What is left of channels that the configuration does not have any more. */
  readonly former: readonly (readonly [name: string, depth: Depth])[];
  readonly traffic: TrafficFound;
  /** Proof of the forms; undefined when the reader may not act. */
  readonly proof: string | undefined;
  readonly language: Locale;
  readonly timezone: string | undefined;
  readonly redact: (text: string) => string;
}

/** The table of channels. */
export function Channels(view: ChannelsView) {
  const { channels, former, traffic, language } = view;
  const words = WORDS[language];
  return (
    <section class="panel" aria-labelledby="channels">
      <div class="panel-head">
        <h2 id="channels">{words.channels}</h2>
        <span class="faint small">{words.sinceStart}</span>
      </div>
      {!traffic.ok && <p class="notice" role="status">{words.noTraffic}: {traffic.error}</p>}
      {channels.length === 0 ? <p class="empty">{words.noChannels}</p> : (
        <div class="table-frame">
          <table class="table channels">
            <thead>
              <tr>
                <th scope="col" rowspan={2}>{words.channel}</th>
                <th scope="col" rowspan={2}>{words.state}</th>
                <th scope="col" rowspan={2} class="number">{words.queued}</th>
                <th scope="col" rowspan={2} class="number">{words.dead}</th>
                <th scope="colgroup" colspan={5} class="span">{words.day}</th>
                <th scope="col" rowspan={2}>{words.lastDelivered}</th>
                <th scope="col" rowspan={2}>{words.lastError}</th>
                {view.proof !== undefined && <td rowspan={2}></td>}
              </tr>
              <tr>
                <th scope="col" class="number">{words.delivered}</th>
                <th scope="col" class="number">{words.failed}</th>
                <th scope="col" class="number">{words.retries}</th>
                <th scope="col" class="number">{words.success}</th>
                <th scope="col" class="number" title={words.latencyHint}>{words.latency}</th>
              </tr>
            </thead>
            <tbody>
              {channels.map((channel) => <Channel channel={channel} view={view} />)}
              {former.map(([name, { queued, dead, oldestMs }]) => (
                <tr>
                  <th scope="row">{name}</th>
                  <td>
                    <span class="badge">{words.former}</span>
                  </td>
                  <Depths name={name} queued={queued} dead={dead} oldestMs={oldestMs} view={view} />
                  <td colspan={view.proof === undefined ? 7 : 8}></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Channel({ channel, view }: { readonly channel: ChannelState; readonly view: ChannelsView }) {
  const { traffic, language, timezone, proof, redact } = view;
  const words = WORDS[language];
  const { name, kind, lastDeliveredMs, lastFailure, pausedUntilMs } = channel;
  const time = (at: number) => <Time at={at} language={language} timezone={timezone} relative />;
  return (
    <tr>
      <th scope="row">
        {name}
        {kind !== name && <span class="faint kind">{kind}</span>}
      </th>
      <td>
        <State channel={channel} language={language} />
        {pausedUntilMs !== undefined && <p class="small">{words.until} {time(pausedUntilMs)}</p>}
      </td>
      <Depths {...channel} view={view} />
      <Figures traffic={traffic.ok ? traffic.byChannel.get(name) ?? {} : {}} language={language} />
      <td>
        {lastDeliveredMs === undefined ? <span class="faint">{words.none}</span> : time(lastDeliveredMs)}
      </td>
      <td class="cause">
        {lastFailure
          ? (
            <>
              {time(lastFailure.atMs)}
              <p class="small">{redact(lastFailure.reason)}</p>
            </>
          )
          : <span class="faint">{words.none}</span>}
      </td>
      {proof !== undefined && (
        <td>
          <form method="post" action="/delivery/test">
            <input type="hidden" name="proof" value={proof} />
            <input type="hidden" name="channel" value={name} />
            <button class="button plain small" type="submit" aria-label={words.testOf(name)}>
              {words.test}
            </button>
          </form>
        </td>
      )}
    </tr>
  );
}

/** Only a delivery shows that a channel works: before the first, nothing is known. */
function State({ channel, language }: { readonly channel: ChannelState; readonly language: Locale }) {
  const words = WORDS[language];
  const { circuit, consecutiveFailures, lastDeliveredMs } = channel;
  if (circuit === "open") return <span class="badge" data-severity="critical">{words.circuits.open}</span>;
  if (circuit === "half-open") {
    return <span class="badge" data-severity="warning">{words.circuits["half-open"]}</span>;
  }
  if (consecutiveFailures > 0) {
    return <span class="badge" data-severity="warning">{words.failing(consecutiveFailures)}</span>;
  }
  if (lastDeliveredMs === undefined) return <span class="badge">{words.unused}</span>;
  return <span class="badge" data-severity="good">{words.circuits.closed}</span>;
}

function Depths({ name, queued, dead, oldestMs, view: { language, timezone } }: {
  readonly name: string;
  readonly queued: number;
  readonly dead: number;
  readonly oldestMs?: number;
  readonly view: ChannelsView;
}) {
  const number = new Intl.NumberFormat(language);
  return (
    <>
      <td class="number">
        {number.format(queued)}
        {oldestMs !== undefined && (
          <p class="small faint">
            {WORDS[language].oldest} <Time at={oldestMs} language={language} timezone={timezone} relative />
          </p>
        )}
      </td>
      <td class="number">
        {dead === 0
          ? "0"
          : <a href={`/delivery?channel=${encodeURIComponent(name)}#dead`}>{number.format(dead)}</a>}
      </td>
    </>
  );
}

function Figures({ traffic, language }: { readonly traffic: Traffic; readonly language: Locale }) {
  const success = successOf(traffic);
  const { delivered, failed, retries, halfMs, mostMs } = traffic;
  return (
    <>
      {[delivered, failed, retries].map((count) => <Known value={count} language={language} />)}
      <td class="number">
        {success === undefined ? <Dash language={language} /> : percentOf(success, language)}
      </td>
      <td class="number">
        {halfMs === undefined || mostMs === undefined
          ? <Dash language={language} />
          : `${secondsText(halfMs, language)} / ${secondsText(mostMs, language)}`}
      </td>
    </>
  );
}

function Known({ value, language }: { readonly value: number | undefined; readonly language: Locale }) {
  return (
    <td class="number">
      {value === undefined ? <Dash language={language} /> : new Intl.NumberFormat(language).format(value)}
    </td>
  );
}

function Dash({ language }: { readonly language: Locale }) {
  return (
    <span class="faint">
      <span aria-hidden="true">–</span>
      <span class="sr-only">{WORDS[language].unknown}</span>
    </span>
  );
}

/** What is not all is never shown as all: 99.96 % is 99.9 %. */
function percentOf(share: number, language: Locale): string {
  return share === 1 ? percentText(1, language) : new Intl.NumberFormat(language, {
    style: "percent",
    maximumFractionDigits: 1,
    roundingMode: "floor",
  }).format(share);
}
