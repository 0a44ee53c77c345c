import { equal, match, notEqual } from "node:assert/strict";
import fc from "fast-check";
import { digestOf, groupOf } from "./identity.ts";
import { decodeNotification } from "./payload.ts";

function recorded(name: string) {
  return JSON.parse(Deno.readTextFileSync(`${import.meta.dirname}/testdata/${name}`));
}

Deno.test("groupOf tells groups by receiver and group key", () => {
  const group = (receiver: string, groupKey: string) =>
    groupOf(decodeNotification({ receiver, groupKey, alerts: [] }));
  equal(group("a", "b"), group("a", "b"));
  match(group("a", "b"), /^[0-9a-f]{32}$/);
  notEqual(group("a", "b"), group("b", "a"));
  notEqual(group("a1:b", "c"), group("a", "1:bc"));
  notEqual(group("a", ""), group("a", ""), "Without a key each is a group of its own");
});

Deno.test("digestOf is the same for what the members of a cluster send", () => {
  const first = recorded("4-some-resolved.json");
  const second = structuredClone(first);
  second.alerts.reverse();
  second.externalURL = "http://alertmanager-2:9093";
  for (const alert of second.alerts) {
    alert.generatorURL = "http://prometheus-2:9090/graph";
    alert.annotations = { summary: "On the other one" };
    alert.labels = Object.fromEntries(Object.entries(alert.labels).reverse());
    alert.endsAt = "2026-11-22T14:00:00Z";
  }
  equal(digestOf(decodeNotification(second)), digestOf(decodeNotification(first)));
});

Deno.test("digestOf tells notifications apart by each thing that matters", () => {
  const seen = new Set<string | undefined>();
  const add = (change: (body: ReturnType<typeof recorded>) => void) => {
    const body = recorded("2-added.json");
    change(body);
    seen.add(digestOf(decodeNotification(body)));
  };
  add(() => {});
  add((body) => body.receiver = "other");
  add((body) => body.groupKey = "other");
  add((body) => body.status = "resolved");
  add((body) => body.notification_reason = "repeat interval elapsed");
  add((body) => body.truncatedAlerts = 1);
  add((body) => body.alerts.pop());
  add((body) => body.alerts.push(body.alerts[0]));
  add((body) => body.alerts[0].status = "resolved");
  add((body) => body.alerts[0].startsAt = "2026-11-22T13:43:39.909994986Z");
  add((body) => body.alerts[0].labels.instance = "db-2");
  add((body) => body.alerts[0].labels.instance2 = body.alerts[0].labels.instance);
  add((body) => body.alerts[0].fingerprint = "other");
  equal(seen.size, 13);
});

Deno.test("digestOf gives none without a group key", () => {
  equal(digestOf(decodeNotification({ alerts: [{}] })), undefined);
});

Deno.test("digestOf confuses no labels that look alike when they are put together", () => {
  const text = fc.string({ unit: fc.constantFrom("a", ":", "1", "2", ";", '"', ",", "é"), maxLength: 5 });
  const labels = fc.dictionary(text, text, { maxKeys: 3 });
  const alerts = fc.array(fc.record({ labels, startsAt: fc.constant(""), fingerprint: text }), {
    maxLength: 3,
  });
  const canonical = (list: { labels: Record<string, string>; fingerprint: string }[]) =>
    JSON.stringify(
      list.map(({ labels, fingerprint }) => JSON.stringify([fingerprint, Object.entries(labels).sort()]))
        .sort(),
    );
  const digest = (alerts: unknown) => digestOf(decodeNotification({ groupKey: "g", alerts }));
  fc.assert(
    fc.property(alerts, alerts, (one, two) => {
      equal(digest(one) === digest(two), canonical(one) === canonical(two));
    }),
    { numRuns: 2_000 },
  );
});
