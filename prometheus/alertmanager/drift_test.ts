import assert from "node:assert/strict";
import { writeFiles } from "../../lib/files.ts";
import { exampleFiles, MEASURE, ROUTING } from "../testing/example.ts";
import { getJson, reload, type Server, startServer, withFiles } from "../testing/programs.ts";
import { alertmanagerDrift } from "./drift.ts";
import type { Routing } from "./schema.ts";

const FIRST = '{instance=~"web-\\\\d+\\\\.", severity="critical"}';
const SECOND = '{note!="say \\"hi\\"", team!~"web|db"}';
const ROUTED: Routing = {
  ...ROUTING,
  quietHours: {
    times: [{ days: "mon-fri", from: "20:00", to: "08:00" }],
    timezone: "Europe/Paris",
    severities: ["info"],
  },
};

Deno.test("alertmanagerDrift against the real Alertmanager: nothing when it runs what was rendered, else each difference", async (t) => {
  const files = exampleFiles(MEASURE, ROUTED);
  await withFiles(files, async (directory) => {
    await using server = await startServer("alertmanager", directory);
    const running = await runningOf(server);

    await t.step("identical", () => assert.deepEqual(alertmanagerDrift(files, running), []));

    const [first, second] = ROUTED.routes;
    const cases: Record<string, { routing: Partial<Routing>; expected: string[] }> = {
      "another receiver by default": {
        routing: { receiver: "oncall" },
        expected: ["", '.routes.{severity="warning"}', '.routes.{severity="info"}', ".routes.{}"].map((
          route,
        ) => `route${route}.receiver is "console", wanted "oncall"`),
      },
      "another interval": {
        routing: { timing: { critical: { groupInterval: "2m" } } },
        expected: ["", `.${FIRST}`, `.${SECOND}`, ".{}"].map((route) =>
          `route${route && `.routes${route}`}.group_interval is "1m", wanted "2m"`
        ),
      },
      "other labels to group by": {
        routing: { timing: { info: { groupBy: ["alertname"] } } },
        expected: [`.${SECOND}.routes.{severity="info"}`, '.{severity="info"}'].map((route) =>
          `route.routes${route}.group_by[1] is "severity", wanted nothing`
        ),
      },
      "a changed route": {
        routing: { routes: [{ ...first!, receiver: "console" }, second!] },
        expected: [`route.routes.${FIRST}.receiver is "oncall", wanted "console"`],
      },
      "another matcher": {
        routing: { routes: [first!, { ...second!, matchers: ['team="web"'] }] },
        expected: [
          'route.routes.{team="web"} is not running',
          `route.routes.${SECOND} is running, wanted nothing of that name`,
        ],
      },
      "a route less": {
        routing: { routes: [second!, { ...second!, continue: true, matchers: ['a="b"'] }] },
        expected: [
          'route.routes.{a="b"} is not running',
          `route.routes.${FIRST} is running, wanted nothing of that name`,
        ],
      },
      "another order": {
        routing: { routes: [second!, first!] },
        expected: [`route.routes has ${FIRST} before ${SECOND}, wanted it after`],
      },
      "other quiet hours": {
        routing: {
          quietHours: {
            times: [{ days: "mon-fri", from: "22:00", to: "24:00" }],
            timezone: "Europe/Paris",
            severities: ["info"],
          },
        },
        expected: [
          'time_intervals[0].time_intervals[0].times[0].start_time is "20:00", wanted "22:00"',
          'time_intervals[0].time_intervals[1] is {"times":[{"start_time":"00:00","end_time":"08:00"}],' +
          '"weekdays":["tuesday","wednesday","thursday","friday","saturday"],"location":"Europe/Paris"}, wanted nothing',
        ],
      },
    };
    for (const [name, { routing, expected }] of Object.entries(cases)) {
      await t.step(
        name,
        () =>
          assert.deepEqual(
            alertmanagerDrift(exampleFiles(MEASURE, { ...ROUTED, ...routing }), running),
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
      const other = exampleFiles(MEASURE, { ...ROUTED, routes: [], repeatInterval: "36h" });
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
