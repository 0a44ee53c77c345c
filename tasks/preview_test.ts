import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { run } from "../lib/process.ts";
import full from "../tests/configs/good/full.ts";
import { Failure } from "./cli.ts";
import { type PreviewRequest, previewsOf } from "./preview.ts";
import { defineStack } from "./stack.ts";

const PROJECT = fileURLToPath(new URL("../", import.meta.url));
const POSTED = JSON.stringify({
  groupKey: "g",
  receiver: "oncall",
  commonLabels: { alertname: "HostDown" },
  externalURL: "http://alertmanager.example.org",
  alerts: [{
    status: "firing",
    labels: { alertname: "HostDown", instance: "web-1", severity: "critical" },
    annotations: { summary: "web-1 is down" },
    startsAt: "2026-11-22T09:57:00Z",
  }],
});

function previews(request: Partial<PreviewRequest>, stack = full) {
  const sentMs = Date.parse("2026-11-22T10:00:00Z");
  return previewsOf(stack, { posted: POSTED, sentMs, ...request });
}

function refusal(request: Partial<PreviewRequest>, stack = full): string {
  try {
    previews(request, stack);
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
  throw new Error("It was taken");
}

Deno.test("previewsOf shows what each channel of the stack would send, and nothing for Alertmanager's", () => {
  const shown = previews({});
  assert.deepEqual(
    shown.map(({ channel }) => channel).sort(),
    [
      "alerts",
      "console",
      "mail-email",
      "oncall-discord",
      "oncall-ntfy",
      "oncall-ntfy-2",
      "oncall-pagerduty",
      "oncall-slack-2",
      "oncall-teams",
      "oncall-telegram",
      "oncall-webhook",
      "oncall-webhook-2",
    ],
  );
  for (const { channel, requests } of shown) {
    assert.match(requests.map(({ body }) => body).join(), /HostDown/, channel);
  }
});

Deno.test("previewsOf shows no secret, and where one would stand", () => {
  for (const { channel, kind, requests } of previews({})) {
    const text = JSON.stringify(requests);
    assert.doesNotMatch(text, /the-secret|run\/secrets/, channel);
    if (!["console", "email"].includes(kind)) assert.match(text, /<secret>/, channel);
  }
});

Deno.test("previewsOf uses the stack's templates, time zone and address", () => {
  const [alerts] = previews({ channel: "alerts" });
  const text = alerts!.requests[0]!.body;
  assert.match(text, /HostDown: 1"/);
  assert.match(text, /1 alerts/);
  assert.match(text, /https:\/\/alerts\.example\.org\//);
  const [telegram] = previews({ channel: "telegram" });
  assert.match(telegram!.requests[0]!.body, /since 10:57 \(3 min\)/, "Europe/Paris");
  const [french] = previews({ channel: "telegram", locale: "fr" });
  assert.match(french!.requests[0]!.body, /depuis 10:57 \(3 min\)/);
});

Deno.test("previewsOf finds channels by kind, and makes up one of a kind that the stack has not", () => {
  assert.deepEqual(previews({ channel: "ntfy" }).map(({ channel }) => channel), [
    "oncall-ntfy",
    "oncall-ntfy-2",
  ]);
  const minimal = defineStack({});
  for (const kind of ["discord", "email", "ntfy", "pagerduty", "slack", "teams", "telegram", "webhook"]) {
    const [only, ...others] = previews({ channel: kind }, minimal);
    assert.deepEqual([only!.channel, others], [kind, []]);
    assert.match(only!.requests.map(({ body }) => body).join(), /HostDown/, kind);
  }
  assert.match(previews({ channel: "ntfy" }, minimal)[0]!.requests[0]!.body, /"topic": "<topic>"/);
});

Deno.test("previewsOf has an example of its own when nothing is posted", () => {
  const [shown] = previews({ posted: " \n", channel: "console" });
  assert.match(shown!.requests[0]!.body, /HostDiskAlmostFull/);
});

Deno.test("previewsOf says what is wrong with what is posted, and which channel was probably meant", () => {
  const messages: [Partial<PreviewRequest>, string | RegExp][] = [
    [{ posted: "{" }, /^Cannot use what was given on standard input: it is not JSON: /],
    [
      { posted: "[]" },
      /^Cannot use what was given on standard input\. The body is a bare list: it looks like Prometheus/,
    ],
    [{ posted: "{}" }, /The body is an object without "alerts"/],
    [{ channel: "slac" }, 'No channel is named "slac": did you mean "slack"?'],
    [{ channel: "oncall-disocrd" }, 'No channel is named "oncall-disocrd": did you mean "oncall-discord"?'],
    [
      { channel: "x" },
      /^No channel is named "x": there are console, alerts, .*, and the kinds console, discord, /,
    ],
    [
      { channel: "independent-slack" },
      'Cannot show "independent-slack": Alertmanager tells it itself, by its own templates',
    ],
  ];
  for (const [request, message] of messages) {
    if (typeof message === "string") assert.equal(refusal(request), message);
    else assert.match(refusal(request), message);
  }
  const native = defineStack({
    notify: { receivers: { console: [{ kind: "slack", via: "alertmanager", urlFile: "u" }] } },
  });
  assert.match(refusal({}, native), /^Cannot show anything: Alertmanager tells every destination/);
});

Deno.test("deno task preview reads a notification from standard input, with the permissions of its task", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json")));
  const [, ...args] = (tasks.preview.command as string).split(" ");
  const config = join(PROJECT, "tests/configs/good/full.ts");
  const preview = (flags: string[], stdin: string) =>
    run(Deno.execPath(), [...args, "--config", config, ...flags], {
      cwd: PROJECT,
      env: { NO_COLOR: "1" },
      stdin,
    });
  const shown = await preview(["--channel", "console", "--locale", "fr"], POSTED);
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, /^console \(console\): standard output\n🚨 ALERTE REÇUE/);
  const json = await preview(["--channel", "ntfy", "--json"], "");
  assert.deepEqual(JSON.parse(json.stdout).previews.map(({ channel }: { channel: string }) => channel), [
    "oncall-ntfy",
    "oncall-ntfy-2",
  ]);
  const wrong = await preview(["--locale", "de"], POSTED);
  assert.deepEqual([wrong.code, wrong.stderr], [
    2,
    'error: Cannot use the locale "de": expected "fr" or "en"\n',
  ]);
});
