import { deepEqual } from "node:assert/strict";
import { auditTo } from "./audit.ts";
import { createFeed } from "./feed.ts";

Deno.test("auditTo writes who did what in the same fields, and tells open pages of what was done alone", () => {
  const lines: unknown[] = [];
  const feed = createFeed();
  const audit = auditTo({ feed, log: { info: (message, facts) => lines.push([message, facts]) } });
  const ada = { user: "ada", role: "operator" } as const;
  audit.done(ada, { act: "replay", what: "12 13", replayed: "2" });
  audit.refused(ada, { act: "test", what: "chat" }, "There is no such channel");
  const who = { audit: "page", user: "ada", role: "operator" };
  deepEqual(lines, [
    ["Done on a page", { ...who, act: "replay", what: "12 13", replayed: "2" }],
    ["Refused on a page", { ...who, act: "test", what: "chat", reason: "There is no such channel" }],
  ]);
  deepEqual(feed.told(), 1);
});
