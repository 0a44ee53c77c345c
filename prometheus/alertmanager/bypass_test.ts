import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ALERTMANAGER_LINKS, routing } from "../testing/example.ts";
import { startServer, withFiles } from "../testing/programs.ts";
import { renderAlertmanager } from "./mod.ts";

const DEADLINE_MS = 20_000;

Deno.test("bypass tells of critical alerts, and that the webhook is down, while the webhook is dead", async () => {
  const told = new Set<string>();
  await using pager = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { payload } = await request.json() as { payload: { summary: string } };
    told.add(payload.summary);
    return Response.json({ status: "success" }, { status: 202 });
  });
  const key = await Deno.makeTempFile();
  await Deno.writeTextFile(key, "made-up-routing-key");
  const files = renderAlertmanager(
    routing({
      bypass: "independent",
      severities: { info: "independent" },
      groupWait: "1ms",
      groupBy: ["alertname"],
    }),
    [
      { name: "console", webhook: true, native: [] },
      {
        name: "independent",
        webhook: false,
        native: [{ kind: "pagerduty", routingKeyFile: key, url: `http://127.0.0.1:${pager.addr.port}/` }],
      },
    ],
    "en",
    // Nothing listens there: the webhook is dead.
    { ...ALERTMANAGER_LINKS, webhookUrl: "http://127.0.0.1:9/webhook" },
  );
  try {
    await withFiles(files, async (directory) => {
      assert.match(
        await Deno.readTextFile(join(directory, "alertmanager", "alertmanager.yml")),
        /pagerduty_configs/,
      );
      await using server = await startServer("alertmanager", directory);
      const alerts = [["WebhookDown", "warning"], ["HostDown", "critical"], ["HostCpuHigh", "warning"], [
        "Last",
        "info",
      ]];
      for (const [alertname, severity] of alerts) {
        const response = await fetch(`${server.url}/api/v2/alerts`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify([{
            labels: { alertname, severity, instance: alertname },
            annotations: { summary: alertname },
          }]),
        });
        assert.equal(response.status, 200, await response.text());
      }
      const deadline = Date.now() + DEADLINE_MS;
      // The warning was posted before the last one: had it come this way, it would have been told by then.
      while (told.size < 3 || !told.has("[FIRING 1] Last")) {
        assert.ok(Date.now() < deadline, `only ${[...told]}`);
        await delay(20);
      }
    });
  } finally {
    await Deno.remove(key);
  }
  assert.deepEqual([...told].sort(), ["[FIRING 1] HostDown", "[FIRING 1] Last", "[FIRING 1] WebhookDown"]);
});
