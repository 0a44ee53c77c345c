/** `page` of webhook.json: what the pages show beside what the webhook knows itself. */

import * as z from "zod";
import { httpUrl } from "../../lib/schema.ts";

const asked = z.strictObject({
  /** Base URL as the webhook reaches it. */
  url: httpUrl.describe("Base URL as the webhook reaches it."),
});

/** The schema of `page`. */
export const pageSchema = z.strictObject({
  /** Name of the stack, beside Vigie's own. */
  stack: z.string().min(1).max(64).optional().describe("Name of the stack, beside Vigie's own."),
  /** Prometheus, which has the curves. */
  prometheus: asked.extend({
    /** Seconds between two scrapes: curves are not asked for more finely. */
    scrapeSeconds: z.number().positive().default(15).describe(
      "Seconds between two scrapes: curves are not asked for more finely.",
    ),
  }).optional().describe("Prometheus, which has the curves."),
  /** Alertmanager, which has the silences. */
  alertmanager: asked.optional().describe("Alertmanager, which has the silences."),
  /** Addresses of the services as readers reach them. */
  urls: z.record(z.string(), httpUrl).default({}).describe(
    "Addresses of the services as readers reach them.",
  ),
  /** Further host names, without a port, under which the pages are asked for. Under any other name they are not shown. */
  hosts: z.array(z.string().min(1)).default([]).describe(
    "Further host names, without a port, under which the pages are asked for. Under any other name they are not shown.",
  ),
  /** Whether everybody who can connect may look and act where nobody signs in. Without it that is so on the loopback interface alone. */
  open: z.boolean().default(false).describe(
    "Whether everybody who can connect may look and act where nobody signs in. Without it that is so on the loopback interface alone.",
  ),
});

/** `page` of a valid webhook.json. */
export type PageConfig = z.output<typeof pageSchema>;
