/** What the checks of a whole stack look at. */

import type { CheckContext } from "../../lib/check.ts";
import type { Files } from "../../lib/files.ts";
import type { Stack } from "../stack.ts";

/** What a check of the whole stack may look at, beside the files of one engine. */
export interface StackContext extends CheckContext {
  readonly config: Stack;
  /** The build directory in use, which need not be up to date, and what belongs there: the files of both engines. */
  readonly inUse: { readonly buildDir: string; readonly files: Files };
}
