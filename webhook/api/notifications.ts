/** `/api/v1/notifications`: what was accepted. */

import { compileMatchers, type Matcher, parseMatcher } from "../../lib/matcher.ts";
import type { NotificationQuery } from "../journal/archive.ts";
import { type ApiOptions, decodedOf, found, nextOf, startOf } from "./options.ts";
import { Problem } from "./problem.ts";
import { type Route, route } from "./route.ts";
import * as schemas from "./schemas.ts";
import { viewDelivery, viewNotification } from "./views.ts";

const PATH = "/api/v1/notifications";
// A larger body is asked for by itself.
const BODY_SHOWN = 1024 * 1024;

/** The routes about notifications. */
export function notificationRoutes({ archive }: ApiOptions): Route[] {
  const decoder = new TextDecoder();
  return [
    route({
      method: "get",
      path: PATH,
      operationId: "listNotifications",
      tag: "notifications",
      summary: "Notifications, the newest first",
      description: "All conditions must hold; `search` and `matcher` of one and the same alert.",
      query: schemas.notificationQuery,
      answer: { status: 200, description: "A page of them", schema: schemas.notificationPage },
      problems: [],
      async handle({ query }) {
        const { search, matcher, status, receiver, origin, since, until } = query;
        const page = archive.notifications({
          search,
          labels: matcher && await labelQuery(matcher),
          status,
          receiver,
          origin,
          sinceMs: since === undefined ? undefined : Date.parse(since),
          untilMs: until === undefined ? undefined : Date.parse(until),
          ...startOf(query),
        });
        const items = page.items.map((listed) => viewNotification(listed, archive.deliveryCounts(listed.id)));
        return { json: { items, next: nextOf(page) } };
      },
    }),
    route({
      method: "get",
      path: `${PATH}/{id}`,
      operationId: "getNotification",
      tag: "notifications",
      summary: "One notification with its body and its deliveries",
      params: schemas.byId,
      answer: { status: 200, description: "The notification", schema: schemas.notificationDetail },
      problems: [],
      handle({ params: { id } }) {
        const { body } = found(archive.notification(id), `notification ${id}`);
        const listed = found(archive.listed(id), `notification ${id}`);
        return {
          json: {
            ...viewNotification(listed, archive.deliveryCounts(id)),
            notification: decodedOf(body),
            body: body.length > BODY_SHOWN ? null : decoder.decode(body),
            bodyBytes: body.length,
            deliveries: archive.deliveries(id).map(viewDelivery),
          },
        };
      },
    }),
    route({
      method: "get",
      path: `${PATH}/{id}/body`,
      operationId: "getNotificationBody",
      tag: "notifications",
      summary: "The body of one notification, as it came",
      params: schemas.byId,
      answer: { status: 200, description: "The body, inflated" },
      problems: [],
      handle({ params: { id } }) {
        return { bytes: found(archive.notification(id), `notification ${id}`).body };
      },
    }),
  ];
}

/** @throws {Problem} 400 when a regular expression is none. */
async function labelQuery(texts: readonly string[]): Promise<NotificationQuery["labels"]> {
  try {
    const matchers = texts.map(parseMatcher);
    return { test: await compileMatchers(matchers), values: matchers.flatMap(valueOf) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Problem(400, error.message);
  }
}

/** The value that a label must have; none when there is more than one, or when it may be missing. */
function valueOf({ operator, value }: Matcher): string[] {
  return operator === "=" && value !== "" ? [value] : [];
}
