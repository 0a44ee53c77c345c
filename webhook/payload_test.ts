import { deepEqual, doesNotThrow, equal, ok, throws } from "node:assert/strict";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { decodeNotification, NotANotification } from "./payload.ts";

const TESTDATA = join(dirname(import.meta.filename!), "testdata");

/** Plain objects, so that deepEqual compares what is in them and not their prototypes. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function recorded(name: string): unknown {
  return JSON.parse(Deno.readTextFileSync(join(TESTDATA, name)));
}

Deno.test("decodeNotification reads what Alertmanager posts", async (t) => {
  for (const name of [...Deno.readDirSync(TESTDATA)].map((entry) => entry.name).sort()) {
    await t.step(name, () => {
      // deno-lint-ignore no-explicit-any -- The recorded body, as it came.
      const body = recorded(name) as any;
      const { alerts, ...group } = plain(decodeNotification(body)) as Record<string, unknown> & {
        alerts: unknown[];
      };
      deepEqual(group, {
        receiver: "vigie.webhook",
        status: body.status,
        groupKey: body.groupKey,
        groupLabels: body.groupLabels,
        commonLabels: body.commonLabels,
        commonAnnotations: body.commonAnnotations,
        externalURL: body.externalURL,
        truncatedAlerts: 0,
        reason: body.notification_reason,
      });
      deepEqual(
        alerts,
        body.alerts.map((alert: Record<string, string>) => ({
          ...alert,
          endsAt: alert.status === "firing" ? "" : alert.endsAt,
        })),
      );
      ok(alerts.length > 0);
    });
  }
});

Deno.test("decodeNotification reads what Grafana posts", () => {
  const { receiver, status, alerts, reason, grafana } = decodeNotification({
    receiver: "vigie",
    status: "firing",
    orgId: 1,
    alerts: [{
      status: "firing",
      labels: { alertname: "High", grafana_folder: "Hosts" },
      annotations: { summary: "CPU above 90 %" },
      startsAt: "2026-11-22T10:00:00+01:00",
      endsAt: "0001-01-01T00:00:00Z",
      generatorURL: "http://grafana/alerting/1",
      fingerprint: "57c6d9296de2ad39",
      silenceURL: "http://grafana/silence",
      dashboardURL: "",
      panelURL: null,
      values: { A: 94.5, B: null, C: "1", D: Infinity, __proto__: 2 },
      valueString: "[ var='A' value=94.5 ]",
    }],
    version: "1",
    title: "[FIRING:1]",
    state: "alerting",
    message: "**Firing**",
  });
  deepEqual([receiver, status, reason, alerts[0]!.labels.alertname], ["vigie", "firing", "", "High"]);
  equal(alerts[0]!.startsAt, "2026-11-22T10:00:00+01:00");
  deepEqual(plain(alerts[0]!.grafana), {
    silenceURL: "http://grafana/silence",
    values: { A: 94.5 },
    valueString: "[ var='A' value=94.5 ]",
  });
  deepEqual(grafana, { title: "[FIRING:1]", message: "**Firing**", orgId: 1 });
});

Deno.test("decodeNotification adds nothing of Grafana's to what Grafana did not say", () => {
  const notification = decodeNotification({ alerts: [{ values: {}, silenceURL: "" }], orgId: "1" });
  ok(!("grafana" in notification));
});

Deno.test("decodeNotification keeps numbers and truth values as JSON writes them, however large", () => {
  const { alerts, truncatedAlerts, groupKey } = decodeNotification(JSON.parse(
    '{"groupKey":12345678901234567890,"truncatedAlerts":18446744073709551615,"alerts":[{"labels":{"a":1e21,"b":-0,"c":true}}]}',
  ));
  deepEqual(plain(alerts[0]!.labels), { a: "1e+21", b: "0", c: "true" });
  deepEqual([truncatedAlerts, groupKey], [Number.MAX_SAFE_INTEGER, "12345678901234567000"]);
});

Deno.test("decodeNotification reads a bare list of alerts and works out the status", () => {
  const status = (...statuses: unknown[]) =>
    decodeNotification({ alerts: statuses.map((status) => ({ status })) }).status;
  equal(status("resolved", "firing"), "firing");
  equal(status("resolved", "resolved"), "resolved");
  equal(status("resolved", "?"), "firing");
  equal(status(), "firing");
});

Deno.test("decodeNotification gives an alert without a status that of its group", () => {
  equal(decodeNotification({ status: "resolved", alerts: [{}] }).alerts[0]!.status, "resolved");
  equal(decodeNotification({ alerts: [{ status: null }] }).alerts[0]!.status, "firing");
});

Deno.test("decodeNotification undoes the quoting of receivers' names", () => {
  const name = (receiver: string) => decodeNotification({ receiver, alerts: [] }).receiver;
  equal(name("team\\.x"), "team.x");
  equal(name("a\\\\\\(b\\)\\$"), "a\\(b)$");
  equal(name("plain-name_1"), "plain-name_1");
});

Deno.test("decodeNotification keeps keys such as __proto__ as plain data", () => {
  const { alerts: [alert] } = decodeNotification(
    JSON.parse(
      '{"alerts":[{"labels":{"__proto__":"x","constructor":"y"}, "__proto__": {"status":"resolved"}}]}',
    ),
  );
  deepEqual(Object.entries(alert!.labels), [["__proto__", "x"], ["constructor", "y"]]);
  equal(alert!.status, "firing");
  equal(alert!.annotations.toString, undefined);
  equal(({} as Record<string, unknown>).x, undefined);
});

Deno.test("decodeNotification loses nothing around an odd field", () => {
  const { alerts, truncatedAlerts, externalURL } = decodeNotification({
    alerts: [null, 3, "x", [], { labels: { a: 1, b: true, c: null, d: {}, e: "kept" }, annotations: [] }],
    truncatedAlerts: -1,
    externalURL: {},
  });
  equal(alerts.length, 5);
  deepEqual(plain(alerts[4]!.labels), { a: "1", b: "true", e: "kept" });
  deepEqual([truncatedAlerts, externalURL], [0, ""]);
});

Deno.test("decodeNotification leaves out times that no calendar knows", () => {
  const startsAt = (text: unknown) =>
    decodeNotification({ alerts: [{ startsAt: text }] }).alerts[0]!.startsAt;
  for (
    const good of ["2026-11-22T13:43:39.909994985Z", "2024-02-29T00:00:00Z", "2026-01-31T23:59:59.1-05:30"]
  ) {
    equal(startsAt(good), good);
  }
  for (
    const bad of [
      "2026-02-30T00:00:00Z",
      "2026-02-29T00:00:00Z",
      "2026-13-01T00:00:00Z",
      "2026-11-22",
      "0001-01-01T00:00:00Z",
      "",
      12,
    ]
  ) {
    equal(startsAt(bad), "", String(bad));
  }
});

Deno.test("decodeNotification says what a value of another shape looks like, and repeats nothing of it", () => {
  const message = (value: unknown) => {
    try {
      decodeNotification(value);
    } catch (error) {
      ok(error instanceof NotANotification);
      return error.message.split(/[:;]/)[0];
    }
    throw new Error("It was taken");
  };
  equal(message(null), "The body is null");
  equal(message([{ labels: { secret: "s3cret" } }]), "The body is a bare list");
  equal(message("s3cret"), "The body is a string");
  equal(message(1), "The body is a number");
  equal(message({ text: "s3cret" }), 'The body is an object without "alerts"');
  equal(message({ alerts: null }), 'The body has "alerts" that are null');
  equal(message({ alerts: { a: 1 } }), 'The body has "alerts" that are of type object');
});

Deno.test("decodeNotification takes any JSON or refuses it, and leaves only text behind", () => {
  const odd = fc.jsonValue({ maxDepth: 4 });
  const map = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor")), odd);
  const alert = fc.oneof(
    odd,
    fc.record({ status: odd, labels: fc.oneof(map, odd), annotations: map, startsAt: odd, endsAt: odd }, {
      requiredKeys: [],
    }),
  );
  const body = fc.record({
    alerts: fc.array(alert),
    status: odd,
    receiver: odd,
    commonLabels: map,
    groupKey: odd,
  }, {
    requiredKeys: ["alerts"],
  });
  fc.assert(fc.property(body, (value) => {
    const notification = decodeNotification(value);
    equal(notification.alerts.length, value.alerts.length);
    for (const { status, labels, annotations, ...texts } of notification.alerts) {
      ok(status === "firing" || status === "resolved");
      for (const text of [labels, annotations, texts].flatMap((map) => Object.values(map))) {
        equal(typeof text, "string");
        ok((text as string).isWellFormed());
      }
    }
    doesNotThrow(() => JSON.stringify(notification));
  }));
  fc.assert(fc.property(odd, (value) => {
    try {
      decodeNotification(value);
    } catch (error) {
      ok(error instanceof NotANotification);
    }
  }));
});

Deno.test("decodeNotification is not stopped by deep nesting", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const { alerts } = decodeNotification(JSON.parse(`{"alerts":[{"labels":{"a":${deep},"b":"kept"}}]}`));
  deepEqual(plain(alerts[0]!.labels), { b: "kept" });
  throws(() => decodeNotification(JSON.parse(deep)), NotANotification);
});

Deno.test("decodeNotification keeps what Grafana says of an alert, and nothing for an alert without it", () => {
  const { alerts } = decodeNotification(JSON.parse(
    `{"version":"1","orgId":1,"alerts":[
      {"status":"firing","labels":{"alertname":"A"},"silenceURL":"http://g/s","panelURL":"http://g/p","imageURL":null,
       "values":{"B":22.5,"__proto__":1,"C":"x"},"valueString":"[ var='B' value=22.5 ]"},
      {"labels":{"alertname":"B"},"values":null,"valueString":""}]}`,
  ));
  deepEqual({ ...alerts[0]!.grafana, values: Object.entries(alerts[0]!.grafana!.values!) }, {
    silenceURL: "http://g/s",
    panelURL: "http://g/p",
    values: [["B", 22.5], ["__proto__", 1]],
    valueString: "[ var='B' value=22.5 ]",
  });
  ok(!("grafana" in alerts[1]!));
});
