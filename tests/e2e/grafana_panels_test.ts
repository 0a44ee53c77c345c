/** Every panel of every dashboard shows data: its query is put to a real Prometheus that scrapes real exporters. */

import assert from "node:assert/strict";
import { panelQueries, type PanelQuery } from "../../grafana/mod.ts";
import { runStack } from "./panels/running.ts";

const DEADLINE_MS = 60_000;

/** What Prometheus answers to an instant query. */
interface Answer {
  readonly status: "success" | "error";
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

async function ask(prometheus: string, expr: string): Promise<Answer> {
  const response = await fetch(`${prometheus}/api/v1/query`, {
    method: "POST",
    body: new URLSearchParams({ query: expr }),
    signal: AbortSignal.timeout(10_000),
  });
  return await response.json();
}

/** The queries without a number that has the labels of its legend at the deadline. An error of one ends it at once: waiting does not cure a query. */
async function withoutData(prometheus: string, queries: readonly PanelQuery[]): Promise<string[]> {
  const deadline = performance.now() + DEADLINE_MS;
  let empty = queries;
  while (empty.length > 0) {
    const still: PanelQuery[] = [];
    for (const query of empty) {
      const { status, error, data } = await ask(prometheus, query.expr);
      assert.equal(status, "success", `${query.dashboard} "${query.panel}" ${query.refId}: ${error}`);
      const labels = [...query.legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!);
      const shown = data!.result.some(({ metric, value: [, value] }) =>
        value !== "NaN" && labels.every((label) => metric[label] !== undefined)
      );
      if (!shown) still.push(query);
    }
    empty = still;
    if (performance.now() > deadline) break;
    if (empty.length > 0) await new Promise((next) => setTimeout(next, 250));
  }
  return empty.map(({ dashboard, panel, expr }) => `${dashboard} "${panel}": ${expr}`);
}

/** The same queries, of one host. */
function ofHost(queries: readonly PanelQuery[], host: string): PanelQuery[] {
  return queries.filter(({ dashboard }) => dashboard === "vigie-host")
    .map((query) => ({ ...query, expr: query.expr.replaceAll('instance=~".*"', `instance=~"${host}"`) }));
}

Deno.test("panelQueries of every dashboard all give data on a running stack", async (t) => {
  await using cleanup = new AsyncDisposableStack();
  const { files, prometheus, webhook } = await runStack(cleanup);
  const queries = panelQueries(files);
  assert.deepEqual(
    [...new Set(queries.map(({ dashboard }) => dashboard))].sort(),
    ["alerts", "containers", "host", "hosts", "probes", "stack", "webhook"].map((name) => `vigie-${name}`),
  );
  const always = queries.filter(({ absent }) => absent === undefined);

  await t.step("before anything was ever delivered", async () => {
    assert.deepEqual(await withoutData(prometheus, always), []);
    assert.deepEqual(await withoutData(prometheus, ofHost(always, "localhost")), []);
  });
  await t.step("on a host without pressure, disks and network", async () => {
    assert.deepEqual(await withoutData(prometheus, ofHost(always, "bare")), []);
  });

  await t.step("once an alert was delivered", async () => {
    const drill = await fetch(`${webhook}/drill`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id: "panels" }),
    });
    assert.equal(drill.status, 201, await drill.text());
    const counted = queries.filter(({ expr }) =>
      /^sum.*vigie_webhook_(?:deliveries|notifications_received.*firing)|="info".*vector|r_notifications_total/
        .test(expr)
    );
    assert.equal(counted.length, 5, counted.map(({ expr }) => expr).join("\n"));
    // Above 0, or what stands in for "nothing yet" would do.
    const above = counted.map((query) => ({ ...query, expr: `(${query.expr}) > 0` }));
    assert.deepEqual(await withoutData(prometheus, above), []);
  });
  await t.step("and where it has what most machines lack", async () => {
    const sometimes = queries.filter(({ absent }) => absent !== undefined)
      // A look a minute over the range is right for hours, and would take a minute here.
      .map((query) => ({
        ...query,
        expr: query.expr.replaceAll(":1m]", ":1s]").replaceAll("offset 1m", "offset 1s"),
      }));
    assert.ok(sometimes.length > 50, `only ${sometimes.length}`);
    assert.deepEqual(await withoutData(prometheus, sometimes), []);
  });
  await t.step("alerts lead to their dashboard and runbook", async () => {
    const table = queries.find(({ panel }) => panel === "Alerts that fire")!;
    const { data } = await ask(prometheus, table.expr);
    const drill = data!.result.map(({ metric }) => metric).find(({ alertname }) =>
      alertname === "VigieDrill"
    )!;
    assert.equal(drill.severity, "info");
    assert.match(drill.dashboard!, /^vigie-alerts\?/);
    assert.match(drill.runbook!, /^http:\/\/127\.0\.0\.1:\d+\/runbooks\/VigieDrill$/);
  });
  await t.step("its variables have values, and its marks of alerts can be asked for", async () => {
    let variables = 0;
    for (const [path, text] of files) {
      if (!/^grafana\/dashboards\/.*\.json$/.test(path)) continue;
      const { templating, annotations } = JSON.parse(
        text.replaceAll(/\$(?:job|instance|device|name|channel|severity)\b/g, ".*"),
      );
      for (const { name, definition } of templating.list) {
        const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(definition)!;
        const found = await fetch(
          `${prometheus}/api/v1/label/${label}/values?${new URLSearchParams({ "match[]": selector! })}`,
        );
        const { status, error, data } = await found.json();
        assert.equal(status, "success", error);
        assert.ok(data.length > 0, `${path}: ${name} has no value in ${selector}`);
        variables++;
      }
      for (const { target } of annotations.list) {
        const { status, error } = await ask(prometheus, target.expr);
        assert.equal(status, "success", `${path}: ${error}`);
      }
    }
    assert.ok(variables >= 10, `only ${variables}`);
  });
  await t.step("and a query that gives nothing is found out", async () => {
    const { status, data } = await ask(prometheus, 'up{job="nobody"}');
    assert.equal(status, "success");
    assert.deepEqual(data!.result, []);
  });
});
