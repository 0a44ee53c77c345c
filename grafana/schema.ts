/** What config.ts says about Grafana. */

import * as z from "zod";
import { duration } from "../lib/schema.ts";
import { durationMs } from "../lib/units.ts";

// Grafana's own `min_refresh_interval`: it would replace a shorter one without a word.
const SHORTEST_REFRESH_MS = 5_000;

/** Keys of `grafana`. */
export const grafanaSchema = z.strictObject({
  /** Login of the administrator; the password is made on the first `up` and lies in the state directory. */
  adminUser: z.string().min(1).default("admin")
    .describe(
      "Login of the administrator; the password is made on the first `up` and lies in the state directory.",
    ),
  /** Colours: `dark`, `light`, or what the browser prefers. */
  theme: z.enum(["dark", "light", "system"]).default("system").describe(
    "Colours: `dark`, `light`, or what the browser prefers.",
  ),
  /** How often an open dashboard asks for new values. */
  refresh: duration.refine(isLongEnough, { error: 'expected "5s" or more: Grafana allows no shorter one' })
    .default("30s").describe("How often an open dashboard asks for new values."),
});

/** The Grafana part of a valid configuration. */
export type GrafanaSettings = z.output<typeof grafanaSchema>;

function isLongEnough(text: string): boolean {
  // What is no duration at all is told by `duration` itself.
  return !duration.safeParse(text).success || durationMs(text) >= SHORTEST_REFRESH_MS;
}
