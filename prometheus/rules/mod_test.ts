import assert from "node:assert/strict";
import { parsePromql, printPromql } from "../../lib/promql/mod.ts";
import { durationMs } from "../../lib/units.ts";
import { notExposed } from "../testing/exposed.ts";
import { CONTEXT } from "../testing/rule_cases.ts";
import { FAMILIES } from "./mod.ts";
import { type AlertRule, isAlert, type RuleContext } from "./rule.ts";
import { inWords } from "./words.ts";

const METRIC_LABEL_NAME = /^[a-z_]+:[a-z0-9_]+:[a-z0-9_]+$/;
const HERE = new URL("./", import.meta.url);

function rules(context: RuleContext = CONTEXT) {
  return FAMILIES.flatMap((family) => family.rules(context));
}

function nameOf({ alert, severity }: AlertRule): string {
  return `${alert} ${severity}`;
}

Deno.test("FAMILIES have alerts and records of one name each, across all files", () => {
  const names = rules().map((rule) => isAlert(rule) ? nameOf(rule) : rule.record);
  assert.deepEqual(names.filter((name, i) => names.indexOf(name) !== i), []);
});

Deno.test("ALERT_NAMES are the names of all alerts; UPDATE_GOLDEN=1 writes them anew", async () => {
  const names = [...new Set(rules().filter(isAlert).map(({ alert }) => alert))].sort();
  if (Deno.env.get("UPDATE_GOLDEN")) {
    const file = new URL("names.ts", HERE);
    const list = /(?<=\[\n)[^]*(?=\] as const)/;
    const text = names.map((name) => `  ${JSON.stringify(name)},\n`).join("");
    await Deno.writeTextFile(file, (await Deno.readTextFile(file)).replace(list, () => text));
  }
  const { ALERT_NAMES } = await import(`./names.ts?${crypto.randomUUID()}`);
  assert.deepEqual(ALERT_NAMES, names, "run it again with UPDATE_GOLDEN=1");
});

Deno.test("FAMILIES name their records level:metric:operations", () => {
  for (const rule of rules()) {
    if (!isAlert(rule)) assert.match(rule.record, METRIC_LABEL_NAME);
  }
});

Deno.test("FAMILIES look back over at least four scrapes, however rare these are", () => {
  for (const scrapeInterval of ["1s", "15s", "2m", "5m"]) {
    for (const rule of rules({ ...CONTEXT, scrapeInterval })) {
      for (const [, window] of rule.expr.matchAll(/\[([^\]]+)\]/g)) {
        assert.ok(durationMs(window!) >= 4 * durationMs(scrapeInterval), `${rule.expr} at ${scrapeInterval}`);
      }
    }
  }
});

Deno.test("FAMILIES name only metrics and labels that an exporter exposes or a rule records", () => {
  const recorded = new Set(rules().flatMap((rule) => isAlert(rule) ? [] : [rule.record]));
  assert.deepEqual(notExposed(rules(), recorded), []);
});

Deno.test("FAMILIES write PromQL as Prometheus prints it", () => {
  const others = rules().flatMap(({ expr: text }) => {
    const { expr } = parsePromql(text);
    return expr !== undefined && printPromql(expr) === text ? [] : [text];
  });
  assert.deepEqual(others, []);
});

Deno.test("FAMILIES are all tried: each is handed to testRules by the tests beside it", async () => {
  const tried = new Set<unknown>();
  for (const { name } of Deno.readDirSync(HERE)) {
    if (!name.endsWith("_test.ts")) continue;
    const source = await Deno.readTextFile(new URL(name, HERE));
    for (const [, family] of source.matchAll(/^testRules\((\w+),/gm)) {
      const from = new RegExp(`^import \\{ ${family} \\} from "(\\./\\w+\\.ts)";$`, "m").exec(source)?.[1];
      assert.ok(from, `${name} imports ${family} from a file beside it`);
      tried.add((await import(new URL(from, HERE).href))[family!]);
    }
  }
  assert.deepEqual(FAMILIES.filter((family) => !tried.has(family)).map(({ name }) => name), []);
});

Deno.test("FAMILIES ask for the line of every alert that waits or has a threshold, and draw it", () => {
  const asked = new Map<string, number | undefined>();
  // Odd ones: no text has them by chance.
  const moved = { threshold: 37.5, for: "47m" };
  const drawn = rules({
    ...CONTEXT,
    line: (alert, defaults, severity) => {
      asked.set(`${alert} ${severity}`, defaults.threshold);
      return { ...defaults, ...moved };
    },
  }).filter(isAlert);
  for (const rule of rules().filter(isAlert)) {
    const name = nameOf(rule);
    const there = drawn.find((each) => nameOf(each) === name)!;
    if (rule.for !== undefined) assert.equal(there.for, moved.for, name);
    if (rule.for === undefined && rule.threshold === undefined) continue;
    assert.ok(asked.has(name), `${name} asks for its line, and says of which severity`);
    if (rule.threshold !== undefined) {
      assert.equal(rule.threshold, asked.get(name), name);
      assert.equal(there.threshold, moved.threshold, name);
      assert.notEqual(there.expr, rule.expr, `${name} compares with what is set`);
    }
    for (const locale of ["fr", "en"] as const) {
      // What a text says of the line it says of the one that is drawn.
      const usual = inWords(rule.for ?? "0s")[locale];
      const said = new RegExp(`(pendant|depuis|for) ${usual}|seuil :|limit:`).exec(rule.description[locale]);
      if (said) assert.notEqual(there.description[locale], rule.description[locale], name);
    }
  }
});
