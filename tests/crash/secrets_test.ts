import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { hash } from "bcryptjs";
import { SMTPServer } from "smtp-server";
import { run } from "../../lib/process.ts";
import { withFiles } from "../../prometheus/testing/programs.ts";
import { fakeDestination, type ReceivedRequest } from "../../webhook/channels/testing/fake_destination.ts";
import { freePort } from "../free_port.ts";
import { notOnLinux } from "../unless.ts";
import { testMain } from "../e2e/webhook/compiled.ts";
import { eventually, type RunningWebhook, runWebhook, startWebhook } from "../e2e/webhook/running_webhook.ts";
import { markerOf, notificationOf } from "./notification.ts";

/** Secrets that can be found again: each says where it was. */
const CANARY = {
  slackUrl: "canary-slack-T00/B00/k3y",
  slackToken: "xoxb-canary-slack-bot",
  teams: "canary-teams-sig",
  discord: "canary-discord-key",
  ntfyToken: "tk_canary_ntfy",
  ntfyPassword: "canary-ntfy-pass word&",
  telegram: "123456:canary-telegram",
  pagerduty: "canarypagerdutyroutingkey0000000",
  webhookUrl: "canary-webhook-url",
  webhookSecret: btoa("canary-webhook-signing-secret"),
  webhookBearer: "canary-webhook-bearer",
  smtp: "canary-smtp-password",
  heartbeat: "canary-heartbeat-uuid",
  bearer: "canary-inbound-bearer",
  oldBearer: "canary-inbound-bearer-before",
  hmac: "canary-inbound-hmac",
  basic: "canary-inbound-basic",
} as const;

/** A secret and what it looks like on its way: in a URL, in Basic authentication, in JSON. */
function formsOf(secret: string): string[] {
  return [
    secret,
    encodeURIComponent(secret),
    btoa(secret),
    btoa(`ops:${secret}`),
    JSON.stringify(secret).slice(1, -1),
  ];
}

/** Names of the canaries that `text` holds. */
function found(text: string): string[] {
  return Object.entries(CANARY).filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
    .map(
      ([name]) => name,
    );
}

/** What a careless destination says: everything that it was sent. */
function echo({ method, path, headers, body }: ReceivedRequest): string {
  return JSON.stringify({ error: `Cannot ${method} ${path}`, headers, body });
}

/** An SMTP server that repeats the password that it refuses. */
async function carelessSmtp(): Promise<{ port: number; close: () => Promise<void> }> {
  const server = new SMTPServer({
    authOptional: false,
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    authMethods: ["PLAIN"],
    onAuth: ({ username, password }, _session, done) => done(new Error(`${username}:${password} is wrong`)),
  });
  const port = freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Everything that can be asked of the webhook, from its own description, with ids and names filled in. */
async function askEverything({ url }: RunningWebhook, headers: Record<string, string>): Promise<string[]> {
  const ask = async (path: string) => {
    const response = await fetch(`${url}${path}`, { headers });
    const { status } = response;
    return {
      status,
      text: `${path} ${status} ${JSON.stringify([...response.headers])} ${await response.text()}`,
    };
  };
  const openapi = await (await fetch(`${url}/openapi.json`, { headers })).json();
  const paths = Object.entries(openapi.paths as Record<string, Record<string, unknown>>).filter(([, of]) =>
    "get" in of
  )
    .map(([path]) => path);
  const lists = await Promise.all(paths.filter((path) => !path.includes("{")).map(ask));
  const ids = lists.flatMap(({ text }) => [...text.matchAll(/"id":"?(\d+)/g)].map(([, id]) => id!));
  const values = [...new Set(ids), ...Object.keys(channelsOf({ port: 1, smtpPort: 1 }))];
  const filled = paths.flatMap((path) =>
    path.includes("{") ? values.map((value) => path.replace(/{[^}]*}/g, value)) : [path]
  );
  const answers = await Promise.all(
    ["/health", "/ready", "/metrics", "/openapi.json", "/nowhere", ...filled].map(ask),
  );
  // Some of what was filled in is there.
  for (const path of paths.filter((path) => path.includes("{"))) {
    const start = path.slice(0, path.indexOf("{"));
    ok(answers.some(({ status, text }) => status === 200 && text.startsWith(start)), `nothing is at ${path}`);
  }
  return answers.map(({ text }) => text);
}

/** Channels by name, with the files of their secrets. Each destination refuses, and quotes what it refuses. */
// deno-lint-ignore no-explicit-any
function channelsOf({ port, smtpPort }: { port: number; smtpPort: number }): Record<string, any> {
  const base = `http://127.0.0.1:${port}`;
  return {
    slack: { kind: "slack", urlFile: `${base}/services/${CANARY.slackUrl}` },
    bot: { kind: "slack", tokenFile: CANARY.slackToken, channel: "C1", apiUrl: `${base}/api` },
    teams: { kind: "teams", urlFile: `${base}/workflows/1?sig=${CANARY.teams}` },
    discord: { kind: "discord", urlFile: `${base}/api/webhooks/1/${CANARY.discord}` },
    ntfy: { kind: "ntfy", server: base, topic: "t", tokenFile: CANARY.ntfyToken },
    basic: { kind: "ntfy", server: base, topic: "t", username: "ops", passwordFile: CANARY.ntfyPassword },
    telegram: { kind: "telegram", apiUrl: base, chatId: -1, tokenFile: CANARY.telegram },
    pagerduty: { kind: "pagerduty", url: `${base}/v2/enqueue`, routingKeyFile: CANARY.pagerduty },
    own: {
      kind: "webhook",
      urlFile: `${base}/${CANARY.webhookUrl}?key=${CANARY.webhookUrl}`,
      secretFile: CANARY.webhookSecret,
      bearerFile: CANARY.webhookBearer,
    },
    // Nobody listens there: the error is the machine's own.
    closed: { kind: "webhook", urlFile: `http://127.0.0.1:1/${CANARY.webhookUrl}` },
    email: {
      kind: "email",
      to: "ops@example.org",
      from: "vigie@example.org",
      smarthost: `127.0.0.1:${smtpPort}`,
      username: "ops",
      tls: false,
      passwordFile: CANARY.smtp,
    },
  };
}

testMain("tells nobody a secret, though its destinations repeat them", async (command) => {
  await using destination = await fakeDestination();
  // Some are tried again, some die at once: both are written down.
  destination.otherwise((request) => ({
    status: /services|enqueue/.test(request.path) ? 500 : 400,
    body: echo(request),
  }));
  const smtp = await carelessSmtp();
  const { port } = new URL(destination.url);
  const channels = channelsOf({ port: Number(port), smtpPort: smtp.port });
  const secrets = new Map<string, string>();
  const inFile = (name: string, secret: string) => {
    secrets.set(`secrets/${name}`, `${secret}\n`);
    return name;
  };
  try {
    await withFiles(new Map(), async (directory) => {
      const at = (name: string, secret: string) => join(directory, "secrets", inFile(name, secret));
      const config = {
        locale: "en",
        auth: {
          bearerFiles: [at("bearer", CANARY.bearer), at("bearer-before", CANARY.oldBearer)],
          hmacFiles: [at("hmac", CANARY.hmac)],
          basicFile: at("basic", `ops:${await hash(CANARY.basic, 4)}`),
        },
        heartbeat: { urlFile: at("heartbeat", `${destination.url}/${CANARY.heartbeat}`), every: "1s" },
        channels: Object.entries(channels).map(([name, settings]) => ({
          name,
          ...Object.fromEntries(
            Object.entries(settings).map(([key, value]) =>
              key.endsWith("File") ? [key, at(`${name}-${key}`, String(value))] : [key, value]
            ),
          ),
        })),
      };
      await Deno.mkdir(join(directory, "secrets"));
      for (const [path, text] of secrets) await Deno.writeTextFile(join(directory, path), text);
      const configFile = join(directory, "webhook.json");
      await Deno.writeTextFile(configFile, JSON.stringify(config));
      const data = join(directory, "data");

      await using webhook = await startWebhook(command, ["--config", configFile, "--data", data]);
      const headers = { authorization: `Bearer ${CANARY.bearer}` };
      const send = (authorization: string, body: string) =>
        fetch(`${webhook.url}/webhook`, {
          method: "POST",
          headers: { authorization, "content-type": "application/json" },
          body,
        }).then(async (response) => `${response.status} ${await response.text()}`);
      match(await send(headers.authorization, notificationOf({ marker: markerOf(1) })), /^200 /);
      match(
        await send(`Basic ${btoa(`ops:${CANARY.basic}`)}`, notificationOf({ marker: markerOf(2) })),
        /^200 /,
      );
      const refused = await send(`Bearer ${CANARY.bearer}x`, notificationOf({ marker: markerOf(3) }));
      match(refused, /^401 /);
      const odd = await send(headers.authorization, "null");
      match(odd, /^422 /);

      const paths = () => destination.requests.map(({ path }) => path).join("\n");
      await eventually("every destination was told, the heartbeat too", () => {
        const said = paths();
        const all = [
          "services",
          "api/chat",
          "workflows",
          "webhooks",
          "bot123456",
          "enqueue",
          CANARY.webhookUrl,
        ];
        return [...all, CANARY.heartbeat].every((part) => said.includes(part)) || undefined;
      });
      await eventually("each has failed at least once", async () => {
        const text = await (await fetch(`${webhook.url}/metrics`, { headers })).text();
        const failed = Object.keys(channels).filter((name) =>
          new RegExp(`^vigie_webhook_(?:retries|deliveries)_total{[^}]*channel="${name}"[^}]*} [1-9]`, "m")
            .test(text)
        );
        return failed.length === Object.keys(channels).length || undefined;
      });
      const answers = await askEverything(webhook, headers);
      await Deno.writeTextFile(configFile, JSON.stringify(config).replace('"locale"', '"local"'));
      webhook.signal("SIGHUP");
      await eventually("the bad configuration is refused", () => {
        return /Cannot reload/.test(webhook.output.stderr) || undefined;
      });
      const { stdout: processes } = await run("ps", ["-ww", "-o", "args=", "-p", String(webhook.pid)]);
      match(processes, /--data/);
      webhook.signal("SIGTERM");
      const { stdout, stderr } = await webhook.ended;

      deepEqual(found([refused, odd].join("\n")), [], "in answers to senders");
      for (const answer of answers) deepEqual(found(answer), [], `in ${answer}`);
      for (const line of stderr.split("\n")) deepEqual(found(line), [], `in the log: ${line}`);
      deepEqual(found(stdout), [], "in standard output");
      deepEqual(found(processes), [], "in the process list");
      for await (const { name } of Deno.readDir(data)) {
        const bytes = await Deno.readFile(join(data, name));
        deepEqual(found(new TextDecoder("latin1").decode(bytes)), [], `in ${name}`);
      }
      match(stderr, /<secret>/, "no destination was quoted: the test looks for nothing");
      ok(found(paths()).length > 0, "the destinations were told no secret: the test looks for nothing");
    });
  } finally {
    await smtp.close();
  }
}, notOnLinux);

testMain("tells no secret when its configuration is wrong", async (command) => {
  const url = `https://hooks.example.org/${CANARY.slackUrl}`;
  const wrong = {
    "an unknown key": JSON.stringify({ channels: [{ kind: "slack", name: "a", url, chanel: 1 }] }),
    "both forms of a secret": JSON.stringify({
      channels: [{ kind: "slack", name: "a", url, urlFile: "/x" }],
    }),
    "no JSON": `{"channels":[{"kind":"slack","name":"a","url":"${url}" "x"}]}`,
    "a secret of the wrong type": JSON.stringify({ channels: [{ kind: "slack", name: "a", url: [url] }] }),
    "a URL that is none": JSON.stringify({ channels: [{ kind: "slack", name: "a", url: CANARY.slackUrl }] }),
    "an address that is none of the web": JSON.stringify({ heartbeat: { url: `ftp://${CANARY.heartbeat}` } }),
  };
  for (const [what, text] of Object.entries(wrong)) {
    await withFiles(new Map([["webhook.json", text]]), async (directory) => {
      const args = [
        "--config",
        join(directory, "webhook.json"),
        "--data",
        join(directory, "data"),
        "--listen",
        "127.0.0.1:0",
      ];
      const { code, stdout, stderr } = await runWebhook(command, args);
      equal(code, 2, `${what}: ${stderr}`);
      deepEqual(found(stdout + stderr), [], `${what}: ${stderr}`);
    });
  }
});
