/** `/api/v1/quarantine`: what was not understood. */

import { Buffer } from "node:buffer";
import { type ApiOptions, found, nextOf, startOf } from "./options.ts";
import { type Route, route } from "./route.ts";
import * as schemas from "./schemas.ts";
import { viewQuarantined } from "./views.ts";

const PATH = "/api/v1/quarantine";

/** The routes about bodies that were not understood. */
export function quarantineRoutes({ archive }: ApiOptions): Route[] {
  const one = (id: number) => found(archive.quarantined(id), `quarantined body ${id}`);
  return [
    route({
      method: "get",
      path: PATH,
      operationId: "listQuarantine",
      tag: "quarantine",
      summary: "Bodies that were not understood, the newest first",
      query: schemas.paging,
      answer: { status: 200, description: "A page of them", schema: schemas.quarantinePage },
      problems: [],
      handle({ query }) {
        const { below, limit } = startOf(query);
        const page = archive.quarantine(below, limit);
        return { json: { items: page.items.map(viewQuarantined), next: nextOf(page) } };
      },
    }),
    route({
      method: "get",
      path: `${PATH}/{id}`,
      operationId: "getQuarantined",
      tag: "quarantine",
      summary: "One body that was not understood, and why",
      params: schemas.byId,
      answer: { status: 200, description: "The body", schema: schemas.quarantinedDetail },
      problems: [],
      handle({ params: { id } }) {
        const { body, ...record } = one(id);
        return { json: { ...viewQuarantined(record), bodyBase64: Buffer.from(body).toString("base64") } };
      },
    }),
    route({
      method: "get",
      path: `${PATH}/{id}/body`,
      operationId: "getQuarantinedBody",
      tag: "quarantine",
      summary: "What is kept of one body that was not understood, as it came",
      params: schemas.byId,
      answer: { status: 200, description: "The bytes", type: "application/octet-stream" },
      problems: [],
      handle: ({ params: { id } }) => ({
        bytes: one(id).body,
        headers: { "content-disposition": `attachment; filename="quarantined-${id}"` },
      }),
    }),
  ];
}
