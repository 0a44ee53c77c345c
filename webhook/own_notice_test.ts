import assert from "node:assert/strict";
import { groupOf } from "./identity.ts";
import { createOwnNotification, type OwnNotice } from "./own_notice.ts";
import { decodeNotification } from "./payload.ts";

const STARTS_MS = Date.parse("2026-11-22T10:00:00Z");

const NOTICES: Record<OwnNotice["kind"], OwnNotice> = {
  "watchdog": { kind: "watchdog", alertname: "Watchdog", withinMs: 600_000, lastMs: STARTS_MS - 600_000 },
  "too-large": { kind: "too-large", count: 1_234, limitBytes: 33_554_432 },
  "journal-failing": { kind: "journal-failing", reason: "Cannot write the journal: the disk is full" },
  "journal-salvaged": { kind: "journal-salvaged", report: "12 notifications, 1 lost" },
  "config-refused": { kind: "config-refused", reason: 'Cannot use "webhook.json": it is not JSON' },
};

function texts(notice: OwnNotice, locale: "fr" | "en", endsMs?: number) {
  const context = { locale, timezone: "UTC", startsMs: STARTS_MS, endsMs, nowMs: endsMs ?? STARTS_MS };
  const { notification, body } = createOwnNotification(notice, context);
  assert.deepEqual(decodeNotification(JSON.parse(new TextDecoder().decode(body))), notification);
  const [alert] = notification.alerts;
  return [alert!.annotations.summary, alert!.annotations.description];
}

const SAID: Record<OwnNotice["kind"], Record<"fr" | "en", string[]>> = {
  "watchdog": {
    fr: [
      "L'alerte « Watchdog » n'est pas arrivée depuis 10 min",
      "Elle se déclenche toujours : si elle n'arrive plus, aucune autre alerte n'arrive. Dernière arrivée : 09:50. " +
      "Vérifier Prometheus, Alertmanager et le réseau entre eux et ce webhook.",
    ],
    en: [
      'The alert "Watchdog" has not come for 10 min',
      "It always fires: while it does not come, no other alert does. It last came at 09:50. " +
      "Look at Prometheus, Alertmanager, and the network between them and this webhook.",
    ],
  },
  "too-large": {
    fr: [
      "1 234 notifications trop grandes ont été refusées",
      "Leurs alertes n'ont pas été annoncées : les voir dans Alertmanager. Limite : 32.0 MB ; " +
      "grouper plus finement (group_by), ou relever limits.body et limits.inflated.",
    ],
    en: [
      "1,234 notifications were refused because they were too large",
      "Their alerts were not told: see them in Alertmanager. The limit is 32.0 MB; " +
      "group by more labels (group_by), or raise limits.body and limits.inflated.",
    ],
  },
  "journal-failing": {
    fr: [
      "Le webhook ne peut plus enregistrer d'alertes",
      "Cannot write the journal: the disk is full. Aucune alerte n'est acceptée avant que cela ne soit réparé ; " +
      "Alertmanager les renvoie.",
    ],
    en: [
      "The webhook cannot keep alerts any more",
      "Cannot write the journal: the disk is full. No alert is accepted before that is repaired; " +
      "Alertmanager sends them again.",
    ],
  },
  "journal-salvaged": {
    fr: [
      "Le journal du webhook était endommagé",
      "Il a été mis de côté, et ce qui était lisible a été repris : 12 notifications, 1 lost",
    ],
    en: [
      "The webhook's journal was damaged",
      "It was set aside, and what could be read of it was taken over: 12 notifications, 1 lost",
    ],
  },
  "config-refused": {
    fr: [
      "La nouvelle configuration du webhook a été refusée",
      'La précédente reste en service. Cannot use "webhook.json": it is not JSON',
    ],
    en: [
      "The webhook's new configuration was refused",
      'The one before stays in use. Cannot use "webhook.json": it is not JSON',
    ],
  },
};

for (const [kind, said] of Object.entries(SAID) as [OwnNotice["kind"], typeof SAID[OwnNotice["kind"]]][]) {
  Deno.test(`createOwnNotification says "${kind}" in both languages`, () => {
    for (const locale of ["fr", "en"] as const) {
      assert.deepEqual(
        texts(NOTICES[kind], locale).map((text) => text!.replace(/[\u00a0\u202f]/g, " ")),
        said[locale],
      );
    }
  });
}

Deno.test("createOwnNotification says that it is over, in the same group", () => {
  for (const kind of ["watchdog", "journal-failing", "config-refused"] as const) {
    const context = { locale: "en", startsMs: STARTS_MS, nowMs: STARTS_MS } as const;
    const before = createOwnNotification(NOTICES[kind], context).notification;
    const after =
      createOwnNotification(NOTICES[kind], { ...context, endsMs: STARTS_MS + 1_000 }).notification;
    assert.deepEqual([before.status, after.status], ["firing", "resolved"]);
    assert.equal(groupOf(before), groupOf(after));
    assert.notEqual(before.alerts[0]!.annotations.summary, after.alerts[0]!.annotations.summary);
    assert.equal(after.alerts[0]!.endsAt, "2026-11-22T10:00:01.000Z");
  }
});

Deno.test("createOwnNotification says that the watchdog never came, if it did not", () => {
  const { watchdog } = NOTICES;
  assert.match(texts({ ...watchdog, lastMs: undefined } as OwnNotice, "en")[1]!, /It has never come\. /);
  assert.match(
    texts({ ...watchdog, lastMs: undefined } as OwnNotice, "fr")[1]!,
    /Elle n'est jamais arrivée\. /,
  );
});
