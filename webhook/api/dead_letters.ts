/** `/api/v1/dead-letters`: what was given up. */

import type { DeliveryRecord } from "../journal/archive.ts";
import { type ApiOptions, decodedOf, found, isTooLarge, nextOf, startOf } from "./options.ts";
import { Problem } from "./problem.ts";
import { createReplay } from "./replay.ts";
import { type Route, route } from "./route.ts";
import * as schemas from "./schemas.ts";
import { viewDelivery, viewNotification } from "./views.ts";

const PATH = "/api/v1/dead-letters";

/** The routes about dead letters. */
export function deadLetterRoutes(options: ApiOptions): Route[] {
  const { archive, journal, textOf } = options;

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
  const replay = createReplay(options);

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
        return { json: { replayed: await replay.some([deadLetter(id).id]) } };
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
        const replayed = "ids" in body ? await replay.some(body.ids) : await replay.ofChannel(body.channel);
        return { json: { replayed } };
      },
    }),
  ];
}
