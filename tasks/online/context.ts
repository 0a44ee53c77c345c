/** What the checks of a running stack look at. */

import type { StackContext } from "../check/context.ts";
import type { ServiceStatus } from "../engine/engine.ts";

/** The configuration that is checked, and the stack that runs now, which may be an older one. */
export interface OnlineContext extends StackContext {
  readonly fetch: typeof fetch;
  /** Where the services that run are reached. */
  readonly urls: Readonly<Record<string, string>>;
  /** What runs. */
  readonly status: readonly ServiceStatus[];
  /** The versions that config.ts gives; undefined for what is built here. */
  readonly versions: Readonly<Record<string, string | undefined>>;
  /** Now, milliseconds since 1970. */
  readonly nowMs: number;
}
