import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import { type Files, under } from "../../../lib/files.ts";
import { type Server, startServer, withFiles } from "../../../prometheus/testing/programs.ts";
import { type FakeDestination, fakeDestination } from "../../../webhook/channels/testing/fake_destination.ts";
import { attachStrace, noStrace, spoil } from "../../crash/strace.ts";
import { freePort } from "../../free_port.ts";
import { testMain } from "./compiled.ts";
import { eventually, postJson, type RunningWebhook, startWebhook } from "./running_webhook.ts";

/** What a destination got, as far as it matters here. */
interface Told {
  readonly status: string;
  readonly notification_reason: string;
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[];
}

const STARTS_AT = new Date(Date.now() - 60_000).toISOString();

/** Alertmanager's configuration. */
function alertmanagerFiles(webhookUrl: string, repeatInterval: string): Files {
  const config = {
    route: {
      receiver: "team.x",
      group_by: ["alertname"],
      group_wait: "0s",
      group_interval: "1s",
      repeat_interval: repeatInterval,
    },
    receivers: [{
      name: "team.x",
      webhook_configs: [{ url: `${webhookUrl}/webhook`, send_resolved: true, max_alerts: 0 }],
    }],
  };
  return new Map([["alertmanager/alertmanager.yml", JSON.stringify(config)]]);
}

/** webhook.json with one destination, and other keys. */
function webhookFiles(destination: FakeDestination, settings: Readonly<Record<string, unknown>> = {}): Files {
  const channels = [{ kind: "webhook", name: "ops", url: destination.url }];
  return new Map([["webhook.json", JSON.stringify({ locale: "en", channels, ...settings })]]);
}

/** Raises or ends alerts, as Prometheus does: at every Alertmanager, with the time since when they fire. */
async function send(servers: readonly Server[], names: readonly string[], ended = false): Promise<void> {
  const endsAt = ended ? new Date().toISOString() : new Date(Date.now() + 3_600_000).toISOString();
  const alerts = names.map((instance) => ({
    labels: { alertname: "Crash", instance },
    annotations: { summary: `About ${instance}` },
    startsAt: STARTS_AT,
    endsAt,
  }));
  await Promise.all(servers.map(async ({ url }) => {
    equal((await postJson(`${url}/api/v2/alerts`, alerts)).status, 200);
  }));
}

function toldTo({ requests }: FakeDestination): Told[] {
  return requests.map(({ body }) => JSON.parse(body));
}

async function arrived({ requests }: FakeDestination, count: number): Promise<void> {
  await eventually(`${count} arrived`, () => requests.length >= count || undefined);
}

async function metric({ url }: RunningWebhook, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return [...text.matchAll(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, "gm"))].reduce(
    (all, [, value]) => all + Number(value),
    0,
  );
}

testMain(
  "tells what Alertmanager tells: first, more, fewer, none, and again what still fires",
  async (command) => {
    await using destination = await fakeDestination();
    // Alertmanager repeats every other second here: what it repeats is no duplicate.
    await withFiles(webhookFiles(destination, { duplicateWindow: "500ms" }), async (directory) => {
      await using webhook = await startWebhook(command, ["--config", join(directory, "webhook.json")]);
      await withFiles(alertmanagerFiles(webhook.url, "2s"), async (directory) => {
        await using alertmanager = await startServer("alertmanager", directory);
        const told = (reason: string) =>
          eventually(`"${reason}" is told`, () => {
            return toldTo(destination).find((one) => one.notification_reason === reason);
          });
        await send([alertmanager], ["a"]);
        equal((await told("first notification")).alerts.length, 1);
        await send([alertmanager], ["a", "b"]);
        equal((await told("new alerts added")).alerts.length, 2);
        await told("repeat interval elapsed");
        await send([alertmanager], ["a"], true);
        deepEqual(
          (await told("some alerts resolved")).alerts.map(({ labels, status }) => [labels.instance, status])
            .sort(),
          [["a", "resolved"], ["b", "firing"]],
        );
        await send([alertmanager], ["b"], true);
        equal((await told("all alerts resolved")).status, "resolved");
        equal(await metric(webhook, "vigie_webhook_notifications_duplicate_total"), 0);
        equal(/level=ERROR/.test(webhook.output.stderr), false, webhook.output.stderr);
      });
    });
  },
);

testMain("tells once what three Alertmanagers of a cluster tell", async (command) => {
  await using destination = await fakeDestination();
  await withFiles(webhookFiles(destination), async (directory) => {
    await using webhook = await startWebhook(command, ["--config", join(directory, "webhook.json")]);
    const files = alertmanagerFiles(webhook.url, "1h");
    const three = new Map(["1", "2", "3"].flatMap((name) => [...under(name, files)]));
    await withFiles(three, async (directory) => {
      await using cluster = new AsyncDisposableStack();
      const gossip = ["1", "2", "3"].map(() => `127.0.0.1:${freePort()}`);
      const servers: Server[] = [];
      for (const [i, address] of gossip.entries()) {
        servers.push(cluster.use(
          await startServer("alertmanager", join(directory, String(i + 1)), [
            `--cluster.listen-address=${address}`,
            ...gossip.slice(0, i).map((peer) => `--cluster.peer=${peer}`),
            // Nobody waits for what the others have told: each of them tells it.
            "--cluster.peer-timeout=0s",
            "--cluster.settle-timeout=1s",
          ]),
        ));
      }
      for (const { url } of servers) {
        await eventually("the three know each other", async () => {
          const { cluster } = await (await fetch(`${url}/api/v2/status`)).json();
          return cluster.peers.length === 3 && cluster.status === "ready" || undefined;
        });
      }
      const received = () => metric(webhook, "vigie_webhook_notifications_received_total");
      const duplicates = () => metric(webhook, "vigie_webhook_notifications_duplicate_total");

      await send(servers, ["a"]);
      await eventually("several of them tell it", async () => await duplicates() > 0 || undefined);
      await send(servers, ["a"], true);
      await eventually("the end is told", () => {
        return toldTo(destination).some(({ status }) => status === "resolved") || undefined;
      });
      deepEqual(
        toldTo(destination).map(({ notification_reason, alerts }) => [notification_reason, alerts.length]),
        [
          ["first notification", 1],
          ["all alerts resolved", 1],
        ],
      );
      equal(await metric(webhook, "vigie_webhook_notifications_stored_total"), 2);
      equal(await received(), await duplicates() + 2);
    });
  });
});

testMain("gets from Alertmanager what happened while it was down", async (command) => {
  await using destination = await fakeDestination();
  const address = `127.0.0.1:${freePort()}`;
  await withFiles(webhookFiles(destination), async (directory) => {
    await withFiles(alertmanagerFiles(`http://${address}`, "1h"), async (files) => {
      await using alertmanager = await startServer("alertmanager", files);
      await send([alertmanager], ["a"]);
      await eventually("Alertmanager could not tell it", async () => {
        const text = await (await fetch(`${alertmanager.url}/metrics`)).text();
        return /^alertmanager_notification_requests_failed_total{.*integration="webhook".*} [1-9]/m.test(
          text,
        ) || undefined;
      });
      const flags = ["--config", join(directory, "webhook.json"), "--listen", address];
      await using _webhook = await startWebhook(command, flags);
      await arrived(destination, 1);
      deepEqual(toldTo(destination).map(({ alerts }) => alerts.map(({ labels }) => labels.instance)), [[
        "a",
      ]]);
    });
  });
});

testMain("gets from Alertmanager, once, what it answered 503", async (command) => {
  await using destination = await fakeDestination();
  await withFiles(webhookFiles(destination), async (directory) => {
    await using webhook = await startWebhook(command, ["--config", join(directory, "webhook.json")]);
    await withFiles(alertmanagerFiles(webhook.url, "1h"), async (files) => {
      await using alertmanager = await startServer("alertmanager", files);
      {
        await using _broken = await attachStrace(webhook.pid, spoil("fsync,fdatasync", "error=EIO"));
        await send([alertmanager], ["a"]);
        await eventually("it is answered 503", async () => {
          return await metric(webhook, "vigie_webhook_rejected_total") > 0 || undefined;
        });
        equal(destination.requests.length, 0);
      }
      await arrived(destination, 1);
      await send([alertmanager], ["a"], true);
      await arrived(destination, 2);
      deepEqual(toldTo(destination).map(({ status }) => status), ["firing", "resolved"]);
      equal(await metric(webhook, "vigie_webhook_notifications_stored_total"), 2);
    });
  });
}, noStrace);
