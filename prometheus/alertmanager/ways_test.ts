import assert from "node:assert/strict";
import { printMatcher } from "../../lib/matcher.ts";
import { routing } from "../testing/example.ts";
import type { AlertShape } from "./alert_shape.ts";
import { routeTree } from "./routes.ts";
import { type RouteNode, routeNodes, routesFor } from "./tree.ts";
import { treeFits, type Way, waysOf } from "./ways.ts";

const tree = () =>
  routeNodes(JSON.parse(JSON.stringify(routeTree(routing({
    severities: { critical: "oncall" },
    teams: { db: "dba" },
    bypass: "mail",
    routes: [
      { matchers: ["instance=~web-.*"], receiver: "web", continue: true },
      { matchers: ["alertname=Known", "instance=a"], receiver: "nobody" },
      { matchers: ["team=db", 'role=~"a|b"'], receiver: "roles" },
    ],
    quietHours: { times: [{ from: "20:00", to: "08:00" }], timezone: "UTC" },
  })))));

const shape = (labels: Record<string, string>, more: Partial<AlertShape> = {}): AlertShape => ({
  name: labels.alertname!,
  labels,
  sure: new Set(),
  maybe: new Set(),
  open: true,
  ...more,
});

function text({ route, when, otherwise }: Way): string {
  return [route.receiver, ...when.map(printMatcher), ...(otherwise ? ["otherwise"] : [])].join(" ");
}

Deno.test("waysOf names every way of an alert, and on what it depends", async () => {
  const root = await tree();
  const fits = await treeFits(root);
  const ways = (labels: Record<string, string>, more?: Partial<AlertShape>) =>
    waysOf(root, shape(labels, more), fits).map(text);
  assert.deepEqual(ways({ alertname: "Watchdog", severity: "none" }), ["watchdog"]);
  assert.deepEqual(ways({ alertname: "A", severity: "none" }), ["nobody"]);
  assert.deepEqual(ways({ alertname: "A", severity: "critical" }), [
    "mail",
    'web instance=~"web-.*"',
    'roles team="db" role=~"a|b"',
    'dba team="db" otherwise',
    "oncall otherwise",
  ]);
  assert.deepEqual(ways({ alertname: "Known", severity: "warning" }), [
    'web instance=~"web-.*"',
    'nobody instance="a"',
    'roles team="db" role=~"a|b" otherwise',
    'dba team="db" otherwise',
    "console otherwise",
  ]);
  // What is known of its labels leaves ways out.
  const closed = { open: false, sure: new Set(["instance"]) };
  assert.deepEqual(ways({ alertname: "A", severity: "warning" }, closed), [
    'web instance=~"web-.*"',
    "console",
  ]);
  assert.deepEqual(ways({ alertname: "A", severity: "warning", team: "db" }, closed), [
    'web instance=~"web-.*"',
    "dba",
  ]);
});

Deno.test("waysOf has the routes that take the alert when it fires, and no route that takes none", async () => {
  const root = await tree();
  const fits = await treeFits(root);
  const values: Record<string, string[]> = {
    instance: ["web-1", "a", ""],
    team: ["db", "web", ""],
    role: ["a", "b", "c", ""],
  };
  for (const alertname of ["A", "Known", "WebhookDown"]) {
    for (const severity of ["critical", "warning", "info", "none", "odd"]) {
      const ways = waysOf(root, shape({ alertname, severity }), fits).map(({ route }) => route);
      const taken = new Set<RouteNode>();
      for (const instance of values.instance!) {
        for (const team of values.team!) {
          for (const role of values.role!) {
            for (const node of routesFor(root, { alertname, severity, instance, team, role })) {
              taken.add(node);
            }
          }
        }
      }
      assert.deepEqual(
        new Set(ways.map(({ path }) => path.join())),
        new Set([...taken].map(({ path }) => path.join())),
        `${alertname} ${severity}`,
      );
    }
  }
});
