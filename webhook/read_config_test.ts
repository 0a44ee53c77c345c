import { deepEqual, doesNotMatch, equal, rejects, throws } from "node:assert/strict";
import { join } from "node:path";
import { renderWebhook } from "./mod.ts";
import { BadConfig, defaultConfig, parseConfig, readConfig } from "./read_config.ts";
import { webhookSchema } from "./schema.ts";

Deno.test("parseConfig reads what renderWebhook writes", () => {
  const config = {
    locale: "en" as const,
    channels: [{ kind: "console" as const, name: "ops" }],
    routes: [{ receivers: ["ops"], channels: ["ops"] }],
  };
  const text = renderWebhook(config).get("webhook/webhook.json")!;
  const { $comment, ...read } = parseConfig(text, "webhook.json");
  deepEqual(read, webhookSchema.parse(config));
  equal(typeof $comment, "string");
});

Deno.test("defaultConfig is the console", () => {
  const { channels, routes, locale } = defaultConfig();
  deepEqual({ channels, routes, locale }, {
    locale: "fr",
    channels: [{ kind: "console", name: "console", maxAge: "1d" }],
    routes: [],
  });
});

const BAD: [text: string, ...messages: string[]][] = [
  ['{"chanels": []}', 'Unknown key "chanels": did you mean "channels"?'],
  [
    '{"channels": [{"name": "a", "kind": "console", "colour": 1, "x": 2}]}',
    'Unknown key "colour" in channels[0]: expected one of "kind", "name", "fallback", "maxAge" or "templates"',
    'Unknown key "x" in channels[0]: expected one of "kind", "name", "fallback", "maxAge" or "templates"',
  ],
  ['{"locale": "de"}', 'Cannot use "de" as locale: expected "fr" or "en"'],
  ["[]", "Cannot use an empty list as the configuration: expected an object: { … }"],
  ["null", "Cannot use null as the configuration: expected an object: { … }"],
  [
    '{"channels": [{"name": "a", "kind": "console"}, {"name": "a", "kind": "slak"}]}',
    'Cannot use "slak" as channels[1].kind: expected "console", "discord", "email", "ntfy", "pagerduty", "slack", "teams", "telegram" or "webhook"; did you mean "slack"?',
  ],
  [
    '{"channels": [{"name": "a", "kind": "console"}, {"name": "a", "kind": "console", "fallback": "b"}, {"kind":"console"}]}',
    "Missing channels[2].name: expected text in quotes: its name in logs, metrics, routes and addresses",
  ],
  [
    '{"routes": [{"receivers": ["x"], "channels": ["b"]}], "watchdog": {"channels": ["consol"]}}',
    'Cannot use routes[0].channels[0]: no channel is called "b"; there are: console',
    'Cannot use watchdog.channels[0]: no channel is called "consol"; did you mean "console"?',
  ],
  [
    '{"channels": [{"name": "a", "kind": "console"}, {"name": "a", "kind": "console", "fallback": "b"}, {"name": "c", "kind": "console", "fallback": "c"}]}',
    'Cannot use channels[1].name: a second channel is called "a"',
    'Cannot use channels[1].fallback: no channel is called "b"; did you mean "a"?',
    "Cannot use channels[2].fallback: a channel cannot be its own fallback",
  ],
  [
    '{"routes": [{"receivers": ["x"], "channels": ["b"]}, {"receivers": [], "matchers": ["severity critical"], "channels": "a"}]}',
    "Cannot use an empty list as routes[1].receivers: expected at least 1",
    'Cannot use "severity critical" as routes[1].matchers[0]: expected a matcher such as severity="critical" or instance=~"web-.*"',
    'Cannot use "a" as routes[1].channels: expected a list: [ … ]',
  ],
  [
    '{"channels": [{"name": "s", "kind": "slack", "url": "", "channel": 7}, {"name": "t", "kind": "teams", "url": "https://secret.example.org/not-to-be-shown", "urlFile": "x"}, {"name":"h","kind":"webhook","url":"https://a.example.org","secret":5, "secrt": "not-to-be-shown"}]}',
    "Cannot use the value of channels[0].url: expected text that is not empty",
    "Cannot use the number 7 as channels[0].channel: expected text in quotes",
    "Cannot use channels[1].url: give url or urlFile, not both",
    "Cannot use the value of channels[2].secret: expected text in quotes",
    'Unknown key "secrt" in channels[2]: did you mean "secret"?',
  ],
  [
    '{"heartbeat": {"url": "not-to-be-shown"}}',
    'Cannot use the value of heartbeat.url: expected an http or https URL such as "https://example.org/health"',
  ],
  ['{"heartbeat": {}}', "Cannot use heartbeat: give url or urlFile"],
  [
    '{"limits": {"body": "32", "conections": 5}, "timezone": "Europe/Pari", "duplicateWindow": 5, "watchdog": {"channels": ["x"]}}',
    'Cannot use "Europe/Pari" as timezone: expected a time zone such as "Europe/Paris" or "UTC"',
    'Cannot use "32" as limits.body: expected a size above zero, such as "512MB" or "5GB"',
    'Unknown key "conections" in limits: did you mean "connections"?',
    'Cannot use the number 5 as duplicateWindow: expected a duration above zero, such as "15s", "5m" or "1h30m"',
  ],
  [
    '{"channels": [{"name": "a", "kind": "console", "templates": {"alert": "{{ alert.lable.x }}"}}]}',
    'Cannot use "{{ alert.lable.x }}" as channels[0].templates.alert: line 1, column 10: Unknown field "lable" of alert: did you mean "labels"?',
  ],
  [
    '{"auth": {"bearerFile": "x"}, "tls": {"certFile": "a"}}',
    'Unknown key "bearerFile" in auth: did you mean "bearerFiles"?',
    "Missing tls.keyFile: expected text in quotes: file with its key, PEM",
  ],
];

for (const [text, ...messages] of BAD) {
  Deno.test(`parseConfig refuses ${text.slice(0, 60)}`, () => {
    throws(() => parseConfig(text, "w.json"), (error) => {
      equal((error as Error).message, ['Cannot use "w.json":', ...messages].join("\n  "));
      return error instanceof BadConfig;
    });
  });
}

Deno.test("parseConfig repeats nothing that may be a secret", () => {
  for (const [text, ...messages] of BAD) doesNotMatch(messages.join(), /not-to-be-shown/, text);
  equal(BAD.filter(([text]) => text.includes("not-to-be-shown")).length, 2);
});

Deno.test("parseConfig quotes nothing of what is not JSON", () => {
  for (
    const text of [
      '{"url": not-to-be-shown}',
      '{"url": "not-to-be-shown',
      '{"url": "not-to-be-shown"]',
      "not-to-be-shown",
    ]
  ) {
    throws(() => parseConfig(text, "w.json"), (error) => {
      doesNotMatch((error as Error).message, /not-to|be-shown/);
      return /^Cannot use "w\.json": it is not JSON: .{10}/.test((error as Error).message);
    });
  }
});

Deno.test("readConfig names a file that is not there or not JSON", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await rejects(
      readConfig(join(directory, "w.json")),
      /^BadConfig: Cannot read ".*w\.json": there is no such file$/,
    );
    await Deno.writeTextFile(join(directory, "w.json"), "{");
    await rejects(
      readConfig(join(directory, "w.json")),
      /^BadConfig: Cannot use ".*w\.json": it is not JSON: /,
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
