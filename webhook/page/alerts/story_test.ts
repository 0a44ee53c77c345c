import { deepEqual } from "node:assert/strict";
import { decodeNotification } from "../../payload.ts";
import type { Silence } from "./held.ts";
import type { Told } from "./history.ts";
import { type StoryOf, storyOf } from "./story.ts";

const at = (minute: number) => Date.UTC(2026, 0, 2, 3, minute);
const iso = (minute: number) => new Date(at(minute)).toISOString();

function told(minute: number, began: number, ended?: number): Told {
  const alert = {
    labels: {},
    startsAt: iso(began),
    status: "firing",
    ...ended !== undefined && { status: "resolved", endsAt: iso(ended) },
  };
  return {
    notificationId: minute,
    receivedMs: at(minute),
    alert: decodeNotification({ alerts: [alert] }).alerts[0]!,
    deliveries: [],
  };
}

const silence = (from: number, to: number) => ({ startsAt: at(from), endsAt: at(to) }) as Silence;

/** The events, the oldest first, as texts. */
const story = (of: Partial<StoryOf>) =>
  storyOf({ history: { told: [] }, silences: [], acknowledgements: [], nowMs: at(59), ...of }).reverse()
    .map((event) =>
      `${new Date(event.atMs).getUTCMinutes()} ${event.kind === "told" ? event.as : event.kind}`
    );

Deno.test("storyOf tells what is told first, again and at the end, and begins anew after it", () => {
  const history = { told: [told(31, 30), told(21, 10, 20), told(16, 10), told(11, 10)] };
  deepEqual(story({ history, firingSinceMs: at(30) }), [
    "10 began",
    "11 first",
    "16 again",
    "20 ended",
    "21 over",
    "30 began",
    "31 first",
  ]);
});

Deno.test("storyOf knows an alert that fires and was never told, and nothing of one that nobody knows", () => {
  deepEqual(story({ firingSinceMs: at(5) }), ["5 began"]);
  deepEqual(story({}), []);
});

Deno.test("storyOf has the silences that held it back, and their ends when those have come", () => {
  const history = { told: [told(21, 10, 20), told(11, 10)] };
  const silences = [silence(1, 5), silence(12, 14), silence(30, 40)];
  deepEqual(story({ history, silences }), [
    "10 began",
    "11 first",
    "12 silenced",
    "14 unsilenced",
    "20 ended",
    "21 over",
  ]);
  const lasting = { firingSinceMs: at(50), silences: [silence(40, 90)] };
  deepEqual(story(lasting), ["40 silenced", "50 began"]);
});

Deno.test("storyOf tells each event on one part of a history that is cut", () => {
  const [newer, older] = [told(16, 10), told(11, 10)];
  const silences = [silence(12, 14)];
  deepEqual(story({ history: { told: [newer], next: 16 }, firingSinceMs: at(10), silences }), ["16 firing"]);
  deepEqual(story({ history: { told: [older], untilMs: at(16) }, silences }), [
    "10 began",
    "11 first",
    "12 silenced",
    "14 unsilenced",
  ]);
});

Deno.test("storyOf tells who has seen it, and who took that back", () => {
  const seen = { fingerprint: "f", startsMs: at(50), by: "ada", note: "" };
  const acknowledgements = [
    { ...seen, atMs: at(51), withdrawnMs: at(52) },
    { ...seen, atMs: at(53) },
  ];
  deepEqual(story({ firingSinceMs: at(50), acknowledgements }), [
    "50 began",
    "51 acknowledged",
    "52 withdrawn",
    "53 acknowledged",
  ]);
});
