import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { decodeNotification } from "../payload.ts";
import { consoleChannel, renderConsole } from "./console.ts";

const AT = new Date(2026, 10, 22, 9, 5, 7);
const EQUALS = "==================================================";
const DASHES = "------------------------------";

function recorded(name: string) {
  return decodeNotification(JSON.parse(Deno.readTextFileSync(`${import.meta.dirname}/../testdata/${name}`)));
}

Deno.test("renderConsole prints a notification in French", () => {
  equal(
    renderConsole(recorded("4-some-resolved.json"), "fr", AT),
    `🚨 ALERTE REÇUE - 2026-11-22 09:05:07
${EQUALS}
📊 Status: RESOLVED
🏷️  Alert: HostDiskAlmostFull
📝 Summary: Disque presque plein sur db-1
${DASHES}
📊 Status: FIRING
🏷️  Alert: HostDiskAlmostFull
📝 Summary: Disque presque plein sur db-2
${DASHES}
`,
  );
});

Deno.test("renderConsole prints a notification in English", () => {
  equal(
    renderConsole(recorded("6-watchdog.json"), "en", AT),
    `🚨 ALERT RECEIVED - 2026-11-22 09:05:07
${EQUALS}
📊 Status: FIRING
🏷️  Alert: Watchdog
📝 Summary: Always firing
${DASHES}
`,
  );
});

Deno.test("renderConsole says what an alert does not say", () => {
  const lines = (alert: unknown) =>
    renderConsole(decodeNotification({ alerts: [alert] }), "en", AT).split("\n").slice(2, 5);
  deepEqual(lines({}), ["📊 Status: FIRING", "🏷️  Alert: N/A", "📝 Summary: N/A"]);
  deepEqual(lines({ annotations: { description: "Only this" } })[2], "📝 Summary: Only this");
});

Deno.test("renderConsole lets no alert forge a line or control the terminal", () => {
  const hostile = fc.constantFrom(
    "\n",
    "\r",
    "\x1b[2J",
    "\u202e",
    "\u2028",
    "\u0085",
    "📊 Status: RESOLVED",
    "x",
  );
  const text = fc.array(hostile).map((parts) => parts.join(""));
  fc.assert(fc.property(text, text, (alertname, summary) => {
    const notification = decodeNotification({
      alerts: [{ labels: { alertname }, annotations: { summary } }],
    });
    const printed = renderConsole(notification, "fr", AT);
    const lines = printed.split("\n");
    // 2 lines of header, 4 of the alert, and the end.
    equal(lines.length, 7);
    for (const line of lines) ok(!/[\p{Cc}\p{Zl}\p{Zp}\u202e]/u.test(line));
  }));
});

Deno.test("consoleChannel prints once, and reports an output that is closed", async () => {
  const context = { locale: "en" as const, now: () => AT.getTime(), fetch };
  const printed: string[] = [];
  const print = (text: string) => Promise.resolve(void printed.push(text));
  deepEqual(
    await consoleChannel.deliver(recorded("2-added.json"), { kind: "console" }, { ...context, print }),
    {
      ok: true,
    },
  );
  equal(printed.length, 1);
  const closed = () => Promise.reject(new Error("Broken pipe"));
  deepEqual(
    await consoleChannel.deliver(recorded("2-added.json"), { kind: "console" }, {
      ...context,
      print: closed,
    }),
    { ok: false, retryable: true, reason: "Broken pipe" },
  );
});
