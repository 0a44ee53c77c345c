/** Where alerts lead: what Prometheus says and what Grafana and the runbooks have must fit. */

import assert from "node:assert/strict";
import { fromYaml } from "../lib/yaml.ts";
import { renderFor } from "../tasks/render.ts";
import { defineStack } from "../tasks/stack.ts";
import { headings, readPage } from "./docs/markdown.ts";

interface Dashboard {
  readonly uid: string;
  readonly templating?: { readonly list?: readonly { readonly name: string }[] };
}

interface Alert {
  readonly alert: string;
  readonly annotations: { readonly runbook_url?: string; readonly dashboard_url?: string };
}

const STACK = defineStack({
  probes: [{ name: "site", kind: "http", target: "https://example.org/" }],
  jobs: [{ name: "api", targets: ["10.0.0.7:8000"] }],
});
const FILES = renderFor(STACK, {
  engine: "docker",
  buildDir: "/srv/build",
  stateDir: "/srv/state",
  configDir: "/srv",
});

function alerts(): Alert[] {
  return [...FILES].filter(([path]) => path.startsWith("prometheus/rules/")).flatMap(([, text]) => {
    const { groups } = fromYaml(text) as { groups: { rules: (Alert | { alert?: undefined })[] }[] };
    return groups.flatMap(({ rules }) => rules.filter((rule): rule is Alert => rule.alert !== undefined));
  });
}

Deno.test("every alert leads to a dashboard that there is, by variables that it has", () => {
  const dashboards = new Map(
    [...FILES].filter(([path]) => /^grafana\/dashboards\/[^/]+\.json$/.test(path)).map(([, text]) => {
      const { uid, templating } = JSON.parse(text) as Dashboard;
      return [uid, new Set(templating?.list?.map(({ name }) => name))];
    }),
  );
  assert.ok(dashboards.size > 0);
  const wrong: string[] = [];
  for (const { alert, annotations: { dashboard_url } } of alerts()) {
    if (dashboard_url === undefined) {
      wrong.push(`${alert} leads to no dashboard`);
      continue;
    }
    const [, uid, query = ""] = /\/d\/([^?]+)(?:\?(.*))?$/.exec(dashboard_url)!;
    const variables = dashboards.get(uid!);
    if (!variables) wrong.push(`${alert}: there is no dashboard "${uid}"`);
    for (const [, name] of query.matchAll(/(?:^|&)var-(\w+)=/g)) {
      if (variables && !variables.has(name!)) wrong.push(`${alert}: "${uid}" has no variable "${name}"`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("every alert leads to its section in docs/alerts.md", async () => {
  const sections = new Set(headings(await readPage("docs/alerts.md")).map(({ text }) => text));
  for (const { alert, annotations: { runbook_url } } of alerts()) {
    assert.equal(runbook_url, `http://127.0.0.1:9094/runbooks/${alert}`);
    assert.ok(sections.has(alert), `docs/alerts.md has no section "${alert}"`);
  }
});
