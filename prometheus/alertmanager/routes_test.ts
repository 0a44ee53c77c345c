import assert from "node:assert/strict";
import type * as z from "zod";
import { routing } from "../testing/example.ts";
import { repeatIntervals, routeTree } from "./routes.ts";
import type { routingShape } from "./schema.ts";
import { type RouteNode, routeNodes, routesFor } from "./tree.ts";

type RoutingInput = z.input<z.ZodObject<typeof routingShape>>;

/** A function that gives the routes of an alert, its labels written as `severity=critical team=db`. */
async function routesOf(input: RoutingInput): Promise<(labels: string) => RouteNode[]> {
  // What is undefined is not written to the file.
  const root = await routeNodes(JSON.parse(JSON.stringify(routeTree(routing(input)))));
  return (labels) => routesFor(root, Object.fromEntries(labels.split(" ").map((pair) => pair.split("="))));
}

const PAGED: RoutingInput = {
  severities: { critical: "oncall", info: "log" },
  teams: { db: "dba", web: "oncall" },
  bypass: "mail",
  routes: [
    { matchers: ["alertname=Known"], receiver: "nobody" },
    { matchers: ["instance=both"], receiver: "extra", continue: true },
  ],
};

Deno.test("routeTree tells by severity and by team, each receiver once, and nobody of what nobody wants", async () => {
  const routes = await routesOf(PAGED);
  const cases: Record<string, string> = {
    "alertname=A severity=critical": "mail oncall",
    "alertname=A severity=warning": "console",
    "alertname=A severity=info": "log",
    "alertname=A severity=none": "nobody",
    "alertname=A severity=page": "console",
    "alertname=A": "console",
    // The team, and who is named for the severity.
    "alertname=A severity=critical team=db": "mail dba oncall",
    "alertname=A severity=warning team=db": "dba",
    "alertname=A severity=info team=db": "dba log",
    "alertname=A severity=none team=db": "nobody",
    "alertname=A team=db": "dba",
    // The same receiver by both: told once.
    "alertname=A severity=critical team=web": "mail oncall",
    "alertname=A severity=warning team=web": "oncall",
    "alertname=A severity=critical team=other": "mail oncall",
    // Routes come first; one that goes on is told in addition.
    "alertname=Known severity=warning team=db": "nobody",
    "alertname=A severity=warning instance=both": "extra console",
    "alertname=A severity=critical instance=both": "mail extra oncall",
    "alertname=A severity=warning instance=both team=db": "extra dba",
    // What says that the webhook is dead passes by it, however bad config.ts says it is.
    "alertname=WebhookDown severity=warning": "mail console",
    "alertname=WebhookDown severity=critical": "mail oncall",
    "alertname=Watchdog severity=none": "watchdog",
    "alertname=VigieDrill severity=info": "drill",
  };
  for (const [labels, receivers] of Object.entries(cases)) {
    assert.equal(routes(labels).map(({ receiver }) => receiver).join(" "), receivers, labels);
  }
});

Deno.test("routeTree sends alerts of severity none to whom it is told to", async () => {
  const routes = await routesOf({ severities: { none: "log" }, teams: { db: "dba" } });
  assert.deepEqual(routes("severity=none").map(({ receiver }) => receiver), ["log"]);
  assert.deepEqual(routes("severity=none team=db").map(({ receiver }) => receiver), ["dba", "log"]);
});

Deno.test("routeTree tells critical alerts at once and again soon, and gathers what can wait", async () => {
  const timing = async (input: RoutingInput, labels: string) =>
    (await routesOf(input))(labels).map((node) =>
      [node.groupBy.join(), node.groupWait, node.groupInterval, node.repeatInterval].join(" ")
    );
  const usual = "alertname,severity";
  assert.deepEqual(await timing({}, "severity=critical"), [`${usual} 10s 1m 1h`]);
  assert.deepEqual(await timing({}, "severity=warning"), [`${usual} 30s 5m 12h`]);
  assert.deepEqual(await timing({}, "severity=info"), [`${usual} 1m 10m 1d`]);
  // What has no severity that is known may be as bad as any.
  assert.deepEqual(await timing({}, "severity=page"), [`${usual} 10s 1m 1h`]);
  assert.deepEqual(await timing({}, "alertname=A"), [`${usual} 10s 1m 1h`]);

  const set: RoutingInput = {
    groupWait: "2s",
    repeatInterval: "3h",
    timing: { warning: { repeatInterval: "2d", groupBy: ["team"] } },
    teams: { db: "dba" },
    routes: [{ matchers: ["role=a"], receiver: "a", groupInterval: "7m", repeatInterval: "5m" }],
  };
  for (const more of ["", " team=db"]) {
    assert.deepEqual(await timing(set, `severity=critical${more}`), [`${usual} 2s 1m 3h`], more);
    assert.deepEqual(await timing(set, `severity=warning${more}`), ["team 2s 5m 2d"], more);
    assert.deepEqual(await timing(set, `severity=info${more}`), [`${usual} 2s 10m 3h`], more);
  }
  assert.deepEqual(await timing(set, "severity=warning role=a"), ["team 2s 7m 5m"]);
  assert.deepEqual(await timing(set, "severity=critical role=a"), [`${usual} 2s 7m 5m`]);
});

Deno.test("routeTree keeps quiet hours on every way of the severities that wait, and on no other", async () => {
  const routes = await routesOf({
    ...PAGED,
    quietHours: { times: [{ from: "20:00", to: "08:00" }], timezone: "Europe/Paris" },
    routes: [
      { matchers: ["role=night"], receiver: "night", quietHours: false },
      { matchers: ['severity=~"warning|info"', "role=day"], receiver: "day" },
      { matchers: ['severity=~"(?i)WARNING"', "role=odd"], receiver: "odd" },
    ],
  });
  const muted = (labels: string) =>
    routes(labels).map(({ receiver, muted }) => `${receiver}${muted.length > 0 ? " muted" : ""}`).join(", ");
  const cases: Record<string, string> = {
    "severity=critical": "mail, oncall",
    "severity=warning": "console muted",
    "severity=info": "log muted",
    "severity=warning team=db": "dba muted",
    "severity=critical team=db": "mail, dba, oncall",
    "severity=info team=db": "dba muted, log muted",
    "severity=warning role=night": "night",
    "severity=warning role=day": "day muted",
    "severity=info role=day": "day muted",
    "severity=warning role=odd": "odd muted",
    "severity=critical role=day": "mail, oncall",
    "alertname=WebhookDown severity=warning": "mail, console muted",
    "alertname=Watchdog severity=none": "watchdog",
    "alertname=VigieDrill severity=info": "drill",
  };
  for (const [labels, wanted] of Object.entries(cases)) assert.equal(muted(labels), wanted, labels);
});

Deno.test("repeatIntervals are those of the user's alerts", () => {
  const intervals = new Set(repeatIntervals(routing({
    timing: { critical: { repeatInterval: "2h" } },
    routes: [{ matchers: ["a=b"], receiver: "console", repeatInterval: "9m" }],
  })));
  assert.deepEqual(intervals, new Set(["2h", "9m", "12h", "1d"]));
});
