import { deepEqual, equal } from "node:assert/strict";
import { createMessage, type MessageNote } from "../message.ts";
import { decodeNotification } from "../payload.ts";
import { consoleChannel, renderConsole } from "./console.ts";
import type { SendContext } from "./channel.ts";
import { testGolden } from "./testing/golden.ts";
import { assertHarmless, rendersOnlyLegal } from "./testing/properties.ts";

const AT = new Date(2026, 10, 22, 9, 5, 7);
const EQUALS = "==================================================";
const DASHES = "------------------------------";

function message(body: unknown, locale: "fr" | "en", notes: readonly MessageNote[] = []) {
  return createMessage(decodeNotification(body), {
    id: 1,
    group: "5f0c2a9be1d34c77",
    locale,
    sentMs: AT.getTime(),
    notes,
  });
}

function recorded(name: string) {
  return JSON.parse(Deno.readTextFileSync(`${import.meta.dirname}/../testdata/${name}`));
}

Deno.test("renderConsole prints a notification in French, what fires first", () => {
  equal(
    renderConsole(message(recorded("4-some-resolved.json"), "fr")),
    `🚨 ALERTE REÇUE - 2026-11-22 09:05:07
${EQUALS}
📊 Status: FIRING
🏷️  Alert: HostDiskAlmostFull
📝 Summary: Disque presque plein sur db-2
${DASHES}
📊 Status: RESOLVED
🏷️  Alert: HostDiskAlmostFull
📝 Summary: Disque presque plein sur db-1
${DASHES}
`,
  );
});

Deno.test("renderConsole prints a notification in English", () => {
  equal(
    renderConsole(message(recorded("6-watchdog.json"), "en")),
    `🚨 ALERT RECEIVED - 2026-11-22 09:05:07
${EQUALS}
📊 Status: FIRING
🏷️  Alert: Watchdog
📝 Summary: Always firing
${DASHES}
`,
  );
});

Deno.test("renderConsole prints notes when there are some, and a template's text in place of the alerts", () => {
  const late = message({ alerts: [{ annotations: { summary: "S" } }] }, "en", [
    { kind: "late", byMs: 60_000, standsFor: 2 },
  ]);
  deepEqual(renderConsole(late).split("\n").slice(2, 5), [
    "ℹ️  Late by 1 min: the newest state, in place of 2 notifications",
    "📊 Status: FIRING",
    "🏷️  Alert: Alert without a name",
  ]);
  deepEqual(renderConsole({ ...late, notes: [], text: "one\ntwo" }).split("\n").slice(2), [
    "one",
    "two",
    DASHES,
    "",
  ]);
});

Deno.test("renderConsole says what an alert does not say", () => {
  const lines = (alert: unknown) => renderConsole(message({ alerts: [alert] }, "en")).split("\n").slice(2, 5);
  deepEqual(lines({}), ["📊 Status: FIRING", "🏷️  Alert: Alert without a name", "📝 Summary: N/A"]);
  deepEqual(lines({ annotations: { description: "Only this" } })[2], "📝 Summary: Only this");
});

testGolden(consoleChannel, {}, ([text = "", ...more]) => {
  equal(more.length, 0);
  // The header's time is the machine's.
  return text.split("\n").slice(1);
});

Deno.test("consoleChannel lets no alert forge a line or control the terminal", () => {
  rendersOnlyLegal(consoleChannel, {}, (text, { alerts, notes, text: template }) => {
    assertHarmless(text);
    const lines = text.split("\n");
    const told = template === "" ? 4 * alerts.length : template.split("\n").length + 1;
    equal(lines.length, 2 + notes.length + told + 1);
    const framed = lines.slice(2 + notes.length, -1);
    if (template === "") {
      framed.forEach((line, i) => equal(line.startsWith(["📊", "🏷️", "📝", "---"][i % 4]!), true, line));
    }
  });
});

Deno.test("consoleChannel prints once, and tries again when the output is closed", async () => {
  const printed: string[] = [];
  const context = (print: SendContext["print"]): SendContext => ({
    fetch,
    print,
    signal: new AbortController().signal,
    now: Date.now,
  });
  const print = (text: string) => Promise.resolve(void printed.push(text));
  deepEqual(await consoleChannel.send("text\n", {}, context(print)), { result: "delivered" });
  deepEqual(printed, ["text\n"]);
  const closed = () => Promise.reject(new Error("Broken pipe"));
  deepEqual(await consoleChannel.send("text\n", {}, context(closed)), {
    result: "retry",
    reason: "Broken pipe",
  });
  deepEqual(consoleChannel.preview("text\n", {}), { what: "standard output", body: "text\n" });
});
