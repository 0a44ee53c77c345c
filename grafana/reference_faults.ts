/** What a dashboard refers to and is not there. */

import { type DashboardScope, type Fault, list, quoted } from "./faults.ts";
import { type JsonPath, walk } from "./json_places.ts";
import { variablesIn } from "./queries.ts";

/** Datasources that need no provisioning. */
const BUILT_IN_DATASOURCES = new Set(["grafana", "-- Grafana --", "-- Mixed --", "-- Dashboard --"]);

/** Variables that Grafana sets, beside those that start with two underscores and an interval or a range. */
const BUILT_IN_VARIABLES =
  /^(timeFilter|__(interval|rate_interval|range|from|to)(_s|_ms)?|__(all|dashboard|org|user|name|field|value|data|series|cell|url_time_range|all_variables|timezone))$/;

/** Datasources that are not provisioned, or are of another type. */
export function datasourceFaults({ dashboard, datasources }: DashboardScope): Fault[] {
  return [...walk(dashboard)].flatMap(({ path, value }): Fault[] => {
    if (path.at(-1) !== "datasource") return [];
    const { uid, type } = (value ?? {}) as { uid?: string; type?: string };
    if (BUILT_IN_DATASOURCES.has(uid!)) return [];
    const known = [...datasources.keys()].map((name) => `"${name}"`).join(" or ");
    if (!datasources.has(uid!)) {
      return [{
        path,
        message: `Datasource uid is ${quoted(uid ?? value)}, which is not provisioned`,
        cure: `Refer to ${known}`,
      }];
    }
    if (type !== datasources.get(uid!)) {
      return [{
        path,
        message: `Datasource "${uid}" is of the type "${datasources.get(uid!)}", not ${quoted(type)}`,
        cure: "Give the type that is provisioned",
      }];
    }
    return [];
  });
}

/** Variables that are used and not there, or there and not used. */
export function variableFaults({ dashboard }: DashboardScope): Fault[] {
  const own = new Set(dashboard.templating?.list?.map(({ name }) => name));
  const used = new Set<string>();
  const unknown = [...walk(dashboard)].flatMap(({ path, value }): Fault[] => {
    // The dashboard's own description is no template.
    if (typeof value !== "string" || path.at(-1) === "description") return [];
    const names = [...new Set(variablesIn(value))];
    for (const name of names) if (!isOwnText(dashboard, path, name)) used.add(name);
    return names.filter((name) => !own.has(name) && !BUILT_IN_VARIABLES.test(name)).map((name) => ({
      path,
      message: `Variable "${name}" does not exist in this dashboard: Grafana leaves it in the text as it is`,
      cure: own.size === 0 ? "Add it to the dashboard's variables" : `Add it, or use ${list(own)}`,
    }));
  });
  const unused = (dashboard.templating?.list ?? []).flatMap(({ name }, i): Fault[] =>
    used.has(name) ? [] : [{
      severity: "warning",
      path: ["templating", "list", i, "name"],
      message: `Variable "${name}" is used by nothing: whoever chooses a value changes nothing`,
      cure: `Use it as $${name} in a query, or remove it`,
    }]
  );
  const twice = (dashboard.templating?.list ?? []).flatMap(({ name }, i, all): Fault[] =>
    all.findIndex((one) => one.name === name) === i ? [] : [{
      path: ["templating", "list", i, "name"],
      message: `Variable "${name}" is there twice: only one of them counts`,
      cure: "Give each variable its own name",
    }]
  );
  return [...unknown, ...unused, ...twice];
}

/** Whether a text belongs to the variable's own definition. */
function isOwnText(dashboard: DashboardScope["dashboard"], path: JsonPath, name: string): boolean {
  return path[0] === "templating" && typeof path[2] === "number" &&
    dashboard.templating?.list?.[path[2]]?.name === name;
}

/** Links that lead to no dashboard. */
export function linkFaults({ dashboard, others }: DashboardScope): Fault[] {
  const all = [dashboard, ...others];
  const uids = new Set(all.map(({ uid }) => uid));
  const tags = new Set(others.flatMap(({ tags = [] }) => tags));
  const byUrl = [...walk(dashboard)].flatMap(({ path, value }): Fault[] => {
    const uid = typeof value === "string" && path.at(-1) === "url" && /(?:^|\/)d\/([^/?]+)/.exec(value)?.[1];
    // What a row of a table names is not known here.
    if (!uid || uid.startsWith("$") || uids.has(uid)) return [];
    return [{
      path,
      message: `Link leads to the dashboard "${uid}", which does not exist`,
      cure: `Use one of ${list(uids)}`,
    }];
  });
  const byTag = (dashboard.links ?? []).flatMap((link, i): Fault[] => {
    if (link.type !== "dashboards" || others.length === 0 || (link.tags ?? []).some((tag) => tags.has(tag))) {
      return [];
    }
    return [{
      path: ["links", i],
      message: `Link "${link.title}" leads to dashboards tagged ${
        list(link.tags ?? [])
      }, which no other dashboard is`,
      cure: `Use one of the tags ${list(tags)}`,
    }];
  });
  return [...byUrl, ...byTag];
}
