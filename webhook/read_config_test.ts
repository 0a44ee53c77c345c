import { deepEqual, equal, rejects, throws } from "node:assert/strict";
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

const BAD: [text: string, message: string][] = [
  ['{"chanels": []}', 'Cannot use "w.json":\n  unknown key "chanels"'],
  [
    '{"channels": [{"name": "a", "kind": "console", "colour": 1, "x": 2}]}',
    'Cannot use "w.json":\n  channels[0]: unknown keys "colour", "x"',
  ],
  ['{"locale": "de"}', 'Cannot use "w.json":\n  locale: Invalid option: expected one of "fr"|"en"'],
  ["[]", 'Cannot use "w.json":\n  Invalid input: expected object, received array'],
  [
    '{"channels": [{"name": "a", "kind": "console"}, {"name": "a", "kind": "console"}]}',
    'Cannot use "w.json":\n  channels[1].name: a second channel is called "a"',
  ],
  [
    '{"routes": [{"receivers": ["x"], "channels": ["b"]}]}',
    'Cannot use "w.json":\n  routes[0].channels[0]: no channel is called "b"; there are: console',
  ],
];

for (const [text, message] of BAD) {
  Deno.test(`parseConfig refuses ${text.slice(0, 60)}`, () => {
    throws(() => parseConfig(text, "w.json"), (error) => {
      equal((error as Error).message, message);
      return error instanceof BadConfig;
    });
  });
}

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
