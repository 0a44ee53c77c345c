import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { arbitraryMessage } from "./channels/testing/arbitrary_notification.ts";
import { assertHarmless, assertSafeUrl, textsIn } from "./channels/testing/properties.ts";
import { createMessage, type MessageContext } from "./message.ts";
import { decodeNotification } from "./payload.ts";

const CONTEXT: MessageContext = {
  id: 7,
  group: "aa",
  locale: "en",
  timezone: "Europe/Paris",
  sentMs: Date.parse("2026-11-22T10:05:00Z"),
  notes: [],
};

/** The message of `body` as it is posted. */
function messageOf(body: Record<string, unknown>, context: Partial<MessageContext> = {}) {
  return createMessage(decodeNotification(body), { ...CONTEXT, ...context });
}

function alert(labels: Record<string, string>, more: Record<string, unknown> = {}) {
  return { status: "firing", labels, ...more };
}

Deno.test("createMessage says firing alerts before resolved ones, and the worst first", () => {
  const { alerts, severity, firing, resolved } = messageOf({
    alerts: [
      alert({ alertname: "A", severity: "critical" }, { status: "resolved" }),
      alert({ alertname: "B", severity: "info" }),
      alert({ alertname: "C", severity: "page" }),
      alert({ alertname: "D" }),
      alert({ alertname: "E", severity: "warning" }),
    ],
  });
  deepEqual(alerts.map(({ name }) => name), ["C", "E", "B", "D", "A"]);
  deepEqual([severity, firing, resolved], ["critical", 4, 1]);
});

Deno.test("createMessage takes its severity from what fires, and its look from what is resolved when nothing does", () => {
  const some = messageOf({
    alerts: [
      alert({ severity: "critical" }, { status: "resolved" }),
      alert({ severity: "warning" }),
    ],
  });
  deepEqual([some.severity, some.emoji], ["warning", "⚠️"]);
  const none = messageOf({ alerts: [alert({ severity: "critical" }, { status: "resolved" })] });
  deepEqual([none.status, none.severity, none.emoji, none.color], ["resolved", "critical", "✅", "#37872d"]);
});

Deno.test("createMessage's titles say how it stands, what it is called, and what it is about", () => {
  const disk = (instance: string, more?: Record<string, unknown>) =>
    alert({ alertname: "Disk", instance }, more);
  const title = (
    alerts: readonly unknown[],
    more: Record<string, unknown> = {},
    locale: "fr" | "en" = "en",
  ) => messageOf({ alerts, ...more }, { locale }).title;
  const gone = { status: "resolved" };
  equal(title([disk("db-1:9100")]), "[FIRING 1] Disk · db-1");
  equal(title([disk("a"), disk("b")]), "[FIRING 2] Disk · a, b");
  equal(title([disk("a"), disk("b"), disk("c"), disk("d"), disk("e")]), "[FIRING 5] Disk · a, b, c +2");
  equal(title([disk("a"), disk("b", gone)]), "[FIRING 1, RESOLVED 1] Disk · a, b");
  equal(title([disk("a", gone), disk("b", gone)]), "[RESOLVED] Disk · a, b");
  equal(title([disk("a", gone)], {}, "fr"), "[RÉSOLU] Disk · a");
  equal(title([disk("a"), alert({ alertname: "Load", instance: "a" })]), "[FIRING 2] Disk, Load · a");
  equal(title([alert({ alertname: "Up", job: "node" })]), "[FIRING 1] Up · node");
  equal(
    title([alert({ alertname: "Probe", instance: "https://a.example:8443/" })]),
    "[FIRING 1] Probe · https://a.example:8443/",
  );
  equal(title([alert({})], {}, "fr"), "[EN COURS 1] Alerte sans nom");
  equal(title([], { status: "resolved", commonLabels: { alertname: "Disk" } }), "[RESOLVED] Disk");
  equal(title([]), "[FIRING] Alert without a name");
  equal(title([alert({ alertname: "two\nlines\u202e" })]), "[FIRING 1] two lines<U+202E>");
});

Deno.test("createMessage counts what the sender left out as unknown, and never as resolved", () => {
  const message = messageOf({
    status: "resolved",
    truncatedAlerts: 5,
    alerts: [alert({ alertname: "Disk" }, { status: "resolved" })],
  });
  deepEqual([message.status, message.title], ["firing", "[RESOLVED 1, UNKNOWN 5] Disk"]);
  deepEqual(message.notes, ["Incomplete: the sender left out 5 alerts, some of which may be firing"]);
});

Deno.test("createMessage says labels once that all alerts share, and those that tell alerts apart with each", () => {
  const { labels, alerts } = messageOf({
    alerts: [
      alert({ alertname: "Disk", severity: "critical", job: "node", instance: "a", mountpoint: "/" }),
      alert({ alertname: "Disk", severity: "critical", job: "node", instance: "b", mountpoint: "/" }),
    ],
  });
  deepEqual(labels, [["job", "node"], ["mountpoint", "/"]]);
  deepEqual(alerts.map(({ labels }) => labels), [[["instance", "a"]], [["instance", "b"]]]);
});

Deno.test("createMessage leaves out labels that are said otherwise or are internal, and keeps a severity of its own kind", () => {
  const { labels } = messageOf({
    alerts: [alert({ alertname: "A", instance: "a", severity: "page", __alert_rule_uid__: "x", team: "db" })],
  });
  deepEqual(labels, [["severity", "page"], ["team", "db"]]);
});

Deno.test("createMessage takes labels by any name as plain data", () => {
  const { labels, alerts } = messageOf(
    JSON.parse('{"alerts":[{"labels":{"__proto__":"x","constructor":"y","toString":"z"}}]}'),
  );
  deepEqual(labels, [["constructor", "y"], ["toString", "z"]]);
  equal(alerts[0]!.name, "Alert without a name");
});

Deno.test("createMessage tells a hundred labels, and counts the others", () => {
  const names = Array.from({ length: 130 }, (_, i) => `label_${1_000 + i}`);
  const { labels } = messageOf({ alerts: [alert(Object.fromEntries(names.map((name) => [name, "x"])))] });
  deepEqual([labels.length, labels[99], labels[100]], [101, ["label_1099", "x"], ["…", "+30"]]);
});

Deno.test("createMessage does not say a description again that is the summary", () => {
  const { alerts } = messageOf({
    alerts: [
      alert({}, { annotations: { summary: "Full", description: "Full\n" } }),
      alert({}, { annotations: { message: "Old\r\n\r\n\r\n\r\nstyle\t!" } }),
    ],
  });
  deepEqual(alerts.map(({ summary, description }) => [summary, description]), [
    ["Full", ""],
    ["", "Old\n\nstyle !"],
  ]);
});

Deno.test("createMessage links to what a reader wants to open, and to the whole", () => {
  const message = messageOf({
    externalURL: "http://am.example:9093/",
    receiver: "team a",
    alerts: [
      alert({ alertname: "Disk", instance: 'a"b' }, {
        generatorURL: "http://prom.example/graph?g0.expr=up",
        annotations: {
          runbook_url: "https://runbooks.example/disk",
          dashboard_url: "https://grafana.example/d/1",
        },
      }),
    ],
  }, { externalUrl: "https://vigie.example/" });
  deepEqual(message.links, [
    { label: "Whole message", url: "https://vigie.example/api/v1/notifications/7" },
    { label: "Alertmanager", url: "http://am.example:9093/#/alerts?receiver=team%20a" },
  ]);
  const [{ links }] = message.alerts as [typeof message.alerts[0]];
  deepEqual(links.map(({ label }) => label), ["Runbook", "Dashboard", "Source", "Silence"]);
  const silence = new URL(links[3]!.url);
  equal(decodeURIComponent(silence.hash), '#/silences/new?filter={alertname="Disk", instance="a\\"b"}');
});

Deno.test("createMessage offers no silence for what is resolved, and Grafana's own links for what Grafana sends", () => {
  const message = messageOf({
    externalURL: "https://grafana.example/",
    alerts: [
      alert({ alertname: "A" }, {
        silenceURL: "https://grafana.example/silence",
        panelURL: "https://grafana.example/panel",
      }),
      alert({ alertname: "B" }, { status: "resolved", silenceURL: "https://grafana.example/silence" }),
    ],
  });
  deepEqual(message.alerts.map(({ links }) => links.map(({ label }) => label)), [["Panel", "Silence"], []]);
  deepEqual(message.links, [{ label: "Grafana", url: "https://grafana.example/" }]);
});

Deno.test("createMessage uses a channel's templates, and the usual text with a remark when one fails", () => {
  const body = {
    alerts: [alert({ alertname: "A" }, { annotations: { summary: "s" } }), alert({ alertname: "B" })],
  };
  const used = messageOf(body, {
    templates: {
      title: ({ message }) => `Ours:\n${message.firing}`,
      alert: ({ alert, view }) => `${alert!.labels.alertname} ${view!.summary || "\u0007"}`,
    },
  });
  equal(used.title, "Ours: 2");
  deepEqual(used.alerts.map(({ summary, description }) => [summary, description]), [
    ["", "A s"],
    ["", "B <U+0007>"],
  ]);
  let asked = 0;
  const failing = messageOf(body, {
    templates: {
      title: () => {
        throw new Error("undefined filter: x");
      },
      alert: () => {
        asked++;
        throw new Error("too slow");
      },
    },
  });
  equal(failing.title, "[FIRING 2] A, B");
  equal(failing.alerts[0]!.summary, "s");
  equal(asked, 1);
  deepEqual(failing.notes, [
    'The template "title" of this channel failed, the usual text stands in its place: undefined filter: x',
    'The template "alert" of this channel failed, the usual text stands in its place: too slow',
  ]);
});

Deno.test("createMessage keeps the usual title and alerts when templates give nothing, and one text instead of all alerts", () => {
  const body = { alerts: [alert({ alertname: "A" }, { annotations: { summary: "s" } })] };
  const empty = messageOf(body, { templates: { title: () => " ", alert: () => "\n", text: () => "" } });
  deepEqual([empty.title, empty.alerts[0]!.summary, empty.text], ["[FIRING 1] A", "s", ""]);
  equal(messageOf(body, { templates: { text: () => "All\nof it" } }).text, "All\nof it");
});

Deno.test("createMessage puts ten thousand alerts into words only as far as they are asked for", () => {
  let asked = 0;
  const annotations = {
    get summary() {
      asked++;
      return "s";
    },
  };
  const notification = decodeNotification({ alerts: [alert({ alertname: "A" })] });
  const alerts = Array.from({ length: 10_000 }, () => ({ ...notification.alerts[0]!, annotations }));
  const message = createMessage({ ...notification, alerts }, CONTEXT);
  equal(message.firing, 10_000);
  equal(asked, 0);
  deepEqual([message.alerts[0]!.summary, message.alerts[0]!.summary], ["s", "s"]);
  equal(asked, 1);
});

Deno.test("createMessage gives harmless texts and safe links for any notification", () => {
  fc.assert(
    fc.property(arbitraryMessage, ({ notification: _asItCame, ...message }) => {
      for (const text of textsIn(message)) assertHarmless(text);
      const { alerts, title, labels, notes, links } = message;
      for (const { url } of [...links, ...alerts.flatMap(({ links }) => links)]) assertSafeUrl(url);
      const lines = [
        title,
        ...notes,
        ...labels.flat(),
        ...alerts.flatMap((a) => [a.name, a.summary, a.value, a.when, ...a.labels.flat()]),
      ];
      for (const line of lines) ok(!line.includes("\n"), line);
      for (const alert of alerts) ok(alert.name !== "");
      equal(message.firing + message.resolved, alerts.length);
    }),
    { numRuns: 150 },
  );
});
