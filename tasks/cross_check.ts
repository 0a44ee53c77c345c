/** What a valid configuration may still get wrong: keys that contradict one another. */

import type { ConfigIssue, Stack } from "./stack.ts";

/** Every contradiction in `stack`. */
export function crossCheck(_stack: Stack): ConfigIssue[] {
  return [];
}
