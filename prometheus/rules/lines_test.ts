import assert from "node:assert/strict";
import * as z from "zod";
import { measureShape } from "../schema.ts";
import { alertLines } from "./lines.ts";

function linesOf(input: z.input<z.ZodObject<typeof measureShape>>) {
  return alertLines(z.strictObject(measureShape).parse(input));
}

Deno.test("alertLines gives the number of each alert that has one, by severity", () => {
  const lines = linesOf({});
  assert.deepEqual(lines.HostMemoryHigh, { warning: 90 });
  assert.deepEqual(lines.HostDiskSpaceLow, { warning: 10, critical: 5 });
  assert.equal(lines.HostDown, undefined);
});

Deno.test("alertLines follows what config.ts says, and leaves out what it switches off", () => {
  const lines = linesOf({
    rules: {
      HostMemoryHigh: { threshold: 95 },
      HostCpuHigh: { enabled: false },
      HostLoadHigh: { severity: "critical" },
      HostDiskSpaceLow: { critical: { threshold: 2 }, warning: { enabled: false } },
    },
  });
  assert.deepEqual(lines.HostMemoryHigh, { warning: 95 });
  assert.equal(lines.HostCpuHigh, undefined);
  assert.deepEqual(lines.HostLoadHigh, { critical: 2 });
  assert.deepEqual(lines.HostDiskSpaceLow, { critical: 2 });
});

Deno.test("alertLines says where the line of some hosts is", () => {
  const lines = linesOf({
    hosts: [{ name: "db-1", address: "10.0.0.8", labels: { role: "database" } }],
    rules: {
      HostMemoryHigh: {
        threshold: 85,
        hosts: [
          { matchers: ['role="database"'], threshold: 95 },
          { matchers: ["instance=~web-.*"], enabled: false },
          { matchers: ['role="cache"'], severity: "info" },
        ],
      },
      HostDiskSpaceLow: { warning: { hosts: [{ matchers: ["mountpoint=/data"], threshold: 2 }] } },
      HostCpuHigh: { enabled: false, hosts: [{ matchers: ["role=database"], enabled: true }] },
    },
  });
  const warning = { severity: "warning", ofTargets: true };
  assert.deepEqual(lines.HostMemoryHigh, {
    warning: 85,
    elsewhere: [
      { ...warning, matchers: 'role="database"', value: 95 },
      { ...warning, matchers: 'instance=~"web-.*"' },
      { ...warning, matchers: 'role="cache"', severity: "info", value: 85 },
    ],
  });
  assert.deepEqual(lines.HostDiskSpaceLow, {
    warning: 10,
    critical: 5,
    elsewhere: [{ severity: "warning", matchers: 'mountpoint="/data"', ofTargets: false, value: 2 }],
  });
  assert.deepEqual(lines.HostCpuHigh, {
    elsewhere: [{ ...warning, matchers: 'role="database"', value: 90 }],
  });
});
