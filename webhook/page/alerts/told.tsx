/** Who was told: a channel each, with what became of it. */

import { COLON } from "../../channels/lines.ts";
import type { DeliveryRecord } from "../../journal/archive.ts";
import type { Shown } from "./inbox.tsx";
import { TIMELINE } from "./timeline_words.ts";

const MOST = 6;
const SIGNS = { delivered: "✓", coalesced: "✓", queued: "…", dead: "✗" } as const;

/** The channels; what stands for itself and what its sign means is said to those who hear it. */
export function ToldChannels(
  { deliveries, shown }: { readonly deliveries: readonly DeliveryRecord[]; readonly shown: Shown },
) {
  const words = TIMELINE[shown.language];
  return (
    <ul class="told">
      {deliveries.slice(0, MOST).map(({ channel, state }) => (
        <li data-state={state} title={words.states[state]}>
          <span aria-hidden="true">{SIGNS[state]}</span> {shown.foreign(channel)}
          <span class="sr-only">{COLON[shown.language] + words.states[state]}</span>
        </li>
      ))}
      {deliveries.length > MOST && <li class="faint">+{deliveries.length - MOST}</li>}
    </ul>
  );
}
