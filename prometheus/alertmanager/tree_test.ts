import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../lib/process.ts";
import { binary } from "../../tasks/binaries/mod.ts";
import { exampleFiles, MEASURE, routing } from "../testing/example.ts";
import { withFiles } from "../testing/programs.ts";
import { CONFIG, parseConfigFile } from "./config_file.ts";
import { allRoutes, routeNodes, routesFor, routeText } from "./tree.ts";

/** A tree with everything that Alertmanager's routes can have, older forms and ambiguous nesting included. */
const HAIRY = `route:
  receiver: root
  group_by: [alertname]
  routes:
    - match: { team: db }
      match_re: { severity: crit.*|warning }
      receiver: dba
      continue: true
      routes:
        - matchers: [ '{instance=~"db-[0-9]+", severity!="warning"}' ]
          receiver: db-night
          group_by: [ '...' ]
    - matchers: [ severity = critical, 'alertname!~"(?i)host.*|Web,hook"' ]
      repeat_interval: 1h
      routes:
        - receiver: oncall
          continue: true
        - matchers: [ 'note=""' ]
          receiver: no-note
          mute_time_intervals: [ night ]
    - matchers: [ 'message="say \\"a, b\\""' ]
      receiver: quoted
    - receiver: rest
      matchers: [ 'team=~".+"' ]
receivers: [ { name: root }, { name: dba }, { name: db-night }, { name: oncall }, { name: no-note }, { name: quoted }, { name: rest } ]
time_intervals:
  - name: night
    time_intervals: [ { times: [ { start_time: "00:00", end_time: "06:00" } ] } ]
`;

const GENERATED = exampleFiles(
  MEASURE,
  routing({
    severities: { critical: "oncall", info: "console" },
    teams: { db: "oncall", web: "console", "a|b": "oncall" },
    routes: [
      { matchers: ['instance=~"web-.*"'], receiver: "oncall", continue: true },
      { matchers: ['alertname="HostOomKill"', "severity=warning"], receiver: "nobody" },
    ],
    bypass: "oncall",
    quietHours: { times: [{ from: "20:00", to: "08:00" }], timezone: "Europe/Paris" },
    timing: { warning: { groupBy: ["instance"] } },
  }),
).get(CONFIG)!;

/** Values that the labels of the alerts take; `""` for a label that is not there. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  alertname: ["HostDown", "HostOomKill", "WebhookDown", "Watchdog", "VigieDrill"],
  severity: ["critical", "warning", "info", "none", "page", ""],
  team: ["db", "web", "a|b", "other", ""],
  instance: ["web-1", "db-12", ""],
  note: ["x", ""],
  message: ['say "a, b"', ""],
};

/** So many different label sets, spread over all combinations. */
function labelSets(count: number): Record<string, string>[] {
  const entries = Object.entries(VALUES);
  const total = entries.reduce((product, [, values]) => product * values.length, 1);
  return Array.from({ length: count }, (_, i) => {
    // 7919 is prime and no factor of the total: no combination comes twice.
    let rest = i * 7919 % total;
    return Object.fromEntries(entries.flatMap(([label, values]) => {
      const value = values[rest % values.length]!;
      rest = Math.floor(rest / values.length);
      return value === "" ? [] : [[label, value]];
    }));
  });
}

for (
  const [name, text, count] of [["a hairy tree", HAIRY, 60], ["a generated tree", GENERATED, 70]] as const
) {
  Deno.test(`routesFor finds the receivers that amtool finds in ${name}`, async () => {
    const { path: amtool } = await binary("amtool");
    const root = await routeNodes(parseConfigFile(text)!.route);
    const seen = new Set<string>();
    await withFiles(new Map([["am.yml", text]]), async (directory) => {
      for (const labels of labelSets(count)) {
        const { code, stdout, stderr } = await run(amtool, [
          "config",
          "routes",
          "test",
          `--config.file=${join(directory, "am.yml")}`,
          ...Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`),
        ]);
        assert.equal(code, 0, stderr);
        const own = routesFor(root, labels).map(({ receiver }) => receiver).join(",");
        assert.equal(own, stdout.trim(), JSON.stringify(labels));
        seen.add(own);
      }
    });
    assert.ok(seen.size >= 6, [...seen].join("; "));
  });
}

Deno.test("routeNodes inherits all but time intervals, and starts from Alertmanager's own defaults", async () => {
  const root = await routeNodes(parseConfigFile(HAIRY)!.route);
  const nodes = allRoutes(root);
  const told = (receiver: string) => nodes.find((node) => node.receiver === receiver)!;
  assert.deepEqual([root.groupWait, root.groupInterval, root.repeatInterval], ["30s", "5m", "4h"]);
  assert.deepEqual(told("db-night").groupBy, ["..."]);
  assert.deepEqual([told("oncall").repeatInterval, told("oncall").groupBy], ["1h", ["alertname"]]);
  assert.deepEqual([told("no-note").muted, told("oncall").muted], [["night"], []]);
  assert.deepEqual(nodes.map(routeText), [
    "the root",
    'the route {team="db", severity=~"crit.*|warning"}',
    'the route {instance=~"db-[0-9]+", severity!="warning"}',
    'the route {severity="critical", alertname!~"(?i)host.*|Web,hook"}',
    "the route without matchers",
    'the route {note=""}',
    'the route {message="say \\"a, b\\""}',
    'the route {team=~".+"}',
  ]);
});
