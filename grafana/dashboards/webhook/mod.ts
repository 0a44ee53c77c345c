/** The webhook: what it is told, what it delivers, what waits, and its journal. */

import type { Dashboard } from "../dashboard.ts";
import { channels, received, times } from "./deliveries.ts";
import { journal } from "./journal.ts";
import { overview } from "./overview.ts";
import { metric, WEBHOOK } from "./queries.ts";

/** The webhook's dashboard. */
export const webhook: Dashboard = {
  uid: "vigie-webhook",
  title: { fr: "Webhook", en: "Webhook" },
  description: {
    fr: "Ce que le webhook reçoit, livre et garde : des alertes attendent-elles, un canal échoue-t-il.",
    en: "What the webhook receives, delivers and keeps: do alerts wait, does a channel fail.",
  },
  variables: [{
    name: "channel",
    label: { fr: "Canal", en: "Channel" },
    selector: metric("queue_depth"),
    of: "channel",
    all: true,
  }],
  alerts: WEBHOOK,
  shown: ({ services }) => services.has("webhook"),
  rows: (links) => [overview(links), received(), channels(links), times(), journal(links)],
};
