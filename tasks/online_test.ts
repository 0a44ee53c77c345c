import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { check } from "./check.ts";
import { runCaptured } from "./testing.ts";

Deno.test("check --online says that the stack does not run", async () => {
  const directory = await Deno.makeTempDir({ prefix: "vigie-test-" });
  try {
    const config = join(directory, "config.ts");
    await Deno.writeTextFile(
      config,
      'import { defineStack } from "vigie";\nexport default defineStack({ engine: "local" });\n',
    );
    const flags = [
      "--config",
      config,
      "--build",
      join(directory, "build"),
      "--state",
      join(directory, "state"),
    ];
    const { code, out, err } = await runCaptured(check, ["--online", ...flags]);
    deepEqual([code, out], [3, ""]);
    match(err, /^error: The stack does not run, so there is nothing that `--online` could ask$/m);
    match(err, /^cure: run `deno task up`, or leave `--online` out$/m);
    const json = await runCaptured(check, ["--online", "--json", ...flags]);
    equal(
      JSON.parse(json.out).error,
      "The stack does not run, so there is nothing that `--online` could ask",
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("check refuses to run online checks without --online", async () => {
  const { code, err } = await runCaptured(check, ["--only", "online/drift"]);
  deepEqual([code, err], [
    2,
    'error: Cannot run the check "online/drift" without "--online": it asks the running stack',
  ]);
  equal((await runCaptured(check, ["--only", "online", "--list"])).code, 0);
});
