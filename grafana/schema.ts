/** What config.ts says about Grafana. */

import * as z from "zod";
import { duration } from "../lib/schema.ts";

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
  refresh: duration.default("30s").describe("How often an open dashboard asks for new values."),
});

/** The Grafana part of a valid configuration. */
export type GrafanaSettings = z.output<typeof grafanaSchema>;
