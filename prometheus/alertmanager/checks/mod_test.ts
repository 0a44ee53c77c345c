import assert from "node:assert/strict";
import type { Check } from "../../../lib/check.ts";
import { type Files, mergeFiles } from "../../../lib/files.ts";
import { renderPrometheus } from "../../mod.ts";
import {
  ALERTMANAGER_LINKS,
  exampleFiles,
  LINKS,
  MEASURE,
  RECEIVERS,
  routing,
} from "../../testing/example.ts";
import { contextOf, withFiles } from "../../testing/programs.ts";
import { renderAlertmanager } from "../mod.ts";
import { noBypass } from "./bypass.ts";
import { alertmanagerChecks } from "./mod.ts";

const CONFIG = "alertmanager/alertmanager.yml";
const TEMPLATE = "alertmanager/templates/vigie.tmpl";
const SECRETS = ["slack-url", "pagerduty-routing-key", "email-password", "email-ca"]
  .map((file) => `/run/secrets/vigie/oncall-${file}`);

const FILES = exampleFiles(
  MEASURE,
  routing({
    routes: [
      { matchers: ["severity = critical", 'instance=~"web-\\d+"'], receiver: "oncall", continue: true },
      { matchers: ['note!="say \\"hi\\""', 'team!~"web|db|"'], receiver: "oncall" },
    ],
    quietHours: { times: [{ from: "20:00", to: "08:00" }], timezone: "Europe/Paris" },
  }),
);

type Spoil = (text: string) => string;

/** Replaces text that must be there. */
const edit = (from: string, to: string): Spoil => (text) => {
  assert.ok(text.includes(from), `"${from}" is not in\n${text}`);
  return text.replace(from, to);
};
const append = (more: string): Spoil => (text) => text + more;
/** Puts routes before those of the severities. */
const addRoute = (route: string): Spoil =>
  edit("    - receiver: nobody\n", `${route}    - receiver: nobody\n`);

/** What is done to alertmanager.yml → what the checks then find. */
const CASES: Record<string, { spoil: Spoil; expected: readonly string[] }> = {
  "nothing in what is rendered": { spoil: (text) => text, expected: [] },
  "an unknown key, with its line": {
    spoil: edit("  group_wait: 10s", "  group_weight: 10s"),
    expected: [
      "alertmanager/config error | group_weight: 10s | Field group_weight not found in type config.plain",
    ],
  },
  "text that is not YAML, with its line": {
    spoil: edit("route:\n", "route\n"),
    expected: ["alertmanager/config error | receiver: console | Could not find expected ':'"],
  },
  "a receiver that is not defined": {
    spoil: edit(
      "receiver: oncall\n      matchers:\n        - severity",
      "receiver: oncal\n      matchers:\n        - severity",
    ),
    expected: [
      'alertmanager/config error |  | Undefined receiver "oncal" used in route',
      'alertmanager/receivers error | - receiver: oncal | A route leads to the receiver "oncal", which is not defined',
    ],
  },
  "a receiver without destination, which amtool takes": {
    spoil: (text) => {
      const start = text.indexOf("  - name: console\n");
      return `${text.slice(0, start)}  - name: console\n${text.slice(text.indexOf("  - name: oncall"))}`;
    },
    expected: [
      'alertmanager/receivers error | - name: console | The receiver "console" has no destination: its alerts would reach nobody',
      "alertmanager/told-nobody warning | - receiver: console | The critical alert …",
    ],
  },
  "a receiver that no route leads to, which amtool takes": {
    spoil: append("  - name: spare\n    webhook_configs:\n      - url: http://127.0.0.1/\n"),
    expected: ['alertmanager/receivers warning | - name: spare | No route leads to the receiver "spare"'],
  },
  "a route whose matchers contradict each other, which amtool takes": {
    spoil: addRoute(
      '    - receiver: oncall\n      matchers: [ severity="critical", severity=~"warning|info" ]\n',
    ),
    expected: [
      'alertmanager/shadowed-route error | - receiver: oncall | The route {severity="critical", severity=~"warning|info"} never takes an alert: severity="critical" and severity=~"warning|info" contradict each other',
    ],
  },
  "a route that contradicts the one above it": {
    spoil: addRoute(
      '    - receiver: oncall\n      matchers: [ team="db" ]\n      routes:\n        - receiver: console\n          matchers: [ team="web" ]\n',
    ),
    expected: [
      'alertmanager/shadowed-route error | - receiver: console | The route {team="web"} never takes an alert: team="db" and team="web" contradict each other',
    ],
  },
  "a route behind one that takes all of its alerts": {
    spoil: addRoute(
      '    - receiver: oncall\n      matchers: [ team=~"db|web" ]\n    - receiver: console\n      matchers: [ team="db", severity="critical" ]\n',
    ),
    expected: [
      'alertmanager/shadowed-route error | - receiver: console | The route {team="db", severity="critical"} to "console" never takes an alert: the route {team=~"db|web"} before it takes them all',
    ],
  },
  "a route without matchers before others": {
    spoil: addRoute("    - receiver: oncall\n"),
    expected: [
      'alertmanager/shadowed-route error | - receiver: nobody | The route {severity="none"} to "nobody" never takes an alert: the route without matchers before it takes them all',
      'alertmanager/shadowed-route error | - receiver: oncall | The route {severity="critical", instance=~"web-\\\\d+"} to "oncall" never takes an alert: the route without matchers before it takes them all',
      'alertmanager/shadowed-route error | - receiver: oncall | The route {note!="say \\"hi\\"", team!~"web|db|"} to "oncall" never takes an alert: the route without matchers before it takes them all',
      'alertmanager/shadowed-route error | - receiver: console | The route {severity="warning"} to "console" never takes an alert: the route without matchers before it takes them all',
      'alertmanager/shadowed-route error | - receiver: console | The route {severity="info"} to "console" never takes an alert: the route without matchers before it takes them all',
      'alertmanager/shadowed-route error | - receiver: console | The route without matchers to "console" never takes an alert: the route without matchers before it takes them all',
    ],
  },
  "nothing in a route behind one that goes on, or that asks for more": {
    spoil: addRoute(
      '    - receiver: oncall\n      matchers: [ team="db" ]\n      continue: true\n    - receiver: console\n      matchers: [ team="db", instance="a" ]\n' +
        '    - receiver: console\n      matchers: [ team=~"d.*" ]\n    - receiver: oncall\n      matchers: [ team!="web" ]\n',
    ),
    expected: [],
  },
  "a label and a value that no alert has": {
    spoil: addRoute(
      '    - receiver: oncall\n      matchers: [ sevrity="critical" ]\n    - receiver: oncall\n      matchers: [ severity=~"critcal|warning", instance!="" ]\n' +
        '    - receiver: oncall\n      matchers: [ alertname="HostDwon" ]\n      group_by: [ alertnam, instance ]\n',
    ),
    expected: [
      'alertmanager/unknown-label warning | matchers: [ sevrity="critical" ] | The route {sevrity="critical"} asks for the label "sevrity", which no alert has; did you mean "severity"?',
      'alertmanager/unknown-label warning | matchers: [ severity=~"critcal|warning", instance!="" ] | The route {severity=~"critcal|warning", instance!=""} asks for severity="critcal", which no alert has; did you mean "critical"?',
      'alertmanager/unknown-label warning | matchers: [ alertname="HostDwon" ] | The route {alertname="HostDwon"} asks for alertname="HostDwon", which no alert has; did you mean "HostDown"?',
      'alertmanager/unknown-label warning | group_by: [ alertnam, instance ] | The route {alertname="HostDwon"} groups by the label "alertnam", which no alert has; did you mean "alertname"?',
    ],
  },
  "an alert that is told twice": {
    spoil: addRoute(
      '    - receiver: console\n      matchers: [ alertname="HostDown" ]\n      continue: true\n',
    ),
    expected: [
      'alertmanager/told-twice warning | - receiver: console | "HostDown" is told "console" twice: two routes lead there',
    ],
  },
  "a critical alert that nobody is told": {
    spoil: addRoute('    - receiver: nobody\n      matchers: [ alertname="HostDown" ]\n'),
    expected: [
      'alertmanager/told-nobody warning | - receiver: nobody | The critical alert "HostDown" is told nobody: it goes to "nobody"',
    ],
  },
  "an inhibition that mutes its own sources, which amtool takes": {
    spoil: edit('      - alertname!="HostDown"\n', ""),
    expected: [
      'alertmanager/inhibits-itself error | - source_matchers: | Inhibition 3 mutes its own sources: "HostDown" fits both of its sides',
    ],
  },
  "an inhibition by severity that mutes its own sources": {
    spoil: edit('severity=~"warning|info"', 'severity=~"critical|warning"'),
    expected: [
      "alertmanager/inhibits-itself error | - source_matchers: | Inhibition 1 mutes its own sources: …",
    ],
  },
  "an inhibition that mutes every other host": {
    spoil: edit("    equal:\n      - instance\n", "    equal:\n      - cluster\n"),
    expected: [
      'alertmanager/inhibits-others error | - source_matchers: | Inhibition 3 lets an alert about one host mute alerts about every other: it does not ask for the same "instance"',
    ],
  },
  "an inhibition keyed on a label that both sides lack": {
    spoil: (text) => text.replaceAll(/ +- instance!=""\n/g, ""),
    expected: [1, 2].map((number) =>
      `alertmanager/inhibits-others error | - source_matchers: | Inhibition ${number} lets an alert without "instance" mute every other one without it: a label that both lack counts as equal`
    ),
  },
  "a template in a setting that cannot be written, which amtool takes": {
    spoil: edit("title: '{{ template \"vigie.title\" . }}'", "title: '{{ .NoSuchField }}'"),
    expected: [
      "alertmanager/templates error | title: '{{ .NoSuchField }}' | The receiver \"oncall\" would send an empty title: <.NoSuchField>: can't evaluate field NoSuchField in type template.Data",
    ],
  },
  "a template in a setting that names one that is not there": {
    spoil: edit(
      "fallback: '{{ template \"vigie.title\" . }}'",
      "fallback: '{{ template \"vigie.titel\" . }}'",
    ),
    expected: [
      'alertmanager/templates error | fallback: \'{{ template "vigie.titel" . }}\' | The receiver "oncall" would send an empty fallback: <{{template "vigie.titel" .}}>: template "vigie.titel" not defined',
    ],
  },
  "a file with a secret that nobody puts there, which amtool takes": {
    spoil: (text) => text.replaceAll("oncall-slack-url", "oncall-slak-url"),
    expected: [
      'alertmanager/files error | api_url_file: /run/secrets/vigie/oncall-slak-url | The receiver "oncall" reads "/run/secrets/vigie/oncall-slak-url", which is not there',
      'alertmanager/files error | api_url_file: /run/secrets/vigie/oncall-slak-url | The receiver "drill" reads "/run/secrets/vigie/oncall-slak-url", which is not there',
    ],
  },
  "a time interval that is not defined, and one that no route names": {
    spoil: (text) => text.replaceAll("        - quiet-hours\n", "        - quite-hours\n"),
    expected: [
      'alertmanager/config error |  | Undefined time interval "quite-hours" used in route',
      'alertmanager/time-intervals error | - receiver: oncall | The route {severity="warning"} names the time interval "quite-hours", which is not defined',
      'alertmanager/time-intervals error | - receiver: oncall | The route {severity="info"} names the time interval "quite-hours", which is not defined',
      'alertmanager/time-intervals error | - receiver: console | The route {severity="warning"} names the time interval "quite-hours", which is not defined',
      'alertmanager/time-intervals error | - receiver: console | The route {severity="info"} names the time interval "quite-hours", which is not defined',
      'alertmanager/time-intervals warning | - name: quiet-hours | No route names the time interval "quiet-hours"',
    ],
  },
  "quiet hours that never end": {
    spoil: edit(
      /- times:[^]*?location: Europe\/Paris\n/.exec(FILES.get(CONFIG)!)![0],
      "- location: Europe/Paris\n",
    ),
    expected: [
      'alertmanager/time-intervals error | - name: quiet-hours | The time interval "quiet-hours" is all the week: the alerts that it mutes are never told',
    ],
  },
  "quiet hours for critical alerts": {
    spoil: addRoute(
      '    - receiver: console\n      matchers: [ severity="critical", team="db" ]\n      mute_time_intervals: [ quiet-hours ]\n',
    ),
    expected: [
      "alertmanager/time-intervals error | - receiver: console | The critical alert …",
    ],
  },
  "intervals that are not what they say": {
    spoil: addRoute(
      '    - receiver: oncall\n      matchers: [ team="db" ]\n      repeat_interval: 30s\n    - receiver: oncall\n      matchers: [ team="web" ]\n      repeat_interval: 2w\n',
    ),
    expected: [
      'alertmanager/timing warning | - receiver: oncall | Alerts of the route {team="db"} are told again every 1m, not every 30s: a group is looked at once in its group interval',
      'alertmanager/timing warning | - receiver: oncall | Alerts of the route {team="web"} are told again sooner than every 2w: Alertmanager remembers for 5d what it has told',
    ],
  },
};

for (const [name, { spoil, expected }] of Object.entries(CASES)) {
  Deno.test(`alertmanagerChecks find ${name}`, async () => {
    const text = spoil(FILES.get(CONFIG)!);
    const found = await foundIn(new Map([...FILES, [CONFIG, text]]), text);
    // What depends on which alerts there are is left open.
    const shown = found.map((line, i) => {
      const wanted = expected[i] ?? "";
      return wanted.endsWith("…") ? line.slice(0, wanted.length - 1) + "…" : line;
    });
    assert.deepEqual(shown, expected);
  });
}

Deno.test("alertmanagerChecks find files that are missing or cannot be read", async () => {
  const without = (path: string) => new Map([...FILES].filter(([each]) => each !== path));
  assert.deepEqual(await foundIn(without(CONFIG), ""), [
    "alertmanager/config error |  | There is no such file",
  ]);
  assert.deepEqual(await foundIn(without(TEMPLATE), FILES.get(CONFIG)!), [
    'alertmanager/config error | - templates/*.tmpl | No file matches "templates/*.tmpl": messages would be empty',
  ]);
});

Deno.test("alertmanager/no-bypass speaks once somebody is told, and no destination passes by the webhook", async () => {
  const receivers = [{ name: "console", webhook: true, native: [] }, {
    ...RECEIVERS[1]!,
    name: "independent",
  }];
  const found = async (bypass: string | undefined, kinds: readonly string[]) => {
    const routed = routing({ bypass, severities: { info: "independent" } });
    const webhook = JSON.stringify({ channels: kinds.map((kind) => ({ kind })) });
    const files = mergeFiles(
      new Map([["webhook/webhook.json", webhook]]),
      renderPrometheus(MEASURE, "en", LINKS),
      renderAlertmanager(routed, receivers, "en", ALERTMANAGER_LINKS),
    );
    return (await foundIn(files, "", [noBypass])).map((line) => line.split(" | ").at(-1));
  };
  assert.deepEqual(await found(undefined, ["console"]), []);
  assert.deepEqual(await found(undefined, ["console", "slack"]), [
    "WebhookDown goes only through the webhook: when that is dead, nobody is told",
  ]);
  assert.deepEqual(await found("independent", ["console", "slack"]), []);
});

/** What the checks find: `id severity | the line that they name | message`. */
async function foundIn(
  files: Files,
  text: string,
  checks: readonly Check[] = alertmanagerChecks,
): Promise<string[]> {
  const found: string[] = [];
  await withFiles(files, async (directory) => {
    const context = { ...contextOf(directory, files), secretFiles: SECRETS };
    for (const check of checks) {
      for (const { severity, file, line, message, cure, check: id } of await check.run(context)) {
        assert.equal(id, check.id);
        assert.equal(file, CONFIG);
        assert.match(cure, /^[A-Z].*[^.]$/);
        assert.doesNotMatch(message, /\.$|undefined$/);
        found.push(
          `${id} ${severity} | ${line === undefined ? "" : text.split("\n")[line - 1]?.trim()} | ${message}`,
        );
      }
    }
  });
  return found;
}
