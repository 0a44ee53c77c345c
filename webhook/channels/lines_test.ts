import { deepEqual, equal, ok } from "node:assert/strict";
import { blocksOf, COLON, plainest, plainText } from "./lines.ts";
import { caseMessage } from "./testing/cases.ts";

Deno.test("blocksOf gives a head, a block for each alert, and what holds for all", () => {
  const { head, alerts, foot } = blocksOf({ message: caseMessage("late", "en"), omitted: 2 });
  const texts = (lines: typeof foot) => lines.map((line) => line.map(({ text }) => text).join(""));
  deepEqual(texts(head), [
    "🚨 [FIRING 1, UNKNOWN 3] HostDiskAlmostFull · db-1",
    "Late by 2 h 5 min: the newest state, in place of 14 notifications",
    "Incomplete: the sender left out 3 alerts, some of which may be firing",
  ]);
  equal(alerts.length, 1);
  deepEqual(texts(foot), [
    "… and 2 more",
    "job=node mountpoint=/var/lib/postgresql",
    "Whole message · Alertmanager",
  ]);
});

Deno.test("blocksOf says what a template says in place of the alerts, and counts none as left out", () => {
  const message = { ...caseMessage("firing", "en"), text: "one\ntwo" };
  const { alerts, foot } = blocksOf({ message, omitted: 2 });
  deepEqual(alerts, [[[{ text: "one" }], [{ text: "two" }]]]);
  ok(!foot.flat().some(({ text }) => text.includes("more")));
});

Deno.test("plainText writes addresses out, or leaves links out", () => {
  const lines = [[{ text: "Runbook", url: "https://a.example/" }, { text: " · " }, {
    text: "Source",
    url: "https://b.example/",
  }]];
  const blocks = [[[{ text: "a" }, { text: "b" }]], lines, [[{ text: "c" }]]];
  equal(plainText(blocks), "ab\n\nc");
  equal(plainText(blocks, COLON.fr), "ab\n\nRunbook : https://a.example/\nSource : https://b.example/\n\nc");
});

Deno.test("plainest is short whatever the message, and leads to the whole", () => {
  const text = plainest(caseMessage("long", "en"));
  const lines = text.split("\n");
  equal(lines[0], "🚨 HostDiskAlmostFull: Disk almost full on db-1");
  deepEqual(lines.slice(-2), ["… and 40 more", "https://vigie.example/api/v1/notifications/42"]);
  ok(plainest(caseMessage("huge", "en")).length < 300);
  for (const limit of [1_000, 1_300, 3_000]) {
    const cut = plainest(caseMessage("long", "en"), limit);
    ok(cut.length <= limit && cut.endsWith("/42"), `${cut.length} of ${limit}`);
    const [, more] = /… and (\d+) more/.exec(cut)!;
    equal(cut.match(/HostDiskAlmostFull/g)!.length + Number(more), 60);
  }
  const link = { label: "L", url: `https://a.example/${"x".repeat(1_900)}` };
  ok(!plainest({ ...caseMessage("firing", "en"), links: [link] }).includes("https"));
  equal(plainest({ ...caseMessage("empty", "en"), links: [], title: "T" }), "T");
});
