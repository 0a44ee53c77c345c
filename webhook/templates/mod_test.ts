import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { createMessage } from "../message.ts";
import type { TemplateInput } from "../messages/templates.ts";
import { decodeNotification } from "../payload.ts";
import { BadTemplate, compileTemplates, problemsOf, problemText, type TemplateSources } from "./mod.ts";
import { namesOf, scopeOf } from "./scope.ts";

const NOTIFICATION = decodeNotification({
  receiver: "oncall",
  status: "firing",
  groupKey: "g",
  groupLabels: { alertname: "HostDown" },
  commonLabels: { alertname: "HostDown", severity: "critical" },
  commonAnnotations: {},
  externalURL: "http://alertmanager.example.org",
  notification_reason: "first notification",
  alerts: [
    {
      status: "firing",
      labels: { alertname: "HostDown", instance: "web-1", severity: "critical", __proto__x: "1" },
      annotations: { summary: "web-1 is <down>" },
      startsAt: "2026-11-22T09:57:00Z",
      endsAt: "0001-01-01T00:00:00Z",
      generatorURL: "http://prometheus.example.org",
      fingerprint: "a1",
    },
    {
      status: "resolved",
      labels: { alertname: "HostDown", instance: "web-2" },
      annotations: {},
      startsAt: "2026-11-21T09:00:00Z",
      endsAt: "2026-11-22T09:30:00Z",
    },
  ],
});

function input(locale: "fr" | "en" = "en", notification = NOTIFICATION): TemplateInput {
  const message = createMessage(notification, {
    id: 1,
    group: "0a",
    locale,
    timezone: "UTC",
    sentMs: Date.parse("2026-11-22T10:00:00Z"),
    notes: [],
  });
  return { message, alert: notification.alerts[0]!, view: message.alerts[0]! };
}

function render(source: string, locale: "fr" | "en" = "en"): string {
  return compileTemplates({ alert: source }, { timezone: "UTC" }).alert!(input(locale));
}

function problems(sources: TemplateSources): string[] {
  return problemsOf(sources).map((problem) => `${problem.key}: ${problemText(problem)}`);
}

Deno.test("compileTemplates gives what Liquid makes of the notification, unescaped", () => {
  equal(render("{{ alert.labels.instance }}: {{ alert.annotations.summary }}"), "web-1: web-1 is <down>");
  equal(
    render("{{ title }} | {{ severity }} {{ firing }}/{{ resolved }} | {{ said.when }}"),
    [
      input().message.title,
      "critical 1/1",
      input().view!.when,
    ].join(" | "),
  );
  equal(
    render("{% for a in alerts %}{{ a.labels.instance }} {{ a.status }};{% endfor %}"),
    "web-1 firing;web-2 resolved;",
  );
  equal(render("{{ alert.labels.nothing }}{{ alert.grafana.values.A }}{{ alerts[7].labels.x }}"), "");
  deepEqual(compileTemplates({}), { title: undefined, alert: undefined, text: undefined });
});

Deno.test("compileTemplates says times and durations as messages do", () => {
  equal(render("{{ alert.startsAt | time }}, {{ alert.startsAt | duration }}"), "09:57, 3 min");
  equal(render("{{ alert.startsAt | duration }}", "fr"), "3 min");
  match(render("{{ alerts[1].startsAt | time }}", "fr"), /^21 nov\..*09:00$/);
  equal(render("{{ alerts[1].startsAt | duration: alerts[1].endsAt }}"), "1 d");
  equal(render("{{ alert.startsAt | duration: alert.endsAt }}"), "3 min", "while it fires, until now");
  equal(render("{{ alert.endsAt | time }}{{ alert.endsAt | duration }}{{ 7 | time }}"), "");
  equal(render("{{ alert.startsAt | date: '%H:%M' }}"), "09:57");
});

Deno.test("compileTemplates keeps a template from what it is not given", () => {
  for (const name of ["Deno", "globalThis", "constructor", "__proto__", "process", "message"]) {
    equal(render(`{{ ${name} }}{{ alert.${name} }}{{ alert.labels.${name} }}`), "", name);
  }
  equal(render("{{ alert.constructor.constructor }}{{ alerts.constructor }}{{ title.constructor }}"), "");
  throws(() => render("{% include '/etc/passwd' %}"), BadTemplate);
});

Deno.test("compileTemplates stops a template that runs away, and those after it in the same message", () => {
  const nested =
    "{% for i in (1..900) %}{% for j in (1..900) %}{% for k in (1..900) %}x{% endfor %}{% endfor %}{% endfor %}";
  throws(() => render(nested), /^RangeError: line 1, column \d+: It takes longer than 250 ms$/);
  throws(
    () => render("{% for i in (1..1000000000) %}{% endfor %}"),
    /line 1, column 1: It makes more than 1000000 /,
  );
  const doubling =
    "{% assign s = 'aaaaaaaaaa' %}{% for i in (1..60) %}{% assign s = s | append: s %}{% endfor %}";
  throws(() => render(doubling), /It makes more than/);
  const captured =
    "{% capture s %}aaaaaaaaaa{% endcapture %}{% for i in (1..60) %}{% capture s %}{{ s }}{{ s }}{% endcapture %}{% endfor %}";
  throws(() => render(captured), /It makes more than/);
  throws(() => render("{% for i in (1..20000) %}0123456789{% endfor %}"), {
    name: "RangeError",
    message: "It gives more than 100000 characters",
  });

  const { alert } = compileTemplates({ alert: nested });
  const one = input();
  let reason = "";
  for (let i = 0; i < 20 && !reason.startsWith("The templates"); i++) {
    throws(() => alert!(one), (error) => {
      reason = (error as Error).message;
      return true;
    });
  }
  equal(reason, "The templates of one message take longer than 500 ms");
  throws(() => alert!(input()), /It takes longer/, "another message has its own time");
});

Deno.test("problemsOf finds nothing in templates that name what there is", () => {
  deepEqual(
    problems({
      title:
        "{% if status == 'firing' %}{{ emoji }}{% endif %} {{ commonLabels.anything_at_all }} {{ alerts.size }}",
      alert:
        "{% assign l = alert.labels %}{{ l.team }}{{ alert.labels['a-b'] }}{{ alert.annotations[status] }}{{ said.summary | upcase }}",
      text:
        "{% assign bad = alerts | where: 'status', 'firing' %}{% for a in bad %}{{ forloop.index }} {{ a.startsAt | time }}{% else %}-{% endfor %}{% for pair in commonLabels %}{{ pair[0] }}={{ pair[1] }}{% endfor %}{{ alerts.first.labels.x }}",
    }),
    [],
  );
});

const WRONG: readonly [sources: TemplateSources, problem: string][] = [
  [
    { alert: "{{ alert.lable.x }}" },
    'alert: line 1, column 10: Unknown field "lable" of alert: did you mean "labels"?',
  ],
  [{ text: "a\n  {{ statsu }}" }, 'text: line 2, column 6: Unknown field "statsu": did you mean "status"?'],
  [
    { title: "{{ alert.status }}" },
    'title: line 1, column 4: Unknown field "alert": only the template "alert" has it; write {% for alert in alerts %} in "title"',
  ],
  [
    { text: "{% for a in alerts %}{{ a.summary }}{% endfor %}" },
    'text: line 1, column 27: Unknown field "summary" of a: expected one of "status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint" or "grafana"',
  ],
  [
    { text: "{{ alerts.labels }}" },
    'text: line 1, column 11: Unknown field "labels" of alerts: that is a list; write {% for alert in alerts %} around it',
  ],
  [
    { title: "{{ commonLabels.alertname.x }}" },
    'title: line 1, column 27: Unknown field "x" of commonLabels.alertname: that is one value without fields',
  ],
  [
    { text: "{% assign f = alerts | where: 'status', 'firing' | first %}{{ f.labels.x }}{{ f.anotations }}" },
    'text: line 1, column 81: Unknown field "anotations" of f: did you mean "annotations"?',
  ],
  [
    { title: "{% if frng > 2 %}x{% endif %}" },
    'title: line 1, column 7: Unknown field "frng": expected one of "receiver", "status", "alerts", "groupKey", "groupLabels", "commonLabels", "commonAnnotations", "externalURL", "truncatedAlerts", "grafana", "reason", "title", "severity", "emoji", "firing" or "resolved"',
  ],
  [
    { alert: "{{ alert.startsAt | duration: alert.endAt }}" },
    'alert: line 1, column 37: Unknown field "endAt" of alert: did you mean "endsAt"?',
  ],
  [
    { title: "{{ status |  upcas }}" },
    'title: line 1, column 14: Unknown filter "upcas": did you mean "upcase"?',
  ],
  [
    { title: "{% iff status %}{% endif %}" },
    'title: line 1, column 1: Unknown tag "iff": did you mean "if"?',
  ],
  [
    { title: "{% render 'x' %}" },
    'title: line 1, column 1: Cannot use the tag "render": a template stands alone',
  ],
  [{ title: "{{ status" }, 'title: line 1, column 1: Cannot be read: output "{{ status" not closed'],
  [{ title: "{% if status %}" }, "title: line 1, column 1: Cannot be read: tag {% if status %} not closed"],
  [{ title: "x".repeat(20_001) }, "title: line 1, column 1: Longer than 20000 characters"],
];

for (const [sources, problem] of WRONG) {
  Deno.test(`problemsOf finds what is wrong with ${JSON.stringify(sources).slice(0, 80)}`, () => {
    deepEqual(problems(sources), [problem]);
  });
}

Deno.test("problemsOf finds all that is wrong, in the order of the text", () => {
  deepEqual(
    problems({ title: "{{ b }}{{ a }}\n{{ c }}", alert: "{{ said.x }}" }).map((each) => each.slice(0, 50)),
    [
      'title: line 1, column 4: Unknown field "b": expecte',
      'title: line 1, column 11: Unknown field "a": expect',
      'title: line 2, column 4: Unknown field "c": expecte',
      'alert: line 1, column 9: Unknown field "x" of said',
    ].map((each) => each.slice(0, 50)),
  );
});

Deno.test("problemsOf and compileTemplates are total: any text is refused or renders", () => {
  const pieces = fc.constantFrom(
    ..."{{ ,}},{% ,%},{%- , -%},if ,endif,for ,in ,alerts,alert,.labels,[0],[,],'a',\",|, where: ,(1..3), ==,\n,é"
      .split(","),
  );
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.array(pieces, { maxLength: 20 }).map((all) => all.join(""))),
      (source) => {
        const found = problemsOf({ alert: source });
        for (const { line, column } of found) ok(line >= 1 && column >= 1);
        if (found.length > 0) return;
        const { alert } = compileTemplates({ alert: source });
        try {
          equal(typeof alert!(input()), "string");
        } catch (error) {
          // What only shows when it runs, such as a filter without the argument it needs.
          ok(error instanceof RangeError, String(error));
        }
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("scopeOf gives every name that namesOf promises, and none besides", () => {
  // What Grafana adds is not always there.
  deepEqual(
    Object.keys(scopeOf(input())).sort(),
    Object.keys(namesOf("alert")).filter((name) => name !== "grafana").sort(),
  );
  const { alert, said } = namesOf("alert") as Record<string, { fields: object }>;
  deepEqual(Object.keys(scopeOf(input()).said!).sort(), Object.keys(said!.fields).sort());
  for (const field of Object.keys(NOTIFICATION.alerts[0]!)) ok(field in alert!.fields, field);
});
