/** `/api/v1/channels`: where notifications go. */

import type { ApiOptions } from "./options.ts";
import { type Route, route } from "./route.ts";
import * as schemas from "./schemas.ts";
import { sendTest } from "./send_test.ts";
import { viewChannel, viewFormerChannel } from "./views.ts";

const PATH = "/api/v1/channels";

/** The routes about channels. */
export function channelRoutes(options: ApiOptions): Route[] {
  const { journal, deliveries, locale } = options;
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
        const id = await sendTest({ ...options, locale: locale() }, name, text);
        return { json: { notificationId: id }, headers: { location: `/api/v1/notifications/${id}` } };
      },
    }),
  ];
}
