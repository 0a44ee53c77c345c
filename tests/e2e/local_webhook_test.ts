/** The webhook as the local engine starts it: with what config.ts says, the secrets it was given, and no other permission. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { writeFiles } from "../../lib/files.ts";
import { dataDir } from "../../tasks/engine/local/privileges.ts";
import { webhookProgram } from "../../tasks/engine/local/webhook.ts";
import { renderFor } from "../../tasks/render.ts";
import { ensureSecrets } from "../../tasks/secrets.ts";
import { defineStack, filesDirOf, type StackInput } from "../../tasks/stack.ts";
import { fakeDestination } from "../../webhook/channels/testing/fake_destination.ts";
import { fakeSmtp } from "../../webhook/channels/testing/fake_smtp.ts";
import { startWebhook } from "./webhook/running_webhook.ts";

const DEADLINE_MS = 20_000;
const POLL_MS = 50;

/** How each kind is recognised by the request that it makes. */
const SIGNS: Readonly<Record<string, RegExp>> = {
  slack: /^\/slack-hook .*"blocks"/s,
  "slack as a bot": /^\/api\/chat\.postMessage .*"channel":"#alerts"/s,
  teams: /^\/teams-hook .*AdaptiveCard/s,
  discord: /^\/discord-hook\?wait=true .*"embeds"/s,
  ntfy: /^\/ .*"topic":"alerts"/s,
  telegram: /^\/bot123456:ABC-DEF-GHI\/sendMessage .*"parse_mode"/s,
  pagerduty: /^\/pagerduty .*"routing_key":"0123456789abcdef0123456789abcdef"/s,
  webhook: /^\/own-hook .*"groupKey"/s,
};

function inputOf(url: string, smtpPort: number): StackInput {
  return {
    locale: "en",
    notify: {
      receivers: {
        console: [{ kind: "console" }],
        all: [
          { kind: "slack", urlFile: "slack" },
          { kind: "slack", tokenFile: "token", channel: "#alerts", apiUrl: `${url}/api` },
          { kind: "teams", urlFile: "teams" },
          { kind: "discord", urlFile: "discord" },
          { kind: "ntfy", server: url, topic: "alerts" },
          { kind: "telegram", tokenFile: "telegram", chatId: "@alerts", apiUrl: url },
          { kind: "pagerduty", routingKeyFile: "pagerduty", url: `${url}/pagerduty` },
          { kind: "webhook", urlFile: "own", secretFile: "token" },
          {
            kind: "email",
            to: "ops@example.org",
            from: "vigie@example.org",
            smarthost: `127.0.0.1:${smtpPort}`,
            tls: false,
            templates: { title: "Mail about {{ commonLabels.alertname }}" },
          },
        ],
      },
      receiver: "all",
    },
  };
}

Deno.test("the local engine's webhook tells every kind of destination, with the permissions that it is given", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "vigie-local-webhook-" }));
  try {
    await using destination = fakeDestination();
    await using smtp = fakeSmtp();
    const { url } = destination;
    const secrets = {
      slack: `${url}/slack-hook`,
      teams: `${url}/teams-hook`,
      discord: `${url}/discord-hook`,
      own: `${url}/own-hook`,
      telegram: "123456:ABC-DEF-GHI",
      pagerduty: "0123456789abcdef0123456789abcdef",
      token: "bm90IHRvIGJlIHNob3du",
    };
    for (const [name, text] of Object.entries(secrets)) await Deno.writeTextFile(join(root, name), text);
    const target = {
      engine: "local" as const,
      buildDir: join(root, "build"),
      stateDir: join(root, "state"),
      configDir: root,
    };
    const stack = defineStack(inputOf(url, smtp.port));
    await ensureSecrets(stack, target);
    await writeFiles(filesDirOf(target), renderFor(stack, target));
    const directory = join(target.stateDir, "local");
    const data = dataDir(directory, "webhook");
    await Deno.mkdir(data, { recursive: true });

    // Its sources, whatever lies in dist/.
    const { command } = await webhookProgram({ ...target }, directory, join(import.meta.dirname!, "../.."));
    await using webhook = await startWebhook(command, [
      "--config",
      join(filesDirOf(target), "webhook", "webhook.json"),
      "--data",
      data,
    ]);
    const posted = await fetch(`${webhook.url}/webhook`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        receiver: "all",
        groupKey: "g",
        commonLabels: { alertname: "HostDown" },
        alerts: [{ status: "firing", labels: { alertname: "HostDown" }, startsAt: "2026-11-22T09:57:00Z" }],
      }),
    });
    assert.equal(await posted.text(), "Alert received");

    const missing = () => {
      const came = destination.requests.map(({ path, body }) => `${path} ${body}`);
      const unseen = Object.entries(SIGNS).filter(([, sign]) => !came.some((text) => sign.test(text)));
      return [...unseen.map(([kind]) => kind), ...(smtp.mails.length === 0 ? ["email"] : [])];
    };
    const end = performance.now() + DEADLINE_MS;
    while (missing().length > 0 && performance.now() < end) await delay(POLL_MS);
    assert.deepEqual(missing(), [], webhook.output.stderr);
    assert.match(smtp.mails[0]!.data, /<title>Mail about HostDown<\/title>/);
    assert.doesNotMatch(webhook.output.stderr, /NotCapable|Requires \w+ access/);
    for (const secret of Object.values(secrets)) {
      assert.ok(!`${webhook.output.stdout}${webhook.output.stderr}`.includes(secret), "a secret was written");
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
