import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../lib/process.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { binary } from "../../tasks/binaries/mod.ts";
import {
  ALERTMANAGER_LINKS,
  exampleFiles,
  MEASURE,
  RECEIVERS,
  ROUTING,
  routing,
  WEBHOOK_URL,
} from "../testing/example.ts";
import { withFiles } from "../testing/programs.ts";
import { renderAlertmanager } from "./mod.ts";

const LINKS = { ...ALERTMANAGER_LINKS, watchdogWithin: undefined };

Deno.test("renderAlertmanager sends each alert to its receivers, as amtool sees it", async (t) => {
  const { path: amtool } = await binary("amtool");
  const cases: Record<string, string> = {
    "alertname=VigieDrill severity=info drill=a": "drill",
    "alertname=VigieDrill severity=critical instance=web-1.": "drill",
    "alertname=Watchdog severity=none": "watchdog",
    "alertname=HostDown severity=critical instance=web-1. team=web note=x": "oncall,console",
    "alertname=HostDown severity=critical instance=web-1x team=web note=x": "console",
    "alertname=HostCpuHigh severity=warning team=other note=x": "oncall",
    "alertname=HostCpuHigh severity=warning team=db note=x": "console",
    'alertname=HostCpuHigh severity=warning team=other note="say \\"hi\\""': "console",
    // The first of the user's routes goes on to the next one.
    "alertname=HostDown severity=critical instance=web-1. team=other note=x": "oncall,oncall",
  };
  await withFiles(exampleFiles(), async (directory) => {
    for (const [labels, receivers] of Object.entries(cases)) {
      await t.step(`${labels} goes to ${receivers}`, async () => {
        const { code, stdout, stderr } = await run(amtool, [
          "config",
          "routes",
          "test",
          "--config.file",
          join(directory, "alertmanager", "alertmanager.yml"),
          ...labels.match(/\S+="(?:[^"\\]|\\.)*"|\S+/g)!,
        ]);
        assert.equal(code, 0, stderr);
        assert.equal(stdout.trim().split("\n").at(-1), receivers);
      });
    }
  });
});

Deno.test("renderAlertmanager groups drills by themselves and keeps the configured intervals for all else", () => {
  const { route } = parsed(routing({ groupWait: "20s", groupBy: ["team"], repeatInterval: "2h" })) as {
    route: { routes: Record<string, unknown>[] } & Record<string, unknown>;
  };
  const { routes, ...root } = route;
  assert.deepEqual(root, {
    receiver: "console",
    group_by: ["team"],
    group_wait: "20s",
    group_interval: "1m",
    repeat_interval: "2h",
  });
  assert.deepEqual(routes[0], {
    receiver: "drill",
    matchers: ['alertname="VigieDrill"'],
    continue: false,
    group_by: ["alertname", "drill"],
    group_wait: "0s",
    group_interval: "5s",
    repeat_interval: "24h",
  });
});

Deno.test("renderAlertmanager sends drills to the webhook and to every native destination once", () => {
  const twice = [...RECEIVERS, { ...RECEIVERS[1]!, name: "again" }];
  const { receivers } = fromYaml(
    renderAlertmanager(ROUTING, twice, "fr", LINKS).get("alertmanager/alertmanager.yml")!,
  ) as { receivers: Record<string, unknown[]>[] };
  const drill = receivers.find(({ name }) => String(name) === "drill")!;
  assert.deepEqual(drill.webhook_configs, [{ url: WEBHOOK_URL, send_resolved: true, max_alerts: 0 }]);
  assert.equal(drill.slack_configs!.length, 1);
  assert.equal(drill.email_configs!.length, 1);
  assert.equal(drill.pagerduty_configs!.length, 1);
});

Deno.test("renderAlertmanager tells the webhook of Watchdog so often that one message may be lost", () => {
  const links = { ...LINKS, watchdogWithin: "10m" };
  const { route, receivers } = fromYaml(
    renderAlertmanager(ROUTING, RECEIVERS, "fr", links).get("alertmanager/alertmanager.yml")!,
  ) as { route: { routes: object[] }; receivers: { name: string }[] };
  assert.deepEqual(route.routes[1], {
    receiver: "watchdog",
    matchers: ['alertname="Watchdog"'],
    continue: false,
    group_wait: "0s",
    group_interval: "2m",
    repeat_interval: "2m",
  });
  assert.deepEqual(receivers.find(({ name }) => name === "watchdog"), {
    name: "watchdog",
    webhook_configs: [{ url: WEBHOOK_URL, send_resolved: false, max_alerts: 0 }],
  });
});

Deno.test("renderAlertmanager tells nobody of Watchdog when nobody waits for it", () => {
  const { route, receivers } = parsed(ROUTING) as { route: { routes: object[] }; receivers: object[] };
  assert.deepEqual(route.routes[1], {
    receiver: "watchdog",
    matchers: ['alertname="Watchdog"'],
    continue: false,
  });
  assert.deepEqual(receivers.slice(-2), [{ name: "watchdog" }, { name: "nobody" }]);
});

Deno.test("renderAlertmanager names what each native destination needs", () => {
  const { receivers } = parsed(ROUTING) as { receivers: Record<string, Record<string, unknown>[]>[] };
  const [email] = receivers[1]!.email_configs!;
  assert.equal(email!.to, "ops@example.org, night@example.org");
  assert.deepEqual(email!.tls_config, { ca_file: "/run/secrets/vigie/oncall-email-ca" });
  const [pagerduty] = receivers[1]!.pagerduty_configs!;
  assert.equal(pagerduty!.routing_key_file, "/run/secrets/vigie/oncall-pagerduty-routing-key");
  assert.equal(pagerduty!.url, "https://events.eu.pagerduty.com/v2/enqueue");
});

Deno.test("renderAlertmanager names secrets by their files only", () => {
  const text = exampleFiles().get("alertmanager/alertmanager.yml")!;
  assert.match(text, /api_url_file: \/run\/secrets\/vigie\/oncall-slack-url/);
  assert.match(text, /auth_password_file: \/run\/secrets\/vigie\/oncall-email-password/);
  assert.doesNotMatch(text, /api_url:|auth_password:/);
});

Deno.test("renderAlertmanager writes no templates when the webhook serves everybody", () => {
  const files = renderAlertmanager(routing({}), RECEIVERS.slice(0, 1), "fr", LINKS);
  assert.deepEqual([...files.keys()], ["alertmanager/alertmanager.yml"]);
  assert.doesNotMatch(files.get("alertmanager/alertmanager.yml")!, /templates/);
});

Deno.test("renderAlertmanager refuses a receiver with a name of the stack's own", () => {
  for (const name of ["drill", "watchdog", "nobody"]) {
    assert.throws(
      () => renderAlertmanager(ROUTING, [{ name, webhook: true, native: [] }], "fr", LINKS),
      {
        name: "RangeError",
        message: `Cannot name a receiver "${name}": the stack has one of that name, choose another`,
      },
    );
  }
});

Deno.test("renderAlertmanager gives the same bytes for the same input", () => {
  assert.deepEqual([...exampleFiles(MEASURE, ROUTING)], [...exampleFiles(MEASURE, ROUTING)]);
});

function parsed(routed: typeof ROUTING): unknown {
  return fromYaml(renderAlertmanager(routed, RECEIVERS, "fr", LINKS).get("alertmanager/alertmanager.yml")!);
}
