import { deepEqual, equal } from "node:assert/strict";
import { seriesName, shown } from "./field.ts";
import { linksOf } from "./links.ts";
import { readDashboard } from "./model.ts";
import { samplesOf } from "./readings.ts";
import { tableOf } from "./table.ts";
import { axisNumbers, formatNumber } from "./units.ts";

const text = (value: number, unit: string, decimals?: number) =>
  formatNumber(value, { unit, decimals, locale: "en" }).replaceAll("\u00a0", " ");

Deno.test("formatNumber writes numbers with their units", () => {
  const cases: [number, string, string][] = [
    [12.345, "percent", "12.3%"],
    [0.5, "percentunit", "50%"],
    [1_536, "bytes", "1.5 KiB"],
    [999.96, "Bps", "1 kB/s"],
    [0, "s", "0 s"],
    [90, "s", "1.5 min"],
    [0.00123, "s", "1.23 ms"],
    [3, "d", "3 d"],
    [404, "none", "404"],
    [12_345, "short", "12.3 k"],
    [-2_000, "short", "-2 k"],
    [21.5, "celsius", "21.5 °C"],
    [3, "suffix:cats", "3 cats"],
    [NaN, "short", "NaN"],
    [Infinity, "s", "∞"],
    [1, "constructor", "1 constructor"],
  ];
  for (const [value, unit, expected] of cases) equal(text(value, unit), expected, `${value} ${unit}`);
  equal(text(1.005, "s", 1), "1.0 s");
  equal(formatNumber(1_536, { unit: "bytes", locale: "fr" }), "1,5\u00a0Kio");
});

Deno.test("axisNumbers never writes two numbers alike", () => {
  deepEqual(axisNumbers([1_000.1, 1_000.2], { unit: "none", locale: "en" }), ["1000.1", "1000.2"]);
  deepEqual(axisNumbers([100_100, 100_200], { unit: "short", locale: "en" }).length, 2);
});

const fieldConfig = {
  defaults: {
    unit: "percent",
    thresholds: {
      mode: "absolute",
      steps: [{ value: null, color: "green" }, { value: 90, color: "dark-red" }],
    },
  },
  overrides: [{
    matcher: { id: "byName", options: "State" },
    properties: [{
      id: "mappings",
      value: [{ type: "value", options: { "0": { text: "down", color: "red" } } }],
    }],
  }, {
    matcher: { id: "byName", options: "Load" },
    properties: [{ id: "custom.cellOptions", value: { type: "color-text" } }],
  }],
};
const [PANEL] = readDashboard({
  uid: "a",
  panels: [{
    type: "table",
    fieldConfig,
    targets: [{ refId: "A", expr: "up" }, { refId: "B", expr: "load" }],
    transformations: [{ id: "merge" }, {
      id: "organize",
      options: {
        excludeByName: { Time: true },
        indexByName: { host: 0, "Value #A": 1, "Value #B": 2 },
        renameByName: { host: "Host", "Value #A": "State", "Value #B": "Load" },
      },
    }],
    options: { sortBy: [{ displayName: "Load", desc: true }] },
  }],
})!.rows[0]!.panels;

function vector(values: Readonly<Record<string, string>>) {
  const result = Object.entries(values).map(([host, value]) => ({ metric: { host }, value: [0, value] }));
  return { ok: true, text: JSON.stringify({ data: { resultType: "vector", result } }) } as const;
}

Deno.test("tableOf joins its queries to rows, names and sorts them, and says nothing where there is nothing", () => {
  const { samples } = samplesOf(PANEL!.targets, [
    vector({ a: "1", b: "0", c: "1" }),
    vector({ a: "10", c: "95" }),
  ]);
  const { columns, rows } = tableOf(PANEL!, samples, "en", 0);
  deepEqual(columns.map(({ title }) => title), ["Host", "State", "Load"]);
  deepEqual(rows.map(({ cells }) => cells.map((cell) => cell?.text)), [
    ["c", "1%", "95%"],
    ["a", "1%", "10%"],
    ["b", "down", undefined],
  ]);
  deepEqual(rows.map(({ cells }) => cells[2]?.tone), ["critical", "good", undefined]);
});

Deno.test("samplesOf keeps what was answered beside why the rest was not", () => {
  const failed = { ok: false, status: 504, error: "too slow" } as const;
  const { samples, failures } = samplesOf(PANEL!.targets, [failed, vector({ a: "+Inf" })]);
  deepEqual([samples.map(({ value }) => value), failures], [[Infinity], ["too slow"]]);
});

Deno.test("shown prefers a mapping's text to the unit, and no colour to a wrong one", () => {
  const field = PANEL!.field;
  deepEqual(shown(95, field, "en"), { text: "95%", tone: "critical" });
  deepEqual(shown("text", { ...field, steps: [] }, "en"), { text: "text", tone: undefined });
});

Deno.test("seriesName fills labels into the legend, or lists them", () => {
  equal(seriesName("{{a}} on {{ b }}", { a: "x" }), "x on");
  equal(seriesName("", { __name__: "up", job: "node" }), 'up{job="node"}');
});

Deno.test("linksOf leads to dashboards here, and nowhere but to the web", () => {
  const context = {
    range: { from: 0, to: 1, fromText: "now-1h", toText: "now" },
    choices: [],
  };
  const href = (url: string, labels = {}) =>
    linksOf([{ title: "", type: "", url }], context, labels)[0]?.href;
  equal(
    href("/d/vigie-host?var-instance=${__data.fields.host:percentencode}&${__url_time_range}", {
      host: "a&b",
    }),
    "/dashboards/vigie-host?var-instance=a%26b&from=now-1h&to=now",
  );
  equal(href("/d/vigie-alerts&${__url_time_range}"), "/dashboards/vigie-alerts?from=now-1h&to=now");
  equal(
    href("${__data.fields.runbook}", { runbook: "https://wiki.example.org/a?b=c" }),
    "https://wiki.example.org/a?b=c",
  );
  equal(href("${__data.fields.runbook}", { runbook: "javascript:alert(1)" }), undefined);
  equal(
    href("/d/${__data.fields.dashboard}", { dashboard: "vigie-host?var-instance=x" }),
    "/dashboards/vigie-host?var-instance=x",
  );
  equal(href("/d/../../evil"), undefined);
});
