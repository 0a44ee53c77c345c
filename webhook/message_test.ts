import fc from "fast-check";
import { arbitraryMessage } from "./channels/testing/arbitrary_notification.ts";
import { assertHarmless, assertSafeUrl, textsIn } from "./channels/testing/properties.ts";
import { equal, ok } from "node:assert/strict";

Deno.test("createMessage gives harmless texts and safe links for any notification", () => {
  fc.assert(
    fc.property(arbitraryMessage, ({ notification: _asItCame, ...message }) => {
      for (const text of textsIn(message)) assertHarmless(text);
      for (
        const { url } of [
          ...message.links,
          ...message.alerts.flatMap(({ links }) => links),
        ]
      ) assertSafeUrl(url);
      const { alerts, title, labels, notes } = message;
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
    { numRuns: 300 },
  );
});
