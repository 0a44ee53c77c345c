import { equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { withFiles } from "../../../prometheus/testing/programs.ts";
import { ensureAssets } from "../../../tasks/assets.ts";
import { fakeDestination, type Reply } from "../../../webhook/channels/testing/fake_destination.ts";
import { hasPicture, sentPicture } from "../sent_picture.ts";
import { testBoth } from "./compiled.ts";
import { eventually, postJson, startWebhook } from "./running_webhook.ts";

// On a slow machine what draws may start too late for the first ones.
const MOST_TRIES = 20;

testBoth("sends the picture of an alert's curve after its message", async (command) => {
  await ensureAssets();
  await using prometheus = fakeDestination();
  prometheus.otherwise(({ body }) => curve(new URLSearchParams(body)));
  await using chat = fakeDestination();
  chat.otherwise({ body: { id: "1" } });
  const files = new Map([
    [
      "webhook.json",
      JSON.stringify({
        page: { prometheus: { url: prometheus.url } },
        channels: [{ kind: "discord", name: "chat", url: `${chat.url}/api/webhooks/1/x` }],
      }),
    ],
    [
      "graphs.json",
      JSON.stringify({ Busy: { query: "busy", operator: ">", threshold: 80, unit: "percent" } }),
    ],
  ]);
  await withFiles(files, async (directory) => {
    await using webhook = await startWebhook(command, ["--config", join(directory, "webhook.json")]);
    for (let i = 1; !hasPicture(chat); i++) {
      ok(i <= MOST_TRIES, webhook.output.stderr);
      equal((await postJson(`${webhook.url}/webhook`, notification(i))).status, 200);
      await eventually("a picture was sent, or not", async () => await ended(webhook.url) === i);
    }
    await sentPicture(chat);
  });
});

function curve(asked: URLSearchParams): Reply {
  const start = Number(asked.get("start"));
  const values = Array.from({ length: 100 }, (_, i) => [start + i * 15, `${i}`]);
  const result = [{ metric: { instance: "web-1" }, values }];
  return {
    headers: { "content-type": "application/json" },
    body: { status: "success", data: { resultType: "matrix", result } },
  };
}

function notification(i: number) {
  const labels = { alertname: "Busy", instance: "web-1", turn: `${i}` };
  return { groupKey: `g${i}`, alerts: [{ status: "firing", labels, startsAt: new Date().toISOString() }] };
}

/** How many pictures have ended, however that was. */
async function ended(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const counts = text.matchAll(/^vigie_webhook_pictures_total\{.*\} (\d+)$/gm);
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}
