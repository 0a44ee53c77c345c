import { deepEqual, equal } from "node:assert/strict";
import { createChannelHealth } from "./channel_state.ts";

const NOW_MS = Date.parse("2026-11-22T10:05:00Z");

Deno.test("createChannelHealth holds nothing against a destination that lets only one message wait", () => {
  const journal = { get: () => undefined, put: () => Promise.reject(new Error("nothing is kept")) };
  const health = createChannelHealth("mail", journal, NOW_MS, () => {});
  const fail = (others?: "welcome") => {
    for (let i = 0; i < 10; i++) {
      const attempt = { group: `g${i}`, atMs: NOW_MS + i, isProbe: false, reached: true };
      health.ended({ result: "retry", reason: "450 Greylisted", others }, attempt);
    }
  };
  fail("welcome");
  deepEqual(health.circuit.gate(NOW_MS), { kind: "closed" });
  equal(health.shown(NOW_MS).lastFailure?.reason, "450 Greylisted");
  fail();
  equal(health.circuit.gate(NOW_MS).kind, "open");
});
