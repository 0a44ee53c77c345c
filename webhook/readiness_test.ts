import { deepEqual, equal, match } from "node:assert/strict";
import { readinessOf, type ReadinessSources } from "./readiness.ts";

const NOW = Date.parse("2026-11-22T10:00:00.000Z");

function of(more: Partial<ReadinessSources> = {}, bytes = 10, failure?: string) {
  return readinessOf({
    now: () => NOW,
    isStopping: () => false,
    journal: { failure: () => failure, size: () => ({ bytes, limitBytes: 100 }) },
    ...more,
  });
}

Deno.test("readinessOf is ready while everything works", () => {
  deepEqual(of(), {
    ready: true,
    checks: [
      { name: "accepting", ok: true, warning: false, detail: "Listening" },
      {
        name: "journal",
        ok: true,
        warning: false,
        detail: "It can be written; it takes 10 % of what it may",
      },
      { name: "configuration", ok: true, warning: false, detail: "The last one that was read is in use" },
    ],
  });
});

Deno.test("readinessOf is not ready while the webhook ends or its journal fails", () => {
  const stopping = of({ isStopping: () => true });
  deepEqual([stopping.ready, stopping.checks[0]!.detail], [false, "Shutting down"]);
  const failing = of({}, 10, "Cannot write the journal: the disk is full");
  equal(failing.ready, false);
  deepEqual(failing.checks[1], {
    name: "journal",
    ok: false,
    warning: false,
    detail: "Cannot write the journal: the disk is full",
  });
});

Deno.test("readinessOf warns of a journal that is nearly full, and of a configuration that was refused", () => {
  deepEqual(of({}, 95).checks.map(({ warning }) => warning), [false, true, false]);
  deepEqual(of({}, 94).checks.map(({ warning }) => warning), [false, false, false]);
  const refused = of({ configRefused: () => 'unknown key "chanels"' });
  deepEqual([refused.ready, refused.checks[2]!.warning], [true, true]);
  match(refused.checks[2]!.detail, /^The one before is in use: unknown key "chanels"$/);
});

Deno.test("readinessOf warns for a day of a journal that was damaged", () => {
  const at = (hoursAgo: number) =>
    of({ salvaged: () => ({ atMs: NOW - hoursAgo * 3_600_000, report: "3 notifications were lost" }) });
  match(
    at(23).checks[1]!.detail,
    /a damaged one was set aside at 2026-11-21T11:00:00.000Z: 3 notifications were lost$/,
  );
  deepEqual([at(23).ready, at(23).checks[1]!.warning], [true, true]);
  equal(at(25).checks[1]!.warning, false);
});
