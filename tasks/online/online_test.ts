import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { Skipped } from "../../lib/check.ts";
import type { StackInput } from "../stack.ts";
import { driftCheck } from "./drift.ts";
import { seenBy } from "./seen.ts";
import { startRig } from "./testing.ts";
import { wouldFireCheck } from "./would_fire.ts";

const BASE: StackInput = {
  locale: "en",
  services: { grafana: false },
  hosts: [{ name: "web-1", address: "127.0.0.1:1" }],
};
const own = (threshold: number, more: object = {}) => ({
  alert: "TooMany",
  severity: "warning" as const,
  expr: `requests > ${threshold}`,
  for: "5m",
  summary: "Too many",
  description: "Too many requests",
  ...more,
});
const RUNNING: StackInput = { ...BASE, alerts: [own(90)] };

// Ten minutes of each hour at 80, in two hours of the day at 95.
const requests = (minute: number) => minute % 60 >= 10 ? 5 : minute < 120 ? 95 : 80;

Deno.test("the checks of --online, against a Prometheus with a day of samples", async (t) => {
  await using rig = await startRig(RUNNING, {
    'up{job="node",instance="web-1"}': () => 1,
    'requests{instance="web-1",path="/"}': requests,
    'requests{instance="web-2",path="/"}': () => 0,
  });
  const contextOf = (alerts: StackInput["alerts"], more: StackInput = {}) =>
    rig.contextOf({ ...BASE, ...more, alerts });

  await t.step("online/would-fire compares a threshold with the one that runs", async () => {
    const problems = await wouldFireCheck.run(contextOf([own(70)]));
    const [problem, ...others] = problems.filter(({ subject }) => subject === "TooMany");
    deepEqual(others, []);
    match(
      problem!.message,
      /^TooMany \(warning\) would have fired 2[34] times over the last day: web-1 \(path=\/\) 2[34] times, [12]h\d*m? in all; the one that runs now: 2 times$/,
    );
    deepEqual([problem!.check, problem!.severity, problem!.file], [
      "online/would-fire",
      "warning",
      "prometheus/rules/custom.yml",
    ]);
  });

  await t.step("online/would-fire applies `for`", async () => {
    const problems = await wouldFireCheck.run(contextOf([own(70, { for: "15m" })]));
    deepEqual(problems.filter(({ subject }) => subject === "TooMany"), []);
  });

  await t.step(
    "online/would-fire says nothing of a threshold that fires less, and tells it all to programs",
    async () => {
      const context = contextOf([own(99)]);
      deepEqual((await wouldFireCheck.run(context)).filter(({ subject }) => subject === "TooMany"), []);
      const { line, details } = await wouldFireCheck.note!(context);
      match(line, /^\d+ of \d+ alerts would have fired over the last day; \d+ could not be judged$/);
      const { alerts } = details as {
        alerts: { alert: string; than: string; firings: unknown[]; before?: { times: number }[] }[];
      };
      const told = alerts.find(({ alert }) => alert === "TooMany")!;
      deepEqual([told.than, told.firings, told.before?.map(({ times }) => times)], ["changed", [], [2]]);
    },
  );

  await t.step(
    "online/would-fire warns of an alert that runs as it is and fires again and again",
    async () => {
      await using noisy = await startRig({ ...BASE, alerts: [own(70)] }, {
        'up{job="node",instance="web-1"}': () => 1,
        'requests{instance="web-1"}': requests,
      });
      const [problem] = (await wouldFireCheck.run(noisy.contextOf({ ...BASE, alerts: [own(70)] })))
        .filter(({ subject }) => subject === "TooMany");
      match(
        problem!.message,
        /^TooMany \(warning\) would have fired 2[34] times over the last day: web-1 2[34] times, [^;]+$/,
      );
    },
  );

  await t.step(
    "online/would-fire does not judge an alert over a series that is not recorded yet",
    async () => {
      const context = contextOf([own(70, { expr: "job:requests:sum > 70" })], {
        recordings: [{ record: "job:requests:sum", expr: "sum(requests)" }],
      });
      deepEqual((await wouldFireCheck.run(context)).filter(({ subject }) => subject === "TooMany"), []);
      const { line, table } = await wouldFireCheck.note!(context);
      match(line, /; \d+ could not be judged$/);
      match(
        table,
        /^TooMany \(warning\) +not judged +it needs "job:requests:sum", which is not recorded yet as config\.ts says$/m,
      );
    },
  );

  await t.step("online/would-fire does not judge an alert over a job that is not scraped yet", async () => {
    const context = contextOf([own(70, { expr: 'absent(up{job="api"})' })]);
    deepEqual((await wouldFireCheck.run(context)).filter(({ subject }) => subject === "TooMany"), []);
    match(
      (await wouldFireCheck.note!(context)).table,
      /^TooMany \(warning\) +not judged +it needs the job "api", which is not scraped yet$/m,
    );
  });

  await t.step("online/drift has nothing against what runs", async () => {
    deepEqual(await driftCheck.run(contextOf([own(90)])), await flagsOnly(contextOf([own(90)])));
  });

  await t.step("online/drift names each difference", async () => {
    const changed = contextOf([own(70)], { scrape: { interval: "30s" } });
    const messages = (await driftCheck.run(changed)).map(({ message }) => message);
    deepEqual(messages.filter((message) => /TooMany|scrape_interval/.test(message)), [
      'prometheus: global.scrape_interval is "15s", wanted "30s"',
      'prometheus: rule custom/TooMany (warning): expr is "requests > 90", wanted "requests > 70"',
    ]);
  });

  await t.step("online/drift names services that do not run, and versions", async () => {
    const context = {
      ...contextOf([own(90)]),
      status: [
        { service: "prometheus", state: "ready", version: "2.0.0+ds1" },
        { service: "webhook", state: "failed", detail: "it exited with code 1" },
        { service: "grafana", state: "left-out" },
      ] as const,
      versions: { prometheus: "3.5.3" },
    };
    const messages = (await driftCheck.run(context)).map(({ message }) => message);
    deepEqual(messages.slice(0, 2), [
      "prometheus is version 2.0.0, wanted 3.5.3",
      "webhook is failed, wanted ready: it exited with code 1",
    ]);
  });

  await t.step("seenBy gives names and series of the last day", async () => {
    const seen = await seenBy(contextOf([]));
    equal(seen.names.has("requests") && seen.names.has("up") && !seen.names.has("nothing"), true);
    deepEqual(
      (await seen.series(["requests"])).map(({ instance }) => instance).sort(),
      ["web-1", "web-2"],
    );
  });

  await t.step("the checks say that they cannot look when Prometheus does not answer", async () => {
    const context = { ...contextOf([own(90)]), urls: { prometheus: "http://127.0.0.1:1" } };
    await rejects(
      wouldFireCheck.run(context),
      (error) => error instanceof Skipped && /does not answer/.test(error.message),
    );
    const messages = (await driftCheck.run(context)).map(({ message }) => message);
    equal(messages.length, 2);
    match(messages[0]!, /^prometheus does not say what it runs: /);
  });
});

/** The rig's Prometheus is started without the flags of the stack. */
async function flagsOnly(context: Parameters<typeof driftCheck.run>[0]) {
  return (await driftCheck.run(context)).filter(({ message }) => message.includes("storage.tsdb.retention"));
}
