/** `/api/v1/channels`: where notifications go. */

import { groupOf } from "../identity.ts";
import { type ApiOptions, mustRun } from "./options.ts";
import { Problem } from "./problem.ts";
import { type Route, route } from "./route.ts";
import * as schemas from "./schemas.ts";
import { createTestNotification } from "./test_notification.ts";
import { viewChannel, viewFormerChannel } from "./views.ts";

const PATH = "/api/v1/channels";

/** The routes about channels. */
export function channelRoutes(options: ApiOptions): Route[] {
  const { journal, deliveries, locale, now } = options;
  return [
    route({
      method: "get",
      path: PATH,
      operationId: "listChannels",
      tag: "channels",
      summary: "All channels with their state",
      description: "Those of the configuration, and former ones of which something is left.",
      answer: { status: 200, description: "The channels", schema: schemas.channelList },
      problems: [],
      handle() {
        const channels = deliveries.channels();
        const names = new Set(channels.map(({ name }) => name));
        const former = [...journal.depths()].filter(([name]) => !names.has(name));
        const items = [
          ...channels.map(viewChannel),
          ...former.map(([name, depth]) => viewFormerChannel(name, depth)),
        ];
        return { json: { items } };
      },
    }),
    route({
      method: "post",
      path: `${PATH}/{name}/test`,
      operationId: "testChannel",
      tag: "channels",
      summary: "Send a test message to one channel",
      description:
        "It takes the way of every alert: it is kept in the journal, queued and delivered. Follow it under the `notificationId`.",
      params: schemas.byName,
      body: schemas.testRequest,
      answer: {
        status: 202,
        description: "It is queued",
        schema: schemas.accepted,
        headers: { location: "Where to follow it." },
      },
      problems: [],
      async handle({ params: { name }, body: { text } }) {
        mustRun(options);
        if (!deliveries.channels().some((channel) => channel.name === name)) {
          throw new Problem(404, `No channel of the configuration is called ${JSON.stringify(name)}`);
        }
        const nowMs = now();
        const { notification, body } = createTestNotification({
          channel: name,
          locale: locale(),
          nowMs,
          text,
        });
        const { id } = await journal.accept({
          receivedMs: nowMs,
          origin: "test",
          notification,
          body,
          group: groupOf(notification),
          deliveries: [{ channel: name }],
        });
        deliveries.wake(notification);
        return { json: { notificationId: id }, headers: { location: `/api/v1/notifications/${id}` } };
      },
    }),
  ];
}
