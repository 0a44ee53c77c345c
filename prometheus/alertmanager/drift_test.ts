import assert from "node:assert/strict";
import { writeFiles } from "../../lib/files.ts";
import { exampleFiles, MEASURE, ROUTING } from "../testing/example.ts";
import { getJson, reload, type Server, startServer, withFiles } from "../testing/programs.ts";
import { alertmanagerDrift } from "./drift.ts";
import type { Routing } from "./schema.ts";

Deno.test("alertmanagerDrift against the real Alertmanager: nothing when it runs what was rendered, else each difference", async (t) => {
  const files = exampleFiles();
  await withFiles(files, async (directory) => {
    await using server = await startServer("alertmanager", directory);
    const running = await runningOf(server);

    await t.step("identical", () => assert.deepEqual(alertmanagerDrift(files, running), []));

    const [first, second] = ROUTING.routes;
    const cases: Record<string, { routing: Partial<Routing>; expected: string[] }> = {
      "another receiver by default": {
        routing: { receiver: "oncall" },
        expected: ['route.receiver is "console", wanted "oncall"'],
      },
      "another interval": {
        routing: { groupInterval: "2m", groupBy: ["alertname"] },
        expected: [
          'route.group_by[1] is "severity", wanted nothing',
          'route.group_interval is "1m", wanted "2m"',
        ],
      },
      "a changed route": {
        routing: { routes: [{ ...first!, receiver: "console", continue: false }, second!] },
        expected: [
          'route.routes[2].receiver is "oncall", wanted "console"',
          "route.routes[2].continue is true, wanted false",
        ],
      },
      "another matcher": {
        routing: { routes: [first!, { ...second!, matchers: ['team="web"'] }] },
        expected: [
          'route.routes[3].matchers[0] is "note!=\\"say \\\\\\"hi\\\\\\"\\"", wanted "team=\\"web\\""',
          'route.routes[3].matchers[1] is "team!~\\"web|db\\"", wanted nothing',
        ],
      },
      "a route less": {
        routing: { routes: [second!] },
        expected: [
          `route.routes[2] is ${
            JSON.stringify({
              receiver: "oncall",
              matchers: ['instance=~"web-\\\\d+\\\\."', 'severity="critical"'],
              continue: true,
              repeat_interval: "4h",
            })
          }, wanted nothing`,
        ],
      },
    };
    for (const [name, { routing, expected }] of Object.entries(cases)) {
      await t.step(
        name,
        () =>
          assert.deepEqual(
            alertmanagerDrift(exampleFiles(MEASURE, { ...ROUTING, ...routing }), running),
            expected,
          ),
      );
    }

    await t.step("another receiver", () => {
      const path = "alertmanager/alertmanager.yml";
      const other = new Map([...files, [path, files.get(path)!.replace("- name: oncall", "- name: other")]]);
      assert.deepEqual(alertmanagerDrift(other, running), [
        "receivers.other is not running",
        "receivers.oncall is running, wanted nothing of that name",
      ]);
    });

    await t.step("a reload ends it", async () => {
      const other = exampleFiles(MEASURE, { ...ROUTING, routes: [], repeatInterval: "36h" });
      await writeFiles(directory, other);
      await reload(server);
      assert.deepEqual(alertmanagerDrift(other, await runningOf(server)), []);
    });
  });
});

async function runningOf({ url }: Server): Promise<{ original: string }> {
  const { config } = await getJson(`${url}/api/v2/status`) as { config: { original: string } };
  return config;
}
