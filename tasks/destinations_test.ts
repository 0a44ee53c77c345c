import assert from "node:assert/strict";
import full from "../tests/configs/good/full.ts";
import { webhookSchema } from "../webhook/schema.ts";
import { namedDestinations, receiversOf, toldSecrets, webhookConfigOf } from "./destinations.ts";
import { secretNeedsOf } from "./secret_needs.ts";
import { configSchema, defineStack, type StackInput } from "./stack.ts";

const DOCKER = { engine: "docker", stateDir: "/s" } as const;
const LOCAL = { engine: "local", stateDir: "/s" } as const;

type Receivers = NonNullable<NonNullable<StackInput["notify"]>["receivers"]>;

function stackOf(receivers: Receivers, more: StackInput = {}) {
  return defineStack({
    ...more,
    notify: { receiver: Object.keys(receivers)[0], ...more.notify, receivers },
  });
}

function names(receivers: Receivers): string[] {
  return namedDestinations(stackOf(receivers)).map(({ name }) => name);
}

Deno.test("namedDestinations names a destination so that others may come and go", () => {
  const slack = { kind: "slack", urlFile: "u" } as const;
  assert.deepEqual(names({ oncall: [slack] }), ["oncall-slack"]);
  assert.deepEqual(names({ oncall: [slack, { kind: "console" }] }), ["oncall-slack", "oncall-console"]);
  assert.deepEqual(names({ oncall: [{ kind: "console" }, slack] }), ["oncall-console", "oncall-slack"]);
  assert.deepEqual(names({ console: [{ kind: "console" }, slack] }), ["console", "console-slack"]);
  assert.deepEqual(names({ oncall: [slack, slack, { ...slack, name: "third" }, slack] }), [
    "oncall-slack",
    "oncall-slack-2",
    "third",
    "oncall-slack-4",
  ]);
});

Deno.test("webhookConfigOf and receiversOf tell every destination by one of the two, and no secret", () => {
  const { channels = [], routes = [] } = webhookConfigOf(full, DOCKER);
  const receivers = receiversOf(full, DOCKER);
  assert.equal(
    channels.length + receivers.flatMap(({ native }) => native).length,
    namedDestinations(full).length,
  );
  assert.deepEqual(receivers.map(({ name, webhook, native }) => [name, webhook, native.length]), [
    ["console", true, 0],
    ["oncall", true, 0],
    ["mail", true, 0],
    ["independent", false, 3],
  ]);
  assert.deepEqual(routes.map(({ receivers }) => receivers), [["console"], ["oncall"], ["mail"]]);
  assert.deepEqual(
    routes.flatMap(({ channels }) => channels).sort(),
    channels.map(({ name }) => name).sort(),
  );
  for (const target of [DOCKER, LOCAL]) {
    assert.equal(webhookSchema.safeParse(webhookConfigOf(full, target)).success, true);
    const text = JSON.stringify([webhookConfigOf(full, target), receiversOf(full, target)]);
    assert.doesNotMatch(text, /"secrets\//, "a path of config.ts means nothing to a service");
  }
});

Deno.test("secretNeedsOf names every file that the services are told of, each once", () => {
  for (
    const [service, told] of [
      ["webhook", webhookConfigOf(full, DOCKER)],
      ["alertmanager", receiversOf(full, DOCKER)],
    ] as const
  ) {
    const inside = [...JSON.stringify(told).matchAll(/\/run\/secrets\/vigie\/([\w.-]+)/g)].map(([, file]) =>
      file
    );
    const files = secretNeedsOf(full, DOCKER).filter((each) => each.service === service);
    assert.deepEqual(files.map(({ file }) => file).sort(), inside.sort());
    assert.equal(new Set(inside).size, inside.length);
  }
  assert.deepEqual(
    toldSecrets(full).find(({ file }) => file === "oncall-webhook.previous-secret"),
    {
      key: "previousSecret",
      written: "previousSecretFile",
      from: { file: "secrets/hook_secret_before" },
      service: "webhook",
      file: "oncall-webhook.previous-secret",
      config: ["notify", "receivers", "oncall", 8, "previousSecretFile"],
      kind: "webhook",
    },
  );
});

Deno.test("webhookConfigOf puts secrets where each engine's webhook sees them", () => {
  const stack = stackOf({ chat: [{ kind: "teams", urlFile: "u" }] });
  const urlFile = (target: typeof DOCKER | typeof LOCAL) => {
    const [channel] = webhookConfigOf(stack, target).channels!;
    return (channel as { urlFile?: string }).urlFile;
  };
  assert.equal(urlFile(DOCKER), "/run/secrets/vigie/chat-teams.url");
  assert.equal(urlFile(LOCAL), "/s/secrets/webhook/chat-teams.url");
});

Deno.test("webhookConfigOf takes two copies for one only well within the shortest repeat interval", () => {
  const window = (notify: StackInput["notify"]) =>
    webhookConfigOf(stackOf({ console: [{ kind: "console" }] }, { notify }), DOCKER).duplicateWindow;
  assert.equal(window({}), "5m");
  assert.equal(window({ repeatInterval: "9m" }), "4m30s");
  const matchers = ["severity=critical"];
  assert.equal(window({ routes: [{ matchers, receiver: "console", repeatInterval: "1m" }] }), "30s");
});

Deno.test("webhookConfigOf resolves a fallback by the name of a destination, and by a receiver with one", () => {
  const fallbacks = (fallback: string) => {
    const stack = stackOf({
      oncall: [{ kind: "teams", urlFile: "u", fallback }],
      mail: [
        { kind: "console", name: "printed" },
        { kind: "slack", urlFile: "u", via: "alertmanager" },
      ],
    });
    return webhookConfigOf(stack, DOCKER).channels!.map(({ fallback }) => fallback);
  };
  assert.deepEqual(fallbacks("printed"), ["printed", undefined]);
  assert.deepEqual(fallbacks("mail"), ["printed", undefined], "the only one that the webhook tells");
});

Deno.test("webhookConfigOf tells who hears that Watchdog is missing, and nothing when it is not waited for", () => {
  const told = (webhook: StackInput["webhook"]) =>
    webhookConfigOf(
      stackOf({ console: [{ kind: "console" }], ops: [{ kind: "ntfy", topic: "t" }] }, { webhook }),
      DOCKER,
    )
      .watchdog;
  assert.deepEqual(told({}), { within: "10m", channels: undefined });
  assert.deepEqual(told({ watchdog: { receiver: "ops", within: "5m" } }), {
    within: "5m",
    channels: ["ops-ntfy"],
  });
  assert.equal(told({ watchdog: { enabled: false } }), undefined);
});

Deno.test("configSchema takes what it gave, as the record of the last `up` is read with it", () => {
  assert.deepEqual(configSchema.parse(JSON.parse(JSON.stringify(full))), JSON.parse(JSON.stringify(full)));
});
