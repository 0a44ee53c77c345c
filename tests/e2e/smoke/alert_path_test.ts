import assert from "node:assert/strict";
import { alertPath } from "../../../tasks/smoke/alert_path.ts";
import { runSmoke, type SmokeContext, type SmokeResult } from "../../../tasks/smoke/check.ts";
import { ready } from "../../../tasks/smoke/ready.ts";
import { freePort } from "../../free_port.ts";
import { startRig } from "./rig.ts";
import { standInSmtp } from "./stand_in_smtp.ts";
import { rules } from "../../../tasks/smoke/rules.ts";
import { poll } from "../../../tasks/smoke/poll.ts";
import { activeTargets, targets } from "../../../tasks/smoke/targets.ts";

/** With a short margin: what does not arrive here never will. */
async function run(context: SmokeContext): Promise<SmokeResult> {
  return (await runSmoke([alertPath], { ...context, marginMs: 2_000 }))[0]!;
}

/** The one hop that broke, and the words about it. */
function brokenHop(
  { steps, problems }: SmokeResult,
): { hop: string | undefined; message: string; cure: string } {
  assert.equal(problems.length, 1, JSON.stringify(problems));
  const { message, cure } = problems[0]!;
  return { hop: steps.find(({ outcome }) => outcome === "failed")?.name, message, cure };
}

Deno.test("alertPath with the real programs, whole and broken at each hop", async (t) => {
  await using rig = await startRig();
  const { context, webhook } = rig;
  const ended = () => [...webhook.drills.values()].every(({ endedAt }) => endedAt !== null);

  await t.step("the whole way: services, targets, rules, and every hop with its latency", async () => {
    const results = await runSmoke([ready, targets, rules, alertPath], context);
    assert.deepEqual(results.flatMap(({ problems }) => problems), []);
    const hops = results.at(-1)!.steps;
    assert.deepEqual(hops.map(({ name }) => name), [
      "expected",
      "triggered",
      "scraped",
      "firing",
      "alertmanager",
      "webhook",
      "channel console",
      "channel team",
      "ended",
      "webhook: resolved",
      "channel console: resolved",
      "channel team: resolved",
    ]);
    assert.equal(hops[0]!.expectedMs, 2_000);
    // Each hop is later than the one before, as each is told by the clock of the service that saw it.
    // Those round to the millisecond, each in its own way.
    const latencies = hops.slice(2, 8).map(({ elapsedMs }) => elapsedMs!);
    const back = latencies.slice(1).map((latency, i) => latencies[i]! - latency);
    assert.ok(back.every((ms) => ms <= 2), `${latencies}`);
    assert.ok(ended());
  });

  await t.step("a channel that fails: its reason, while the other channel delivers", async () => {
    webhook.failures.set("team", "status 500");
    const result = await run(context);
    webhook.failures.clear();
    const { hop, message, cure } = brokenHop(result);
    assert.equal(hop, "channel team");
    assert.match(message, /The channel "team" has not delivered the message: status 500$/);
    assert.match(cure, /config\.ts/);
    assert.equal(result.steps.find(({ name }) => name === "channel console")?.outcome, "passed");
    assert.ok(ended());
  });

  await t.step("Alertmanager has it and the webhook does not: Alertmanager's own reason", async () => {
    await rig.configure({ webhookUrl: `http://127.0.0.1:${freePort()}/webhook` });
    const { hop, message } = brokenHop(await run(context));
    assert.equal(hop, "webhook");
    assert.match(message, /the webhook did not get it \(\d+ failed attempts?\): .*connection refused/);
    assert.ok(ended());
  });

  await t.step("a silence: Alertmanager holds the alert back", async () => {
    await rig.configure({});
    const id = await silence(context);
    const { hop, message } = brokenHop(await run(context));
    assert.equal(hop, "webhook");
    assert.match(message, /a silence or an inhibition mutes it/);
    await call(`${context.urls.alertmanager}/api/v2/silence/${id}`, { method: "DELETE" });
  });

  await t.step("Alertmanager stopped: found before the drill begins", async () => {
    await rig.stopAlertmanager();
    const begun = webhook.drills.size;
    const { hop, message, cure } = brokenHop(await run(context));
    assert.equal(hop, "alertmanager");
    assert.match(message, /Cannot reach .*\/api\/v2\/status: connection refused/);
    assert.match(cure, /deno task up/);
    assert.equal(webhook.drills.size, begun);
    const services = (await runSmoke([ready], context))[0]!;
    assert.deepEqual(services.problems.map(({ message }) => message), [
      'The service "alertmanager" is stopped',
    ]);
    await rig.startAlertmanager();
  });

  await t.step("Prometheus without an Alertmanager", async () => {
    await rig.configure({ alerting: false });
    const { hop, message } = brokenHop(await run(context));
    assert.equal(hop, "alertmanager");
    assert.match(message, /Prometheus knows no Alertmanager/);
  });

  await t.step("the rule missing: the hop, and the rules check names the file", async () => {
    await rig.configure({});
    const generated = new Map(context.files);
    await rig.configure({ rule: false });
    const { hop, message, cure } = brokenHop(await run(context));
    assert.equal(hop, "firing");
    assert.match(message, /Prometheus has no rule "VigieDrill"/);
    assert.match(cure, /deno task up/);
    const result = (await runSmoke([rules], { ...context, files: generated }))[0]!;
    assert.equal(
      result.problems[0]!.message,
      'Prometheus does not have the rule "VigieDrill" of the group "drill"',
    );
    assert.equal(result.problems[0]!.file, "prometheus/rules/drill.yml");
  });

  await t.step(
    "Prometheus does not scrape the webhook: the hop, and the targets check names the job",
    async () => {
      await rig.configure({});
      const generated = new Map(context.files);
      await rig.configure({ scrapeWebhook: false });
      await unscraped(context);
      const { hop, message } = brokenHop(await run(context));
      assert.equal(hop, "scraped");
      assert.match(message, /Prometheus does not scrape the webhook/);
      const result = (await runSmoke([targets], { ...context, files: generated, marginMs: 2_000 }))[0]!;
      assert.equal(
        result.problems[0]!.message,
        'Prometheus has no target for the job "webhook", which the generated configuration names',
      );
    },
  );

  await t.step("a native receiver that takes the message: its hop by Alertmanager's counters", async () => {
    await using smtp = standInSmtp();
    await rig.configure({ smarthost: smtp.address });
    const { steps, problems } = await run(context);
    assert.deepEqual(problems, []);
    assert.equal(steps.find(({ name }) => name === "native email")?.detail, "1 delivered");
    assert.match(smtp.messages[0]!, /VigieDrill/);
  });

  await t.step(
    "a native receiver that refuses: Alertmanager's counter and reason, the webhook's way works",
    async () => {
      await rig.configure({ smarthost: `127.0.0.1:${freePort()}` });
      const { hop, message } = brokenHop(await run(context));
      assert.equal(hop, "native email");
      assert.match(
        message,
        /delivered 0 of 1 through "email", with \d+ failed attempts?: .*connection refused/,
      );
    },
  );

  await t.step("a target that is down: Prometheus's error and a cure", async () => {
    const port = freePort();
    await rig.configure({ target: `127.0.0.1:${port}` });
    const { problems } = (await runSmoke([targets], context))[0]!;
    assert.equal(problems.length, 1);
    assert.match(problems[0]!.message, /^The target "other other" \(.*\) is down: .*connection refused$/);
    assert.match(problems[0]!.cure, new RegExp(`start what should listen on 127.0.0.1:${port}`));
  });

  await t.step("interrupted: the drill is ended all the same", async () => {
    await rig.configure({});
    const stop = new AbortController();
    const interrupted = new DOMException("Interrupted", "AbortError");
    const running = runSmoke([alertPath], { ...context, signal: stop.signal }, {
      started() {},
      step: ({ name }) => name === "triggered" && stop.abort(interrupted),
      ended() {},
    });
    await assert.rejects(running, interrupted);
    assert.ok(ended());
  });

  await t.step("the webhook down: it cannot be triggered", async () => {
    await webhook[Symbol.asyncDispose]();
    const { hop, message } = brokenHop(await run(context));
    assert.equal(hop, "triggered");
    assert.match(message, /Cannot reach .*\/drill: connection refused/);
    const { problems } = (await runSmoke([ready], context))[0]!;
    assert.match(problems[0]!.message, /^The service "webhook" runs and is not ready: Cannot reach/);
  });
});

async function silence(context: SmokeContext): Promise<string> {
  const text = await call(`${context.urls.alertmanager}/api/v2/silences`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      matchers: [{ name: "alertname", value: "VigieDrill", isRegex: false, isEqual: true }],
      startsAt: new Date().toISOString(),
      endsAt: new Date(Date.now() + 3_600_000).toISOString(),
      createdBy: "test",
      comment: "test",
    }),
  });
  return JSON.parse(text).silenceID;
}

async function call(url: string, init: RequestInit): Promise<string> {
  const response = await fetch(url, init);
  const text = await response.text();
  assert.ok(response.ok, text);
  return text;
}

/** Prometheus drops targets some time after a reload. */
async function unscraped(context: SmokeContext): Promise<void> {
  const { accepted } = await poll(
    async () => (await activeTargets(context)).some(({ labels }) => labels.job === "webhook"),
    (scraped) => !scraped,
    { ...context, deadlineMs: 20_000 },
  );
  assert.ok(accepted);
}
