/** Dashboards and alerts fit one another: every alert leads to a dashboard that exists and draws its line; every query asks for what is exposed. */

import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import assert from "node:assert/strict";
import { join } from "node:path";
import { withPlaces } from "../grafana/dashboards/alert_places.ts";
import { EXAMPLE_LINKS, EXAMPLE_SETTINGS } from "../grafana/example.ts";
import { panelQueries, renderGrafana } from "../grafana/mod.ts";
import { panelsOf } from "../grafana/queries.ts";
import type { Files } from "../lib/files.ts";
import { run } from "../lib/process.ts";
import { parsePromql, walk } from "../lib/promql/mod.ts";
import { toYaml } from "../lib/yaml.ts";
import { misnomersOf, scrapedOf } from "../prometheus/catalogue/mod.ts";
import { alertLines, alertPlaces } from "../prometheus/mod.ts";
import { binary } from "../tasks/binaries/mod.ts";
import { renderFor } from "../tasks/render.ts";
import { defineStack } from "../tasks/stack.ts";
import { readPage } from "./docs/markdown.ts";

// With probes and every service, so that every dashboard and every rule is there, and a host with a limit of its own.
const STACK = defineStack({
  locale: "en",
  hosts: [{ name: "localhost" }, { name: "db-1", address: "10.0.0.8", labels: { role: "database" } }],
  rules: { HostMemoryHigh: { hosts: [{ matchers: ['role="database"'], threshold: 95 }] } },
  probes: [
    { name: "site", kind: "http", target: "https://example.org/" },
    { name: "port", kind: "tcp", target: "example.org:443", tls: true },
  ],
});
const FILES = renderFor(STACK, {
  engine: "docker",
  buildDir: "/srv/vigie/build",
  stateDir: "/srv/vigie/.state",
  configDir: "/srv/vigie",
});
const RUNBOOKS = "http://127.0.0.1:9094/runbooks";
const PLACES = Object.entries(alertPlaces(STACK, RUNBOOKS));

function dashboardsIn(files: Files): Map<string, Dashboard> {
  return new Map(
    [...files].filter(([path]) => /^grafana\/dashboards\/.*\.json$/.test(path))
      .map(([, text]): Dashboard => JSON.parse(text)).map((dashboard) => [dashboard.uid!, dashboard]),
  );
}

Deno.test("every alert leads to a dashboard that exists, by variables that it has", () => {
  const dashboards = dashboardsIn(FILES);
  assert.ok(PLACES.length > 60);
  for (const [alert, { dashboard, runbookUrl }] of PLACES) {
    assert.ok(dashboard, `${alert} leads to no dashboard`);
    assert.equal(runbookUrl, `${RUNBOOKS}/${alert}`);
    const names = dashboards.get(dashboard.uid)?.templating.list?.map(({ name }) => name);
    assert.ok(names, `${alert} leads to "${dashboard.uid}", which does not exist`);
    for (const variable of dashboard.variables) {
      assert.ok(names.includes(variable), `"${dashboard.uid}" has no variable "${variable}" (${alert})`);
    }
  }
});

// Why no graph draws the line of an alert.
const NOT_DRAWN: Readonly<Record<string, string>> = {
  BackupNotVerified: "an age, told by `deno task status`",
  BackupOverdue: "an age, told by `deno task status`",
  EntryCertificateExpiring: "the dashboard of probes draws the certificates of what config.ts probes",
  EntryCertificateNotRenewed: "the dashboard of probes draws the certificates of what config.ts probes",
  HostDiskFillingUp: "half of its condition: what is predicted counts as much",
  HostInodesFillingUp: "half of its condition: what is predicted counts as much",
  WebhookJournalSalvaged: "how long it is told, not what of",
};

Deno.test("every alert that compares with a number has its line in the dashboard that it leads to", () => {
  const lines = alertLines(STACK);
  const render = (drawn: typeof lines) =>
    dashboardsIn(renderGrafana(EXAMPLE_SETTINGS, "en", { ...EXAMPLE_LINKS, lines: drawn }));
  const all = render(lines);
  const missing = Object.keys(lines).filter((alert) => {
    const { [alert]: _, ...others } = lines;
    const { uid } = PLACES.find(([name]) => name === alert)![1].dashboard!;
    return JSON.stringify(all.get(uid)) === JSON.stringify(render(others).get(uid));
  });
  assert.ok(Object.keys(lines).length > 30);
  assert.deepEqual(missing.sort(), Object.keys(NOT_DRAWN));
});

Deno.test("every query of every dashboard asks for metrics and labels that are exposed", () => {
  const scraped = scrapedOf(FILES)!;
  const wrong = panelQueries(FILES).flatMap(({ dashboard, panel, expr }) => {
    const parsed = parsePromql(expr);
    assert.deepEqual(parsed.errors, [], `${dashboard} "${panel}": ${expr}`);
    return misnomersOf(parsed.expr!, scraped).map(({ message }) => `${dashboard} "${panel}": ${message}`);
  });
  assert.deepEqual(wrong, []);
});

Deno.test("no graph shows what a rule stores under the rule's name beside what stands in for it: a gap would be two series", () => {
  const bare = panelQueries(FILES).flatMap(({ dashboard, panel, expr }) => {
    const found: string[] = [];
    walk(parsePromql(expr).expr!, (node, parents) => {
      if (node.kind !== "vector" || !node.metric?.includes(":")) return;
      const isChosen = parents.some((parent) => parent.kind === "binary" && parent.op === "or");
      const losesName = parents.some(({ kind, ...parent }) =>
        kind === "aggregation" || kind === "call" ||
        kind === "binary" && /^[-+*/%^]$/.test((parent as { op: string }).op)
      );
      if (isChosen && !losesName) found.push(`${dashboard} "${panel}": ${node.metric}`);
    });
    return found;
  });
  assert.deepEqual(bare, []);
});

Deno.test("withPlaces gives each alert the address of its dashboard and its runbook", async () => {
  const expr = withPlaces("alerts", {
    ...alertPlaces(STACK, RUNBOOKS),
    Mine: { runbookUrl: "https://wiki.example.org/mine" },
    MyDisk: { dashboard: { uid: "vigie-host", variables: ["instance", "device"] } },
  });
  const cases: [alert: string, dashboard: string, runbook: string | undefined][] = [
    ["HostCpuHigh", "vigie-host?var-instance=web-1", `${RUNBOOKS}/HostCpuHigh`],
    [
      "HostDiskIoSaturated",
      "vigie-host?var-instance=web-1&var-device=sda",
      `${RUNBOOKS}/HostDiskIoSaturated`,
    ],
    ["MyDisk", "vigie-host?var-instance=web-1&var-device=sda", undefined],
    ["PrometheusReloadFailed", "vigie-stack?", `${RUNBOOKS}/PrometheusReloadFailed`],
    ["Mine", "vigie-alerts?", "https://wiki.example.org/mine"],
    ["Unheard", "vigie-alerts?", undefined],
  ];
  const series = (alert: string) => `{alertname="${alert}",device="sda",instance="web-1"`;
  const test = {
    rule_files: [],
    tests: [{
      input_series: cases.map(([alert]) => ({ series: `alerts${series(alert)}}`, values: "1" })),
      promql_expr_test: [{
        // What the parts were joined into is a means only.
        expr: `max without (place) (${expr})`,
        eval_time: "0s",
        exp_samples: cases.map(([alert, dashboard, runbook]) => ({
          labels: `${series(alert)},dashboard="${dashboard}"${runbook ? `,runbook="${runbook}"` : ""}}`,
          value: 1,
        })),
      }],
    }],
  };
  const directory = await Deno.makeTempDir();
  try {
    const file = join(directory, "test.yml");
    await Deno.writeTextFile(file, toYaml(test));
    const { path } = await binary("promtool");
    const { code, stdout, stderr } = await run(path, ["test", "rules", file]);
    assert.equal(code, 0, stdout + stderr);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a graph draws the limit of the host that is shown, where config.ts gives it one of its own", () => {
  const drawn = panelQueries(FILES).filter(({ dashboard, panel, expr }) =>
    dashboard === "vigie-host" && panel === "Memory used" && expr.startsWith("vector(")
  );
  assert.deepEqual(drawn.map(({ expr }) => expr), [
    'vector(90) and on () (up{instance=~".*"} unless up{instance=~".*",role="database"})',
    'vector(95) and on () (up{instance=~".*",role="database"})',
  ]);
});

Deno.test("docs/dashboards.md names every dashboard and its variables", async () => {
  const page = await readPage("docs/dashboards.md");
  const rows = page.split("\n").filter((line) => line.startsWith("| ") && line.includes("`vigie-"));
  const written = rows.map((row) => {
    const [, title, , variables] = row.split("|").map((cell) => cell.trim());
    return [title, [...variables!.matchAll(/`(\w+)`/g)].map(([, name]) => name)];
  });
  const there = [...dashboardsIn(FILES).values()].map(({ title, uid, templating }) => [
    `${title}, \`${uid}\``,
    templating.list!.map(({ name }) => name),
  ]);
  assert.deepEqual(written.sort(), there.sort());
});

Deno.test("docs/alerts.md names rows and panels that the dashboards have", async () => {
  const page = await readPage("docs/alerts.md");
  const titles = new Set(
    [...dashboardsIn(FILES).values()].flatMap(panelsOf).map(({ panel }) => panel.title),
  );
  const named = [...page.matchAll(/\b(?:rows?|panels?)\s+"([^"]+)"/g)].map(([, title]) => title!);
  assert.ok(named.length >= 2, named.join());
  assert.deepEqual(named.filter((title) => !titles.has(title)), []);
});
