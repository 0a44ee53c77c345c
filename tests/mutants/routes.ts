/** Defects in alertmanager.yml. */

import { type Anything, editIn, type Mutant, pick } from "./mutant.ts";

const FILE = "alertmanager/alertmanager.yml";

/** Mutants of routes, receivers, inhibitions and templates. */
export function routeMutants(random: () => number): readonly Mutant[] {
  const mutant = (name: string, expect: Mutant["expect"], edit: (root: Anything) => void): Mutant => ({
    name,
    expect,
    files: (files) => editIn(files, FILE, edit),
  });
  const [first, second] = [random(), random()];
  const leaf = (root: Anything) => root.route.routes.find(({ receiver }: Anything) => receiver === "oncall");
  return [
    mutant(
      "a receiver that does not exist",
      "alertmanager/receivers",
      (root) => leaf(root).receiver = "oncal",
    ),
    mutant("a receiver without destination", "alertmanager/receivers", (root) => {
      const { receivers } = root;
      const one = pick(receivers.slice(0, 3), () => first, "a receiver") as Anything;
      delete one.webhook_configs;
    }),
    mutant(
      "a receiver that nobody uses",
      "alertmanager/receivers",
      (root) => root.receivers.push({ name: "lonely", webhook_configs: [{ url: "http://127.0.0.1:1/" }] }),
    ),
    mutant("an unknown key", "alertmanager/config", (root) => root.route.group_wait_time = "5s"),
    mutant(
      "a matcher that cannot be read",
      "alertmanager/config",
      (root) => leaf(root).matchers = ['severity=="critical"'],
    ),
    mutant(
      "templates that match nothing",
      "alertmanager/config",
      (root) => root.templates = ["templates/*.tpl"],
    ),
    mutant(
      "a broad route before all others",
      "alertmanager/shadowed-route",
      (root) => root.route.routes.unshift({ receiver: "console", matchers: ['alertname=~".+"'] }),
    ),
    mutant(
      "a route that is there twice",
      "alertmanager/shadowed-route",
      (root) => root.route.routes.splice(-1, 0, structuredClone(leaf(root))),
    ),
    mutant(
      "a route whose matchers exclude one another",
      "alertmanager/shadowed-route",
      (root) =>
        root.route.routes.unshift({
          receiver: "oncall",
          matchers: ['severity="critical"', 'severity="warning"'],
        }),
    ),
    mutant(
      "a misspelt label in a route",
      "alertmanager/unknown-label",
      (root) => root.route.routes.unshift({ receiver: "oncall", matchers: ['tema="web"'] }),
    ),
    mutant(
      "a misspelt label to group by",
      "alertmanager/unknown-label",
      (root) => leaf(root).group_by = ["alertnam"],
    ),
    mutant("critical alerts told nobody", "alertmanager/told-nobody", (root) => {
      root.route.routes = root.route.routes.filter(({ receiver }: Anything) => receiver !== "night");
      leaf(root).receiver = "nobody";
    }),
    mutant("told the same twice", "alertmanager/told-twice", (root) => {
      const one = leaf(root);
      root.route.routes.splice(root.route.routes.indexOf(one), 0, {
        ...structuredClone(one),
        continue: true,
      });
    }),
    mutant(
      "an inhibition without what must be equal",
      "alertmanager/inhibits-others",
      (root) => delete root.inhibit_rules[0].equal,
    ),
    mutant(
      "an inhibition by a label that is missing on both sides",
      "alertmanager/inhibits-others",
      (root) => root.inhibit_rules[0].equal = ["alertname", "namespace"],
    ),
    mutant("a host that is down mutes the others", "alertmanager/inhibits-others", (root) => {
      root.inhibit_rules.find(({ equal }: Anything) => equal?.length === 1).equal = ["job"];
    }),
    mutant("an inhibition that mutes its own source", "alertmanager/inhibits-itself", (root) => {
      root.inhibit_rules.push({
        source_matchers: ['severity="critical"'],
        target_matchers: ['severity=~"critical|warning"'],
        equal: ["instance"],
      });
    }),
    mutant("a host that is down mutes that it is down", "alertmanager/inhibits-itself", (root) => {
      root.inhibit_rules.push({
        source_matchers: ['alertname="HostDown"', 'instance!=""'],
        target_matchers: ['instance!=""'],
        equal: ["instance"],
      });
    }),
    mutant("a template that does not exist", "alertmanager/templates", (root) => {
      root.receivers.find(({ email_configs }: Anything) => email_configs).email_configs[0].text =
        '{{ template "vigie.txt" . }}';
    }),
    mutant("an inline template with an unknown field", "alertmanager/templates", (root) => {
      root.receivers.find(({ email_configs }: Anything) => email_configs).email_configs[0].headers.Subject =
        "{{ .CommonLabel.alertname }}";
    }),
    mutant("an inline template that is not closed", "alertmanager/templates", (root) => {
      root.receivers.find(({ email_configs }: Anything) => email_configs).email_configs[0].headers.Subject =
        "{{ .Status }";
    }),
    mutant("a secret file that is not there", "alertmanager/files", (root) => {
      const { receivers } = root;
      const one = pick(receivers.slice(0, 3), () => second, "a receiver") as Anything;
      one.webhook_configs[0].http_config = {
        authorization: { credentials_file: "/run/secrets/vigie/nobody" },
      };
    }),
    mutant("told again before the group is looked at", "alertmanager/timing", (root) => {
      Object.assign(leaf(root), { group_interval: "2h", repeat_interval: "10m" });
    }),
    mutant(
      "quiet hours that no route uses",
      "alertmanager/time-intervals",
      (root) =>
        root.time_intervals = [{
          name: "night",
          time_intervals: [{ times: [{ start_time: "20:00", end_time: "24:00" }] }],
        }],
    ),
    mutant("critical alerts muted at night", "alertmanager/time-intervals", (root) => {
      root.time_intervals = [{
        name: "night",
        time_intervals: [{ times: [{ start_time: "20:00", end_time: "24:00" }] }],
      }];
      leaf(root).mute_time_intervals = ["night"];
    }),
    {
      name: "nobody hears that the webhook is dead",
      expect: "alertmanager/no-bypass",
      config: ({ notify }) => {
        delete notify.bypass;
        delete notify.receivers.night;
      },
    },
  ];
}
