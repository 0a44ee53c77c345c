/** What checks and compiles templates, for the webhook: most have none, and what parses them would take 3 MB and 15 ms of each start. */

import type * as Everything from "./mod.ts";

let loaded: typeof Everything | undefined;

/** Has what deals with templates ready for `templating`; called before a configuration that has some is read. */
export async function loadTemplating(): Promise<void> {
  loaded ??= await import("./mod.ts");
}

/** As `loadTemplating`, at once: for programs that have it loaded anyway. */
export function provideTemplating(everything: typeof Everything): void {
  loaded = everything;
}

/** What deals with templates. @throws when it was not loaded, which is a defect. */
export function templating(): typeof Everything {
  if (!loaded) throw new Error("Templates are dealt with before what deals with them was loaded");
  return loaded;
}
