/** The channels with their state, as a table. */

import type { Locale } from "../../../lib/text.ts";
import type { ChannelState } from "../../delivery/mod.ts";
import type { Depth } from "../../journal/journal.ts";
import { percentText, secondsText } from "../numbers.ts";
import { Time } from "../time.tsx";
import type { Visitor } from "../view.ts";
import type { Recent } from "./recent.ts";
import { type DeliveryWords, WORDS } from "./words.ts";

/** What the table shows. */
export interface ChannelsShown {
  readonly visitor: Visitor;
  readonly timezone?: string;
  readonly channels: readonly ChannelState[];
  readonly depths: ReadonlyMap<string, Depth>;
  readonly recent: ReadonlyMap<string, Recent>;
  /** Makes text of others fit to be shown: without secrets, and nothing in it that cannot be seen. */
  readonly foreign: (text: string) => string;
}

/** How often parts are read again that events tell of, ms: without events, and with them. */
export const REFRESHED = { "data-refresh": 5_000, "data-refresh-live": 30_000 } as const;

/** The table; those that the configuration does not have any more come last. */
export function Channels({ visitor, timezone, channels, depths, recent, foreign }: ChannelsShown) {
  const { language } = visitor;
  const words = WORDS[language];
  const names = new Set(channels.map(({ name }) => name));
  const former = [...depths].filter(([name]) => !names.has(name));
  return (
    <div id="channel-states" class="table-frame" tabindex={0} {...REFRESHED}>
      {channels.length === 0 && <p class="soft">{words.noChannels}</p>}
      {channels.length + former.length > 0 && (
        <table class="table channels">
          <thead>
            <tr>
              {[words.channel, words.state].map((text) => <th scope="col">{text}</th>)}
              {[words.queued, words.deadShort, words.delivered, words.lost, words.success, words.latency].map(
                (
                  text,
                ) => <th scope="col" class="number">{text}</th>,
              )}
              {[words.lastDelivered, words.lastError].map((text) => <th scope="col">{text}</th>)}
            </tr>
          </thead>
          <tbody>
            {channels.map((channel) => {
              const { name, kind, queued, oldestMs, dead, lastDeliveredMs, lastFailure } = channel;
              const { delivered = 0, dead: lost = 0, medianMs } = recent.get(name) ?? {};
              return (
                <tr>
                  <th scope="row">
                    {name} {kind !== name && <span class="faint">{kind}</span>}
                  </th>
                  <td>
                    <State channel={channel} words={words} />
                    {channel.pausedUntilMs !== undefined && (
                      <p class="faint small">
                        {words.pausedUntil}{" "}
                        <Time at={channel.pausedUntilMs} language={language} timezone={timezone} />
                      </p>
                    )}
                  </td>
                  <td class="number">
                    {queued}
                    {oldestMs !== undefined && (
                      <p class="faint small">
                        {words.oldest} <Time at={oldestMs} language={language} timezone={timezone} />
                      </p>
                    )}
                  </td>
                  <td class="number">{dead}</td>
                  <td class="number">{delivered}</td>
                  <td class="number">{lost}</td>
                  <td class="number">
                    {delivered + lost === 0
                      ? <span class="faint">{words.noAttempts}</span>
                      : successText(delivered / (delivered + lost), language)}
                  </td>
                  <td class="number">{medianMs === undefined ? "–" : secondsText(medianMs, language)}</td>
                  <td>
                    {lastDeliveredMs === undefined
                      ? "–"
                      : <Time at={lastDeliveredMs} language={language} timezone={timezone} relative />}
                  </td>
                  <td>
                    {!lastFailure ? "–" : (
                      <>
                        {foreign(lastFailure.reason)}{" "}
                        <span class="faint">
                          <Time at={lastFailure.atMs} language={language} timezone={timezone} relative />
                        </span>
                      </>
                    )}
                  </td>
                </tr>
              );
            })}
            {former.map(([name, { queued, dead }]) => (
              <tr>
                <th scope="row">{name}</th>
                <td>
                  <span class="badge">{words.former}</span>
                </td>
                <td class="number">{queued}</td>
                <td class="number">{dead}</td>
                <td colspan={6}></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

/** Only a delivery shows that a channel works: before the first one nothing is known. */
function State({ channel, words }: { readonly channel: ChannelState; readonly words: DeliveryWords }) {
  const { circuit, consecutiveFailures, lastDeliveredMs } = channel;
  const [severity, text] = circuit === "open"
    ? ["critical", words.circuits.open]
    : circuit === "half-open"
    ? ["warning", words.circuits["half-open"]]
    : consecutiveFailures > 0
    ? ["warning", words.failing(consecutiveFailures)]
    : lastDeliveredMs === undefined
    ? [undefined, words.untried]
    : ["good", words.circuits.closed];
  return <span class="badge" data-severity={severity}>{text}</span>;
}

/** What is not all is never shown as all. */
function successText(share: number, language: Locale): string {
  return percentText(Math.floor(share * 100) / 100, language);
}
