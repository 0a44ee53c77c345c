/** Notifications as no sender should send them, for property tests. */

import fc from "fast-check";
import { createMessage, type Message, type MessageNote } from "../../message.ts";
import { type Alert, decodeNotification, type Notification } from "../../payload.ts";

// What has broken receivers: markup of every destination, mentions, controls, what reorders text, halves of characters, long runs.
const NASTY = [
  "<!channel>",
  "<!here|x>",
  "<@U024BE7LH>",
  "<#C1>",
  "<@&123>",
  "<@123>",
  "@everyone",
  "@here",
  "<at>all</at>",
  "*bold*",
  "**b**",
  "_i_",
  "__u__",
  "~s~",
  "||spoiler||",
  "`c`",
  "```",
  "[x](javascript:alert(1))",
  "[x](https://evil.example)",
  "<https://evil.example|x>",
  "https://evil.example/x",
  "javascript:alert(1)",
  "&amp;",
  "&quot;",
  "&",
  "<",
  ">",
  "<b>",
  "</a>",
  "\\",
  "# t",
  "- i",
  "1. i",
  "> q",
  ":smile:",
  "<:e:1>",
  "<t:1>",
  "\r\n",
  "\n",
  "\n\n\n",
  "\t",
  "\0",
  "\x1b[2J",
  "\u202e",
  "\u2066",
  "\u200b",
  "\ufeff",
  "\u2028",
  "\u0085",
  "\u{e0041}",
  "\ud800",
  "\udc00",
  "😀",
  "👩‍👩‍👧‍👦",
  "🇫🇷",
  "e\u0301\u0301\u0301",
  "é",
  "漢字",
  "__proto__",
  "constructor",
  " ",
  "",
  "{{ 7 }}",
  "{% raw %}",
  "%s%n",
  "Bcc: x@evil.example",
] as const;

/** A text that hurts: pieces of markup and odd characters, sometimes thousands of them. */
export const nastyText: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(fc.constantFrom(...NASTY, "a", "b c"), { maxLength: 8 }).map((parts) =>
      parts.join("")
    ),
  },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...NASTY, "x"), fc.integer({ min: 1, max: 2_000 })).map((
      [piece, times],
    ) => piece.repeat(times)),
  },
);

const url = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  nastyText,
  nastyText.map((text) => `https://example.org/${text}`),
  fc.constantFrom(
    "javascript:alert(1)",
    "https://u:p@h.example/",
    "http://[::1]:9093/",
    "https://例え.jp/",
    "HTTPS://A.B/|<>()",
  ),
);

const name = fc.oneof(
  fc.constantFrom("alertname", "severity", "instance", "job", "__proto__", "constructor", "toString"),
  nastyText,
);

const time = fc.oneof(
  fc.constantFrom(
    "",
    "0001-01-01T00:00:00Z",
    "2026-11-22T10:02:00.123456789Z",
    "9999-12-31T23:59:59Z",
    "2026-02-30T00:00:00Z",
  ),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
);

const severity = fc.oneof(fc.constantFrom("critical", "warning", "info", "page", "none"), nastyText);

function map(): fc.Arbitrary<Record<string, string>> {
  return fc.array(fc.tuple(name, nastyText), { maxLength: 12 }).map((entries) => {
    // A plain object would lose a key such as `__proto__`.
    const object: Record<string, string> = Object.create(null);
    for (const [key, value] of entries) object[key] = value;
    return object;
  });
}

function assigned(
  base: Record<string, string>,
  more: Record<string, string | undefined>,
): Record<string, string> {
  for (const [key, value] of Object.entries(more)) if (value !== undefined) base[key] = value;
  return base;
}

const alert: fc.Arbitrary<Alert> = fc.record({
  status: fc.constantFrom("firing", "resolved"),
  labels: fc.tuple(
    map(),
    fc.record({ alertname: nastyText, severity, instance: nastyText }, { requiredKeys: [] }),
  )
    .map(([labels, more]) => assigned(labels, more)),
  annotations: fc.tuple(
    map(),
    fc.record(
      { summary: nastyText, description: nastyText, value: nastyText, runbook_url: url, dashboard_url: url },
      { requiredKeys: [] },
    ),
  ).map(([annotations, more]) => assigned(annotations, more)),
  startsAt: time,
  endsAt: time,
  generatorURL: url,
  fingerprint: fc.string({ maxLength: 20 }),
  grafana: fc.option(
    fc.record({
      silenceURL: url,
      dashboardURL: url,
      panelURL: url,
      values: fc.dictionary(nastyText, fc.double()),
      valueString: nastyText,
    }, { requiredKeys: [] }),
    { nil: undefined, freq: 4 },
  ),
}, {
  requiredKeys: ["status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint"],
});

/** A notification of none to many alerts, in which anything may stand anywhere; texts may hold halves of surrogate pairs. */
export const arbitraryNotification: fc.Arbitrary<Notification> = fc.record({
  receiver: nastyText,
  status: fc.constantFrom("firing" as const, "resolved" as const),
  alerts: fc.oneof(
    { weight: 8, arbitrary: fc.array(alert, { maxLength: 6 }) },
    // Many at once, of few kinds: a hundred drawn one by one take long to draw.
    {
      weight: 2,
      arbitrary: fc.tuple(fc.array(alert, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 200 }))
        .map(([kinds, count]) => Array.from({ length: count }, (_, i) => kinds[i % kinds.length]!)),
    },
  ),
  groupKey: nastyText,
  groupLabels: map(),
  commonLabels: map(),
  commonAnnotations: map(),
  externalURL: url,
  truncatedAlerts: fc.oneof(fc.constant(0), fc.nat()),
  reason: nastyText,
});

/** A body that may be anything, and the notification that is read from it. */
export const decodedNotification: fc.Arbitrary<Notification> = fc.array(fc.jsonValue(), { maxLength: 4 }).map(
  (
    alerts,
  ) => decodeNotification({ alerts }),
);

const note: fc.Arbitrary<MessageNote> = fc.oneof(
  fc.record({ kind: fc.constant("late" as const), byMs: fc.nat(), standsFor: fc.nat(1_000) }),
  fc.record({ kind: fc.constant("flapping" as const), quietMs: fc.nat() }),
  fc.record({ kind: fc.constant("fallback" as const), channel: nastyText, reason: nastyText }),
  fc.record({ kind: fc.constant("incomplete" as const), leftOut: fc.nat() }),
  fc.constantFrom({ kind: "test" as const }, { kind: "own" as const }, { kind: "plain" as const }),
  fc.record({ kind: fc.constant("text" as const), text: nastyText }),
);

/** A message of such a notification, with any notes, texts of templates, language and time. */
export const arbitraryMessage: fc.Arbitrary<Message> = fc.record({
  notification: fc.oneof({ weight: 5, arbitrary: arbitraryNotification }, {
    weight: 1,
    arbitrary: decodedNotification,
  }),
  id: fc.nat(),
  locale: fc.constantFrom("fr" as const, "en" as const),
  timezone: fc.constantFrom(undefined, "UTC", "Europe/Paris", "Asia/Kathmandu"),
  sentMs: fc.integer({ min: 0, max: 4_102_444_800_000 }),
  notes: fc.array(note, { maxLength: 4 }),
  externalUrl: fc.constantFrom(undefined, "https://vigie.example", "https://vigie.example/under/"),
  texts: fc.option(fc.record({ title: nastyText, alert: nastyText, text: nastyText }, { requiredKeys: [] }), {
    nil: undefined,
    freq: 3,
  }),
}).map(({ notification, texts, ...context }) =>
  createMessage(notification, {
    ...context,
    group: "5f0c2a9be1d34c77",
    templates: texts &&
      Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, () => text])),
  })
);
