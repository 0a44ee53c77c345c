/** What can be wrong with a dashboard as a whole. */

import { type DashboardScope, type Fault, quoted } from "./faults.ts";

/** The SDK's schema version: Grafana migrates older ones each time it loads them. */
const SCHEMA_VERSION = 42;

/** A uid that is missing or taken, no title, an old schema, an export for sharing. */
export function identityFaults({ dashboard, others }: DashboardScope): Fault[] {
  const faults: Fault[] = [];
  const { uid, title, schemaVersion } = dashboard;
  if (typeof uid !== "string" || !/^[a-zA-Z0-9_-]{1,40}$/.test(uid)) {
    faults.push({
      path: ["uid"],
      message: `Dashboard uid is ${quoted(uid)}, expected at most 40 letters, digits, "-" and "_"`,
      cure: "Give the dashboard a fixed uid: links and bookmarks hold it",
    });
  } else if (others.some((other) => other.uid === uid)) {
    faults.push({
      path: ["uid"],
      message: `Dashboard uid "${uid}" is used by two dashboards: Grafana loads only one of them`,
      cure: "Give each dashboard its own uid",
    });
  }
  if (!title) faults.push({ path: ["title"], message: "Dashboard has no title", cure: "Give it a title" });
  if (schemaVersion !== SCHEMA_VERSION) {
    faults.push({
      path: ["schemaVersion"],
      message: `Schema version is ${quoted(schemaVersion)}, expected ${SCHEMA_VERSION}`,
      cure: "Build the dashboard with the SDK that deno.json names",
    });
  }
  if ("__inputs" in dashboard) {
    faults.push({
      path: ["__inputs"],
      message: "Dashboard is an export for sharing: provisioning leaves its inputs unresolved",
      cure: "Refer to datasources by their uid and remove `__inputs`",
    });
  }
  return faults;
}
