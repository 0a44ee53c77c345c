import { deepEqual, equal, ok } from "node:assert/strict";
import { createMessage } from "../message.ts";
import { decodeNotification } from "../payload.ts";
import { discordChannel } from "./discord.ts";
import { type Capacity, type Part, splitMessage } from "./parts.ts";
import { slackChannel } from "./slack/mod.ts";
import { teamsChannel } from "./teams.ts";
import { caseMessage } from "./testing/cases.ts";

const textOf = ({ blocks }: Part) =>
  blocks.flatMap(({ lines }) => lines.map((line) => line.map(({ text }) => text).join(""))).join("\n");

/** A destination that counts the characters that it shows. */
const capacity = (limit: number, more: Partial<Capacity> = {}): Capacity => ({
  limits: [limit],
  measurePart: ({ title, notes }) => [title.length + notes.join("").length],
  measureBlock: (block) => [textOf({ title: "", notes: [], blocks: [block] }).length],
  trimmings: 1_000,
  maxParts: 5,
  maxAlerts: 100,
  ...more,
});

/** A message of one alert. */
const messageOf = (alert: Record<string, unknown>) =>
  createMessage(decodeNotification({ alerts: [alert] }), {
    id: 1,
    group: "aa",
    locale: "en",
    timezone: "UTC",
    sentMs: 0,
    notes: [],
  });

Deno.test("splitMessage tells in one part what fits, with the title as it is", () => {
  const message = caseMessage("mixed", "en");
  const parts = splitMessage(message, capacity(10_000));
  deepEqual(parts.map(({ title, blocks }) => [title, blocks.length]), [[message.title, 4]]);
});

Deno.test("splitMessage parts a message between alerts, numbers the parts, and says remarks once", () => {
  const message = caseMessage("late", "en");
  const alerts = Array.from({ length: 6 }, () => message.alerts[0]!);
  const parts = splitMessage({ ...message, alerts }, capacity(500));
  ok(parts.length > 1);
  parts.forEach(({ title, notes }, i) => {
    equal(title, `${message.title} (${i + 1}/${parts.length})`);
    equal(notes.length, i === 0 ? 2 : 0);
  });
  equal(parts.flatMap(({ blocks }) => blocks.filter(({ alert }) => alert)).length, 6);
});

Deno.test("splitMessage leaves alerts out from the end when the parts do not suffice, and counts them", () => {
  const message = caseMessage("long", "en");
  const parts = splitMessage(message, capacity(1_000));
  equal(parts.length, 5);
  const told = parts.flatMap(({ blocks }) => blocks.filter(({ alert }) => alert)).length;
  ok(told > 5 && told < 60);
  ok(textOf(parts.at(-1)!).includes(`… and ${60 - told} more`));
});

Deno.test("splitMessage gives a part even where there is room for nothing", () => {
  equal(splitMessage(caseMessage("long", "en"), capacity(0)).length, 1);
});

Deno.test("splitMessage keeps as many labels as there is room for, and counts the rest", () => {
  const labels = Object.fromEntries(
    Array.from({ length: 50 }, (_, i) => [`label_${i + 10}`, "v".repeat(90)]),
  );
  const [part] = splitMessage(messageOf({ labels }), capacity(5_000));
  const text = textOf(part!);
  const told = [...text.matchAll(/label_\d+=/g)].length;
  equal(told, 10);
  ok(text.includes("…=+40"), text);
});

Deno.test("splitMessage leaves out the longest links when all are too long", () => {
  const message = messageOf({
    labels: { alertname: "A" },
    annotations: { runbook_url: "https://runbooks.example/a" },
    generatorURL: `https://prometheus.example/graph?g0.expr=${"x".repeat(1_500)}`,
  });
  equal(message.alerts[0]!.links.length, 2);
  const [part] = splitMessage(message, capacity(5_000));
  const text = textOf(part!);
  ok(text.includes("Runbook") && !text.includes("Source"), text);
});

Deno.test("what happened is told whole however many labels and long links an alert has", () => {
  const happened = "This is what happened, and what is to be done. ".repeat(12).trim();
  const long = `https://a.example/${"x".repeat(1_900)}`;
  const message = messageOf({
    labels: Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`label_${i}`, "value ".repeat(30)])),
    annotations: { description: happened, runbook_url: long, dashboard_url: long },
    generatorURL: long,
  });
  for (const kind of [slackChannel, teamsChannel, discordChannel]) {
    const [out] = kind.render(message, { apiUrl: "https://slack.com/api" } as never);
    ok(JSON.stringify(out).includes(happened), kind.kind);
  }
});
