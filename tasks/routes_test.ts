import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeFiles } from "../lib/files.ts";
import { run } from "../lib/process.ts";
import routing from "../tests/configs/good/routing.ts";
import { binary } from "./binaries/mod.ts";
import { renderFor } from "./render.ts";
import { queryOf, routesCommand } from "./routes.ts";
import { runCaptured } from "./testing.ts";

const CONFIG = fileURLToPath(new URL("../tests/configs/good/routing.ts", import.meta.url));
const asked = (...args: string[]) => runCaptured(routesCommand, ["--config", CONFIG, ...args]);

Deno.test("routes shows each way of an alert, on what it depends, and what mutes it", async () => {
  const { code, out, err } = await asked("HostDiskSpaceLow");
  assert.equal(code, 0, err);
  assert.equal(
    out,
    `ALERT             SEVERITY  WHEN       RECEIVER     TELLS                     GROUPED BY          WAIT  INTERVAL  AGAIN  QUIET  MUTED BY
HostDiskSpaceLow  warning   team="db"  dba          dba-chat                  alertname,severity  30s   5m        12h    yes    its own critical, HostDown
                            otherwise  chat         chat-slack                alertname,severity  30s   5m        12h    yes
HostDiskSpaceLow  critical  always     independent  independent-pagerduty*    alertname,severity  10s   1m        1h            HostDown
                            team="db"  dba          dba-chat                  alertname,severity  10s   1m        1h
                            always     oncall       oncall-chat and 3 others  alertname,severity  10s   1m        1h

WAIT: for more alerts of a new group. INTERVAL: between two messages about a group that changed. AGAIN: when nothing changed
*: told by Alertmanager itself, also when the webhook is dead
QUIET: not told mon,tue,wed,thu,fri 20:00–24:00 Europe/Paris; tue,wed,thu,fri,sat 00:00–08:00 Europe/Paris; sun,sat Europe/Paris
MUTED BY: where both have the same instance, job, device, mountpoint`,
  );
});

Deno.test("routes decides exact labels as amtool does", async () => {
  const { path: amtool } = await binary("amtool");
  const directory = await Deno.makeTempDir();
  const values: [string, string[]][] = [
    ["alertname", ["HostSwapHigh", "WebhookDown", "Watchdog"]],
    ["severity", ["critical", "warning", "info", "none", ""]],
    ["team", ["web", "db", ""]],
    ["instance", ["web-1", "here"]],
  ];
  const sets = values.reduce<string[][]>(
    (all, [label, some]) =>
      all.flatMap((set) => some.map((value) => value === "" ? set : [...set, `${label}=${value}`])),
    [[]],
  );
  try {
    const target = {
      engine: "docker" as const,
      buildDir: directory,
      stateDir: directory,
      configDir: directory,
    };
    await writeFiles(directory, renderFor(routing, target));
    const file = join(directory, "alertmanager", "alertmanager.yml");
    const seen = new Set<string>();
    // Every third of them covers each value with each other one.
    for (const labels of sets.filter((_, i) => i % 3 === 0)) {
      const { out } = await asked(...labels, "--json");
      const [{ ways }] = JSON.parse(out).alerts as [{ ways: { receiver: string }[] }];
      const told = ways.map(({ receiver }) => receiver).join(",");
      const { stdout } = await run(amtool, ["config", "routes", "test", `--config.file=${file}`, ...labels]);
      assert.equal(told, stdout.trim(), labels.join(" "));
      seen.add(told);
    }
    assert.ok(seen.size >= 7, [...seen].join("; "));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("routes tells everything to programs", async () => {
  const { out } = await asked("HostCpuHigh", "team=db", "instance=web-1", "--json");
  const [alert, ...others] = JSON.parse(out).alerts;
  assert.deepEqual(others, []);
  assert.deepEqual(alert.ways, [{
    receiver: "dba",
    when: [],
    otherwise: false,
    groupBy: ["alertname", "severity"],
    groupWait: "30s",
    groupInterval: "5m",
    repeatInterval: "12h",
    muted: [
      "mon,tue,wed,thu,fri 20:00–24:00 Europe/Paris",
      "tue,wed,thu,fri,sat 00:00–08:00 Europe/Paris",
      "sun,sat Europe/Paris",
    ],
    channels: [{ name: "dba-chat", kind: "slack", via: "webhook" }],
  }]);
  assert.deepEqual(alert.inhibitedBy, [{ alert: "HostDown", severity: "critical", same: ["instance"] }]);
  const all = JSON.parse((await asked("--json")).out).alerts;
  assert.ok(all.length > 50, `${all.length}`);
  assert.deepEqual(all.filter(({ ways }: { ways: unknown[] }) => ways.length === 0), []);
});

Deno.test("routes refuses what is no label, and alerts that there are not", async () => {
  const book = { alerts: ["HostDown", "HostCpuHigh"] };
  assert.deepEqual(queryOf(["HostDown", "a=b", 'c="d e"', "f="], book), {
    alert: "HostDown",
    labels: { a: "b", c: "d e", f: "" },
  });
  assert.throws(() => queryOf(["HostDwon"], book), {
    name: "UsageError",
    message: 'There is no alert "HostDwon": did you mean "HostDown"?',
  });
  assert.throws(() => queryOf(["HostDown", "HostCpuHigh"], book), {
    message:
      'Cannot use the argument "HostCpuHigh": expected the name of one alert, or labels such as severity=critical',
  });
  const { code, err } = await asked("HostDown", "severity=warning");
  assert.deepEqual([code, err.trim()], [2, 'error: No alert "HostDown" has the labels severity=warning']);
});
