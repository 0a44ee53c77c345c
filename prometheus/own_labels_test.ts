import assert from "node:assert/strict";
import { ownLabels } from "./own_labels.ts";
import { measure } from "./testing/example.ts";

Deno.test("ownLabels are those that own alerts and recordings keep or match by name", () => {
  const text = { fr: "x", en: "x" };
  const alert = (expr: string) => ({
    alert: "Own",
    expr,
    severity: "warning" as const,
    summary: text,
    description: text,
  });
  const labels = ownLabels(measure({
    alerts: [
      alert("sum by (vhost, instance) (rate(http_errors_total[5m])) > 1"),
      { ...alert("a * on (pool) group_left (owner) b > 1"), alert: "Other" },
      { ...alert("sum without (cpu) (c) / ignoring (mode) d > 2"), alert: "Third" },
    ],
    recordings: [{ record: "zone:x:sum", expr: "sum by (zone) (x)" }],
  }));
  assert.deepEqual(labels, ["instance", "owner", "pool", "vhost", "zone"]);
  assert.deepEqual(ownLabels(measure({})), []);
});
