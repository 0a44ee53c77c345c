/** What became of one alert, event by event. */

import type { DeliveryRecord } from "../../journal/archive.ts";
import type { Acknowledgement } from "../acts/acknowledgements.ts";
import type { Silence } from "./held.ts";
import type { History, Told } from "./history.ts";

/**
 * What happened, at `atMs`, ms since 1970.
 *
 * - `began`, `ended`: when it began to fire and when it was over, as its sender says.
 * - `told`: a notification that spoke of it. `first`: it fires since then; `again`: it still fired; `over`: it does not any more; `firing`: it
 *   fires, and what was told before is not known.
 * - `silenced`, `unsilenced`: a silence that fits it, and that silence's end.
 * - `acknowledged`, `withdrawn`: somebody has seen it, and took that back.
 */
export type Event =
  | { readonly kind: "began" | "ended"; readonly atMs: number }
  | {
    readonly kind: "told";
    readonly atMs: number;
    readonly notificationId: number;
    readonly as: "first" | "again" | "over" | "firing";
    readonly deliveries: readonly DeliveryRecord[];
  }
  | { readonly kind: "silenced" | "unsilenced"; readonly atMs: number; readonly silence: Silence }
  | {
    readonly kind: "acknowledged" | "withdrawn";
    readonly atMs: number;
    readonly acknowledgement: Acknowledgement;
  };

/** What a story is told of. */
export interface StoryOf {
  readonly history: History;
  /** When it began, while it fires. */
  readonly firingSinceMs?: number;
  /** Silences that fit it. */
  readonly silences: readonly Silence[];
  /** Of this alert. */
  readonly acknowledgements: readonly Acknowledgement[];
  readonly nowMs: number;
}

/** The events of this part of the history, the newest first. */
export function storyOf(
  { history, firingSinceMs, silences, acknowledgements, nowMs }: StoryOf,
): Event[] {
  const { told, untilMs, next } = history;
  // What is older stands on the next part, with what happened meanwhile.
  const sinceMs = next === undefined ? -Infinity : told.at(-1)?.receivedMs ?? Infinity;
  const spans = spansOf(told, untilMs === undefined ? firingSinceMs : undefined, nowMs);
  const events = [
    ...spans.flatMap(({ fromMs, toMs, isOver }): Event[] => [
      { kind: "began", atMs: fromMs },
      ...isOver ? [{ kind: "ended", atMs: toMs } as const] : [],
    ]),
    ...told.map((each, i) => toldEvent(each, told[i + 1], next === undefined)),
    ...silences.filter(({ startsAt, endsAt }) =>
      spans.some(({ fromMs, toMs }) => startsAt <= toMs && endsAt >= fromMs)
    ).flatMap((silence): Event[] => [
      { kind: "silenced", atMs: silence.startsAt, silence },
      { kind: "unsilenced", atMs: silence.endsAt, silence },
    ]),
    ...acknowledgements.flatMap((acknowledgement): Event[] => [
      { kind: "acknowledged", atMs: acknowledgement.atMs, acknowledgement },
      ...acknowledgement.withdrawnMs === undefined
        ? []
        : [{ kind: "withdrawn", atMs: acknowledgement.withdrawnMs, acknowledgement } as const],
    ]),
  ];
  // A sender's clock may be ahead: what it says to have happened stands there all the same.
  return events.filter(({ kind, atMs }) =>
    kind === "told" ||
    atMs >= sinceMs && atMs < (untilMs ?? Infinity) && (kind !== "unsilenced" || atMs <= nowMs)
  ).sort((a, b) => b.atMs - a.atMs || ORDER.indexOf(b.kind) - ORDER.indexOf(a.kind));
}

/** Of what happened at the same moment, as it follows one another. */
const ORDER: readonly Event["kind"][] = [
  "began",
  "silenced",
  "unsilenced",
  "acknowledged",
  "withdrawn",
  "ended",
  "told",
];

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly isOver: boolean;
}

/** When it fired, as far as that was told. */
function spansOf(told: readonly Told[], firingSinceMs: number | undefined, nowMs: number): Span[] {
  const spans = new Map<number, Span>();
  // The oldest first: what is told later is better known.
  for (const { alert, receivedMs } of told.toReversed()) {
    const fromMs = momentOf(alert.startsAt) ?? receivedMs;
    const isOver = alert.status === "resolved";
    const toMs = isOver ? momentOf(alert.endsAt) ?? receivedMs : nowMs;
    spans.set(fromMs, { fromMs, toMs, isOver });
  }
  if (firingSinceMs !== undefined) {
    spans.set(firingSinceMs, { fromMs: firingSinceMs, toMs: nowMs, isOver: false });
  }
  return [...spans.values()];
}

function toldEvent(
  { receivedMs, notificationId, alert, deliveries }: Told,
  older: Told | undefined,
  isAll: boolean,
): Event {
  const as = alert.status === "resolved"
    ? "over"
    : older === undefined
    ? isAll ? "first" : "firing"
    : older.alert.status === "firing" && older.alert.startsAt === alert.startsAt
    ? "again"
    : "first";
  return { kind: "told", atMs: receivedMs, notificationId, as, deliveries };
}

/** A moment as RFC 3339 has it, ms since 1970; undefined for none. */
export function momentOf(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
