/** What the API answers: the schemas that its document is made from. */

import * as z from "zod";

/** Schemas that the document names. */
export const named = z.registry<{ id: string }>();

const id = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const time = z.iso.datetime().describe("UTC, with milliseconds.");
const count = z.int().min(0);
const ms = z.number().min(0).describe("Milliseconds.");
const next = z.string().nullable().describe(
  "Give it as `cursor` to go on; null at the end of the list. A page whose time was over is short, or empty, and goes on all the same.",
);
const labels = z.record(z.string(), z.string());
const status = z.enum(["firing", "resolved"]);
const severity = z.enum(["critical", "warning", "info", "none"]);
const origin = z.enum(["alert", "test", "own"]).describe(
  "`alert`: a sender posted it; `test`: somebody tried a channel; `own`: the webhook speaks for itself.",
);

export const deliveryCounts = z.strictObject({
  queued: count,
  delivered: count,
  coalesced: count.describe("A newer notification of the group spoke for it."),
  dead: count,
}).describe("Deliveries by state.");

export const notificationSummary = z.strictObject({
  id,
  receivedAt: time,
  origin,
  status,
  severity: severity.describe("The worst of the alerts that fire; of all when none does."),
  receiver: z.string().describe("As Alertmanager names it; empty when unknown."),
  reason: z.string().describe("Why it was sent, as Alertmanager says; empty when unknown."),
  names: z.array(z.string()).describe("What its alerts are called, at most ten names."),
  alerts: z.strictObject({
    firing: count,
    resolved: count,
    truncated: count.describe("Left out by the sender."),
  }).describe("How many alerts it holds."),
  deliveryCounts,
}).describe("A notification in a list.").register(named, { id: "NotificationSummary" });

export const notificationPage = z.strictObject({ items: z.array(notificationSummary), next })
  .describe("Notifications, the newest first.").register(named, { id: "NotificationPage" });

const alert = z.looseObject({
  status,
  labels,
  annotations: labels,
  startsAt: z.string().describe("RFC 3339, as it came; empty when unknown."),
  endsAt: z.string().describe("RFC 3339, as it came; empty while it fires."),
  generatorURL: z.string(),
  fingerprint: z.string(),
}).describe("An alert; Grafana's have more.");

export const decodedNotification = z.looseObject({
  receiver: z.string(),
  status,
  alerts: z.array(alert),
  groupKey: z.string(),
  groupLabels: labels,
  commonLabels: labels,
  commonAnnotations: labels,
  externalURL: z.string(),
  truncatedAlerts: count,
  reason: z.string(),
}).describe("A notification as it was understood.").register(named, { id: "Notification" });

export const delivery = z.strictObject({
  id,
  notificationId: id,
  channel: z.string(),
  state: z.enum(["queued", "delivered", "coalesced", "dead"]),
  createdAt: time,
  nextAttemptAt: time.nullable().describe("Not before; null once it has ended."),
  attempts: count.describe("Made so far."),
  failures: z.array(z.strictObject({ at: time, tookMs: ms, reason: z.string() })).describe(
    "Attempts that failed, oldest first, at most the last 50.",
  ),
  reason: z.string().describe("Why the last attempt failed, or why it is dead; empty without one."),
  because: z.string().describe("Why this channel is told although no route names it; empty when one does."),
  partsDone: count.describe("Parts of a split message that have arrived."),
  plain: z.boolean().describe("Whether it was down to the plain-text form."),
  settledAt: time.nullable().describe("When it ended; null while it is queued."),
  tookMs: ms.nullable().describe("How long the attempt took that ended it."),
  coalescedInto: id.nullable().describe("The delivery that spoke for it."),
}).describe("One notification on its way to one channel.").register(named, { id: "Delivery" });

export const notificationDetail = z.strictObject({
  ...notificationSummary.shape,
  notification: decodedNotification.nullable().describe(
    "As it was understood; null when its body is larger than 8 MiB, or the disk has changed it.",
  ),
  body: z.string().nullable().describe("As it came; null when it is larger than 1 MiB: ask for …/body."),
  bodyBytes: count,
  deliveries: z.array(delivery),
}).describe("A notification with its body and its deliveries.").register(named, { id: "NotificationDetail" });

export const channel = z.strictObject({
  name: z.string(),
  kind: z.string().nullable().describe("Null when the configuration does not have it any more."),
  queued: count.describe("Deliveries that wait."),
  oldestQueuedAt: time.nullable(),
  dead: count.describe("Dead letters."),
  circuit: z.enum(["closed", "open", "half-open"]).describe("`open`: nothing is tried, as it keeps failing."),
  pausedUntil: time.nullable().describe("It is left alone until then."),
  lastDeliveredAt: time.nullable().describe("Since the start of the webhook."),
  lastFailure: z.strictObject({ at: time, reason: z.string() }).nullable(),
  consecutiveFailures: count.describe("Attempts that failed since the last success."),
}).describe("A channel and its state.").register(named, { id: "Channel" });

export const channelList = z.strictObject({ items: z.array(channel) }).describe("All channels.")
  .register(named, { id: "ChannelList" });

export const accepted = z.strictObject({ notificationId: id })
  .describe("The test notification, to be followed.").register(named, { id: "Accepted" });

export const deadLetter = z.strictObject({
  ...delivery.shape,
  notification: notificationSummary,
}).describe("A delivery that was given up.").register(named, { id: "DeadLetter" });

export const deadLetterPage = z.strictObject({ items: z.array(deadLetter), next })
  .describe("Dead letters, the newest first.").register(named, { id: "DeadLetterPage" });

export const deadLetterDetail = z.strictObject({
  ...delivery.shape,
  notification: notificationSummary,
  decoded: decodedNotification.nullable().describe(
    "As it was understood; null when its body is larger than 8 MiB, or the disk has changed it.",
  ),
  text: z.string().nullable().describe(
    "The message in its plain form, as it would be sent now; null when the channel is gone or the notification larger than 8 MiB.",
  ),
}).describe("A delivery that was given up, with what it had to say.").register(named, {
  id: "DeadLetterDetail",
});

export const replayed = z.strictObject({
  replayed: count.describe("Dead letters that are queued again."),
}).describe("What was replayed.").register(named, { id: "Replayed" });

export const quarantined = z.strictObject({
  id,
  receivedAt: time,
  reason: z.string().describe("In a word, as `vigie_webhook_quarantined_total` counts it."),
  detail: z.string().describe("The same as a sentence."),
  bytes: count.describe("How long it was, as far as it was read."),
  keptBytes: count.describe("How much of it is kept."),
}).describe("A body that was not understood.").register(named, { id: "Quarantined" });

export const quarantinePage = z.strictObject({ items: z.array(quarantined), next })
  .describe("Bodies that were not understood, the newest first.").register(named, { id: "QuarantinePage" });

export const quarantinedDetail = z.strictObject({
  ...quarantined.shape,
  bodyBase64: z.string().describe("What is kept of it, base64."),
}).describe("A body that was not understood, with what is kept of it.").register(named, {
  id: "QuarantinedDetail",
});

const limit = z.int().min(1).max(200).default(50).describe("Items on a page.");
const cursor = z.string().regex(/^[1-9][0-9]{0,14}$/).optional().describe("The `next` of the page before.");
const matcher = z.string().max(1_000).regex(
  /^\s*[a-zA-Z_:][a-zA-Z0-9_:]*\s*(=~|!~|!=|=)\s*("([^"\\]|\\.)*"|[^\s"{},]*)\s*$/,
  {
    error: 'expected a matcher such as severity="critical" or instance=~"web-.*"',
  },
);

export const byId = z.strictObject({ id: id.describe("Its id.") });
export const byName = z.strictObject({ name: z.string().min(1).max(100).describe("The channel's name.") });
export const paging = z.strictObject({ limit, cursor });
export const deadLetterQuery = z.strictObject({
  channel: z.string().min(1).max(100).optional().describe("Only this channel's."),
  limit,
  cursor,
});
export const notificationQuery = z.strictObject({
  search: z.string().min(1).max(200).optional().describe(
    "Words of alert names, label values and annotations: each must be found, or be the beginning of one, in one of its alerts.",
  ),
  matcher: z.array(matcher).max(20).optional().describe(
    'Alertmanager\'s matchers, `severity="critical"` or `instance=~"web-.*"`, repeatable: all must fit the labels of that alert.',
  ),
  status: status.optional(),
  receiver: z.string().max(1_000).optional(),
  origin: origin.optional(),
  since: z.iso.datetime({ offset: true }).optional().describe("Received at or after."),
  until: z.iso.datetime({ offset: true }).optional().describe("Received before."),
  limit,
  cursor,
});
export const nothing = z.strictObject({}).describe("Nothing, as `{}`.");
export const testRequest = z.strictObject({
  text: z.string().min(1).max(1_000).optional().describe(
    "What the test message says; a sentence of its own by default.",
  ),
});
export const replayRequest = z.union([
  z.strictObject({ ids: z.array(id).min(1).max(1_000).describe("Dead letters.") }),
  z.strictObject({ channel: z.string().min(1).max(100).describe("All dead letters of this channel.") }),
]);
