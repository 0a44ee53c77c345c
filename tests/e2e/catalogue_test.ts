/** `deno task catalogue` records what the catalogue has. */

import { deepEqual } from "node:assert/strict";
import { catalogue } from "../../tasks/catalogue.ts";
import { runCaptured } from "../../tasks/testing.ts";

Deno.test("catalogue --check finds what is recorded in the programs of a running stack", async () => {
  const { code, out, err } = await runCaptured(catalogue, ["--check", "--json"]);
  const { changes } = JSON.parse(out) as { changes: { job: string; change: string }[] };
  // What the node exporter has beside it is this machine's own.
  const others = changes.filter(({ job }) => job !== "node");
  deepEqual(others, [], `${err}\n${JSON.stringify(others)}`);
  deepEqual(code, changes.length > 0 ? 1 : 0);
});
