import assert from "node:assert/strict";
import { Skipped } from "../../lib/check.ts";
import { renderFor } from "../render.ts";
import { defineStack } from "../stack.ts";
import type { StackContext } from "./context.ts";
import { panelNamesCheck } from "./panel_names.ts";

const HOST = "grafana/dashboards/host.json";
const FILES = renderFor(defineStack({ locale: "en" }), {
  engine: "docker",
  buildDir: "/srv/vigie/build",
  stateDir: "/srv/vigie/.state",
  configDir: "/srv/vigie",
});

async function problems(files: ReadonlyMap<string, string>) {
  return await panelNamesCheck.run({ files } as StackContext);
}

Deno.test("grafana/unknown-name finds nothing in what is rendered", async () => {
  assert.deepEqual(await problems(FILES), []);
});

Deno.test("grafana/unknown-name points at a metric that nothing exposes", async () => {
  const text = FILES.get(HOST)!.replaceAll(
    "node_memory_MemAvailable_bytes",
    "node_memory_MemAvailible_bytes",
  );
  const [problem] = await problems(new Map([...FILES, [HOST, text]]));
  assert.match(problem!.message, /^Query [A-Z] of panel ".+": .*node_memory_MemAvailible_bytes/);
  assert.equal(problem!.severity, "error");
  const line = text.split("\n")[problem!.line! - 1]!;
  assert.equal(
    line.slice(problem!.column! - 1, problem!.column! - 1 + problem!.length!),
    "node_memory_MemAvailible_bytes",
  );
});

Deno.test("grafana/unknown-name leaves to others what is no dashboard, and is skipped without Grafana", async () => {
  assert.deepEqual(await problems(new Map([...FILES, [HOST, "{"]])), []);
  assert.deepEqual(await problems(new Map([...FILES, ["prometheus/prometheus.yml", "a: ["]])), []);
  await assert.rejects(async () => await problems(new Map()), Skipped);
});
