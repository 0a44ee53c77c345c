import assert from "node:assert/strict";
import { decodeNotification } from "../payload.ts";
import { coalesce } from "./coalesce.ts";

/** A notification with an alert of each name; `~` before it resolves it. */
function notification(names: readonly string[], more: Record<string, unknown> = {}) {
  return decodeNotification({
    groupKey: "g",
    alerts: names.map((name) => ({
      status: name.startsWith("~") ? "resolved" : "firing",
      labels: { alertname: name.replace("~", ""), job: "node" },
      endsAt: "2026-11-22T10:00:00Z",
    })),
    ...more,
  });
}

/** What is told of `notifications`, oldest first. */
function told(...notifications: ReturnType<typeof notification>[]) {
  const [newest, ...older] = notifications.toReversed();
  const merged = coalesce(newest!);
  for (const one of older) merged.add(one);
  return merged.result();
}

function names({ alerts }: ReturnType<typeof notification>): string {
  return alerts.map(({ status, labels }) => `${status === "resolved" ? "~" : ""}${labels.alertname}`).join(
    " ",
  );
}

Deno.test("coalesce gives the newest state of every alert, and what was resolved on the way", () => {
  assert.equal(
    names(told(notification(["A", "B"]), notification(["~A", "B"]), notification(["B", "C"]))),
    "B C ~A",
  );
  assert.equal(names(told(notification(["~A"]), notification(["A"]))), "A");
  assert.equal(
    names(told(notification(["A"]), notification(["~A"]), notification(["A"]), notification(["~A"]))),
    "~A",
  );
});

Deno.test("coalesce leaves out what fired and is gone without having been resolved: it was silenced", () => {
  assert.equal(names(told(notification(["A", "B"]), notification(["B"]))), "B");
  assert.equal(names(told(notification(["~A", "B"]), notification(["A", "B"]), notification(["B"]))), "B");
});

Deno.test("coalesce works out anew what follows from the alerts", () => {
  const merged = told(
    notification(["~A"]),
    notification(["B"], { commonLabels: { alertname: "B", job: "node" } }),
  );
  assert.equal(merged.status, "firing");
  assert.deepEqual({ ...merged.commonLabels }, { job: "node" });
  const newest = notification(["B"]);
  assert.equal(told(notification(["B"]), newest), newest);
});

Deno.test("coalesce tells alerts apart by their fingerprints, or else by their labels", () => {
  const alert = (status: string, labels: Record<string, string>, fingerprint = "") => ({
    status,
    labels,
    fingerprint,
  });
  const merged = told(
    notification([], { alerts: [alert("resolved", { b: "1", a: "2" }), alert("resolved", { a: "2" }, "x")] }),
    notification([], { alerts: [alert("firing", { a: "2", b: "1" }), alert("firing", { a: "2" }, "y")] }),
  );
  assert.deepEqual(merged.alerts.map(({ status, fingerprint }) => [status, fingerprint]), [
    ["firing", ""],
    ["firing", "y"],
    ["resolved", "x"],
  ]);
});

Deno.test("coalesce keeps at most 10,000 alerts, and says how many it left out", () => {
  const many = Array.from({ length: 10_005 }, (_, i) => `~A${i}`);
  const merged = told(notification(many), notification(["B"], { truncatedAlerts: 2 }));
  assert.equal(merged.alerts.length, 10_000);
  assert.equal(merged.truncatedAlerts, 2 + 6);
});
