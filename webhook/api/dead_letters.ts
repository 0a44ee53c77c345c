/** `/api/v1/dead-letters`: what was given up. */

import { setImmediate } from "node:timers/promises";
import type { DeliveryRecord } from "../journal/archive.ts";
import { type ApiOptions, decodedOf, found, isTooLarge, mustRun, nextOf, startOf } from "./options.ts";
import { Problem } from "./problem.ts";
import { type Route, route } from "./route.ts";
import * as schemas from "./schemas.ts";
import { viewDelivery, viewNotification } from "./views.ts";

const PATH = "/api/v1/dead-letters";
// As many as one transaction may take without keeping senders waiting.
const AT_ONCE = 200;

/** The routes about dead letters. */
export function deadLetterRoutes(options: ApiOptions): Route[] {
  const { archive, journal, deliveries, now, textOf } = options;

  function deadLetter(id: number): DeliveryRecord {
    const delivery = found(archive.delivery(id), `dead letter ${id}`);
    if (delivery.state === "dead") return delivery;
    throw new Problem(404, `Delivery ${id} is no dead letter: it is ${delivery.state}`);
  }
  function view(delivery: DeliveryRecord) {
    const { notificationId } = delivery;
    const listed = found(archive.listed(notificationId), `notification ${notificationId}`);
    return {
      ...viewDelivery(delivery),
      notification: viewNotification(listed, archive.deliveryCounts(notificationId)),
    };
  }
  /** What is queued for a channel that is gone would be dead again at once. */
  function mustKnow(channels: Iterable<string>): void {
    const names = deliveries.channels().map(({ name }) => name);
    for (const channel of channels) {
      if (names.includes(channel)) continue;
      throw new Problem(
        409,
        `No channel of the configuration is called ${JSON.stringify(channel)}; there are: ${
          names.join(", ")
        }`,
      );
    }
  }
  async function replay(ids: readonly number[]): Promise<number> {
    let replayed = 0;
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      replayed += await journal.replay(ids.slice(at, at + AT_ONCE), now());
      await setImmediate();
    }
    deliveries.wake();
    return replayed;
  }

  return [
    route({
      method: "get",
      path: PATH,
      operationId: "listDeadLetters",
      tag: "dead letters",
      summary: "Dead letters, the newest notification first",
      query: schemas.deadLetterQuery,
      answer: { status: 200, description: "A page of them", schema: schemas.deadLetterPage },
      problems: [],
      handle({ query }) {
        const { below, limit } = startOf(query);
        const channels = query.channel === undefined ? [...journal.depths().keys()] : [query.channel];
        const page = archive.deadLetters(channels, below, limit);
        return { json: { items: page.items.map(view), next: nextOf(page) } };
      },
    }),
    route({
      method: "get",
      path: `${PATH}/{id}`,
      operationId: "getDeadLetter",
      tag: "dead letters",
      summary: "One dead letter with what it had to say",
      params: schemas.byId,
      answer: { status: 200, description: "The dead letter", schema: schemas.deadLetterDetail },
      problems: [],
      async handle({ params: { id } }) {
        const delivery = deadLetter(id);
        const stored = found(
          archive.notification(delivery.notificationId),
          `notification ${delivery.notificationId}`,
        );
        const text = isTooLarge(stored.body) ? null : await textOf(delivery) ?? null;
        return { json: { ...view(delivery), decoded: decodedOf(stored.body), text } };
      },
    }),
    route({
      method: "post",
      path: `${PATH}/{id}/replay`,
      operationId: "replayDeadLetter",
      tag: "dead letters",
      summary: "Queue one dead letter again, as new",
      params: schemas.byId,
      body: schemas.nothing,
      answer: { status: 200, description: "It is queued", schema: schemas.replayed },
      problems: [409],
      async handle({ params: { id } }) {
        mustRun(options);
        mustKnow([deadLetter(id).channel]);
        return { json: { replayed: await replay([id]) } };
      },
    }),
    route({
      method: "post",
      path: `${PATH}/replay`,
      operationId: "replayDeadLetters",
      tag: "dead letters",
      summary: "Queue dead letters again, as new: some, or all of a channel",
      description: "Ids that are no dead letters are passed over; the answer counts the others.",
      body: schemas.replayRequest,
      answer: { status: 200, description: "They are queued", schema: schemas.replayed },
      problems: [409],
      async handle({ body }) {
        mustRun(options);
        if ("ids" in body) {
          const dead = [...new Set(body.ids)].map((id) => archive.delivery(id)).filter((one) =>
            one?.state === "dead"
          );
          mustKnow(new Set(dead.map((one) => one!.channel)));
          return { json: { replayed: await replay(dead.map((one) => one!.id)) } };
        }
        mustKnow([body.channel]);
        let replayed = 0;
        // What dies again meanwhile is not taken twice: it was below.
        for (let below: number | undefined = Number.MAX_SAFE_INTEGER; below !== undefined;) {
          const page = archive.deadLetterIds(body.channel, below, AT_ONCE);
          replayed += await replay(page.items);
          below = page.next;
        }
        return { json: { replayed } };
      },
    }),
  ];
}
