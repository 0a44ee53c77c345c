/** The rules on a stack that runs: silent while all is well, and a fault told once. */

import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { parsePromql, selectorsOf } from "../../lib/promql/mod.ts";
import { isAlert } from "../../prometheus/rules/rule.ts";
import { FAMILIES } from "../../prometheus/rules/mod.ts";
import { CONTEXT } from "../../prometheus/testing/rule_cases.ts";
import { getJson } from "../../prometheus/testing/programs.ts";
import type { StackInput } from "../../tasks/stack.ts";
import { temporaryStack } from "./local/scenario.ts";
import { notOnLinux, unless } from "../unless.ts";

const DEADLINE_MS = 60_000;
const POLL_MS = 200;

// What is said of this machine or of containers depends on where the test runs.
const OF_THE_STACK = FAMILIES.filter(({ name, needs }) =>
  !["node", "cadvisor", "entry", "backup"].includes(needs ?? "") && name !== "grafana"
);
/** Series that are only there when something has happened, or with a target that the test does not have. */
const NOT_ALWAYS_THERE = [
  'probe_ssl_earliest_cert_expiry{job="probe"}',
  'up{job="api"}',
  "vigie_drill_active",
  'vigie_webhook_journal_salvaged_timestamp_seconds{job="webhook"}',
];

interface RunningRule {
  readonly name: string;
  readonly health: string;
  readonly state?: string;
}

/** An alert as Alertmanager has it: `TargetDown blackbox`, and whether it is muted. */
interface Told {
  readonly name: string;
  readonly muted: boolean;
}

Deno.test({
  ...unless(notOnLinux, "the rules of a running stack"),
  async fn(t) {
    await using stack = await temporaryStack();
    const { prometheus, alertmanager } = stack.ports;
    const more: StackInput = {
      probes: [
        { name: "self", kind: "http", target: `http://127.0.0.1:${prometheus}/-/ready` },
        { name: "port", kind: "tcp", target: `127.0.0.1:${alertmanager}` },
      ],
      thresholds: { targetDownFor: "1s" },
      rules: { JobTargetsDown: { for: "1s" } },
    };
    await stack.up(more);
    const ask = async <Answer>(port: number, path: string) =>
      await getJson(`http://127.0.0.1:${port}${path}`) as Answer;
    const rules = async () => {
      const { data } = await ask<{ data: { groups: { name: string; rules: RunningRule[] }[] } }>(
        prometheus,
        "/api/v1/rules",
      );
      const names: ReadonlySet<string> = new Set(OF_THE_STACK.map(({ name }) => name));
      return data.groups.filter(({ name }) => names.has(name)).flatMap(({ rules }) => rules);
    };
    const told = async (): Promise<Told[]> => {
      const alerts = await ask<
        { labels: Record<string, string>; status: { inhibitedBy: readonly string[] } }[]
      >(alertmanager, "/api/v2/alerts");
      const names = new Set(
        OF_THE_STACK.flatMap((family) => family.rules(CONTEXT)).filter(isAlert).map(({ alert }) => alert),
      );
      return alerts.filter(({ labels }) => names.has(labels.alertname!)).map(({ labels, status }) => ({
        name: `${labels.alertname} ${labels.instance ?? labels.job ?? ""}`.trim(),
        muted: status.inhibitedBy.length > 0,
      })).sort((a, b) => a.name < b.name ? -1 : 1);
    };

    await t.step("fire nothing but the Watchdog while all is well", async () => {
      const expected = OF_THE_STACK.flatMap((family) => family.rules(CONTEXT)).length;
      const loud = async () => {
        const all = await rules();
        return {
          count: all.length,
          loud: all.filter(({ health, state = "inactive" }) => health !== "ok" || state !== "inactive")
            .map(({ name, health, state }) => `${name}: ${health}, ${state}`),
        };
      };
      const quiet = { count: expected, loud: ["Watchdog: ok, firing"] };
      assert.deepEqual(await settled(loud, (now) => same(now, quiet)), quiet);
    });

    await t.step("ask only for what is there", async () => {
      const selectors = new Set(
        OF_THE_STACK.flatMap((family) => family.rules(CONTEXT)).flatMap(({ expr: text }) => {
          const { expr } = parsePromql(text);
          assert.ok(expr, text);
          return selectorsOf(expr).map(({ from, to }) => text.slice(from, to));
        }),
      );
      const missing = async () => {
        const without: string[] = [];
        for (const selector of selectors) {
          const query = encodeURIComponent(`count(${selector})`);
          const { data } = await ask<{ data: { result: unknown[] } }>(
            prometheus,
            `/api/v1/query?query=${query}`,
          );
          if (data.result.length === 0) without.push(selector);
        }
        return without.sort();
      };
      // What is made of a rate is there from the second scrape on.
      const left = await settled(missing, ({ length }) => length <= NOT_ALWAYS_THERE.length);
      assert.deepEqual(left, NOT_ALWAYS_THERE);
    });

    await t.step("tell once of a service that does not answer", async () => {
      const watchdog = { name: "Watchdog", muted: false };
      const blackbox = (await stack.engine(more).status()).find(({ service }) => service === "blackbox");
      Deno.kill(Number(blackbox!.id), "SIGSTOP");
      try {
        const down = [
          { name: "JobTargetsDown blackbox", muted: true },
          { name: "TargetDown blackbox", muted: false },
          watchdog,
        ];
        assert.deepEqual(await settled(told, (now) => same(now, down)), down);
      } finally {
        Deno.kill(Number(blackbox!.id), "SIGCONT");
      }
      assert.deepEqual(await settled(told, (now) => same(now, [watchdog])), [watchdog]);
    });
  },
});

/** What `read` gives once it is as wanted, or at the deadline. */
async function settled<Value>(
  read: () => Promise<Value>,
  isWanted: (value: Value) => boolean,
): Promise<Value> {
  const deadline = performance.now() + DEADLINE_MS;
  let value = await read();
  while (!isWanted(value) && performance.now() < deadline) {
    await delay(POLL_MS);
    value = await read();
  }
  return value;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
