import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../lib/process.ts";
import { binary } from "../../tasks/binaries/mod.ts";
import { templates } from "./templates.ts";

function alert(status: string, name: string, annotations: Record<string, string>) {
  return {
    status,
    labels: { alertname: name, instance: "web-1", severity: "critical" },
    annotations,
    startsAt: "2026-01-02T03:04:05Z",
    endsAt: status === "resolved" ? "2026-01-02T04:04:05Z" : "0001-01-01T00:00:00Z",
    generatorURL: "http://127.0.0.1:9090/graph",
  };
}

const DOWN = alert("firing", "HostDown", { summary: "web-1 <down>", description: "Unreachable & silent" });
const BARE = alert("resolved", "Bare", {});

function data(status: string, alerts: readonly unknown[]) {
  return { status, alerts, groupLabels: { alertname: "HostDown", severity: "critical" }, receiver: "oncall" };
}

async function rendered(
  locale: "fr" | "en",
  template: string,
  type: "text" | "html",
  input: unknown,
): Promise<string> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(directory, "vigie.tmpl"), templates(locale));
    await Deno.writeTextFile(join(directory, "data.json"), JSON.stringify(input));
    const { path } = await binary("amtool");
    const { code, stdout, stderr } = await run(path, [
      "template",
      "render",
      `--template.glob=${join(directory, "vigie.tmpl")}`,
      `--template.text={{ template "${template}" . }}`,
      `--template.type=${type}`,
      `--template.data=${join(directory, "data.json")}`,
    ]);
    assert.equal(code, 0, stderr);
    return stdout;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("templates give a title that says how many fire, and the summary of the only one", async () => {
  assert.equal(
    await rendered("fr", "vigie.title", "text", data("firing", [DOWN])),
    "[EN COURS 1] web-1 <down>",
  );
  assert.equal(
    await rendered("en", "vigie.title", "text", data("firing", [DOWN, DOWN])),
    "[FIRING 2] HostDown critical",
  );
  assert.equal(await rendered("en", "vigie.title", "text", data("resolved", [BARE])), "[RESOLVED] Bare");
});

Deno.test("templates give a text with every alert, its state and its times", async () => {
  assert.equal(
    await rendered("fr", "vigie.text", "text", data("firing", [DOWN, BARE])),
    `[EN COURS] web-1 <down>
Unreachable & silent
Depuis 02/01/2026 03:04:05 UTC
Étiquettes : alertname=HostDown instance=web-1 severity=critical

[RÉSOLU] Bare
Depuis 02/01/2026 03:04:05 UTC
Fin 02/01/2026 04:04:05 UTC
Étiquettes : alertname=Bare instance=web-1 severity=critical

`,
  );
});

Deno.test("templates give a page in which labels and texts cannot be markup", async () => {
  const page = await rendered("en", "vigie.html", "html", data("firing", [DOWN]));
  assert.match(page, /^<!DOCTYPE html>\n<html lang="en">/);
  assert.match(page, /web-1 &lt;down&gt;/);
  assert.match(page, /Unreachable &amp; silent/);
  assert.match(page, /<strong>FIRING<\/strong> HostDown, critical/);
  assert.doesNotMatch(page, /<down>|ZgotmplZ/);
});
