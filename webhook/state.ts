/** What changes while the webhook runs. */

import type { Setup } from "./setup.ts";

/** What changes while the webhook runs; its parts look at it whenever they need to know. */
export interface State {
  /** What the configuration in use gives. */
  setup: Setup;
  /** Whether the process is ending; nothing is accepted any more then. */
  stopping: boolean;
  /** Since when, and why, what the configuration file says now is not in use; undefined while it is. */
  refused?: { readonly atMs: number; readonly reason: string };
}
