import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { run } from "../../lib/process.ts";
import { binary } from "../../tasks/binaries/mod.ts";
import { ALERTMANAGER_LINKS, RECEIVERS, routing } from "../testing/example.ts";
import { getJson, startServer, withFiles } from "../testing/programs.ts";
import { renderAlertmanager } from "./mod.ts";
import { type Day, DAYS, daysOf, timeInterval } from "./quiet_hours.ts";

const ZONE = "Asia/Kolkata";
const OFFSET_MINUTES = 330;
const DAY_MINUTES = 24 * 60;

Deno.test("daysOf reads days, ranges that pass the end of the week, and lists", () => {
  const cases: Record<string, string> = {
    "mon-fri": "mon tue wed thu fri",
    "sat,sun": "sun sat",
    "fri-mon": "sun mon fri sat",
    "wed": "wed",
    "sun-sat": DAYS.join(" "),
    "mon-tue, tue-wed,sat": "mon tue wed sat",
  };
  for (const [text, days] of Object.entries(cases)) assert.equal(daysOf(text).join(" "), days, text);
});

Deno.test("timeInterval holds exactly from `from` until `to`, over midnight and over the end of the week", () => {
  const cases: readonly [days: string, from: string, to: string][] = [
    ["mon-fri", "20:00", "08:00"],
    ["sat,sun", "00:00", "24:00"],
    ["sun-sat", "22:30", "06:15"],
    ["sat", "23:59", "00:01"],
    ["wed", "12:00", "13:00"],
    ["fri", "18:00", "00:00"],
    ["sun-sat", "00:00", "24:00"],
    ["tue", "07:00", "07:00"],
  ];
  for (const [days, from, to] of cases) {
    const { time_intervals: parts } = timeInterval({
      times: [{ days, from, to }],
      timezone: "UTC",
      severities: ["info"],
    });
    const [start, end] = [minutes(from), minutes(to)];
    const length = end > start ? end - start : end - start + DAY_MINUTES;
    for (let at = 0; at < 7 * DAY_MINUTES; at++) {
      const [day, minute] = [Math.floor(at / DAY_MINUTES), at % DAY_MINUTES];
      const wanted = daysOf(days).some((each) => {
        const since = at - DAYS.indexOf(each) * DAY_MINUTES - start;
        return [since, since + 7 * DAY_MINUTES].some((passed) => passed >= 0 && passed < length);
      });
      const told = parts.some(({ times, weekdays }) =>
        (weekdays?.includes(NAMES[day]!) ?? true) &&
        (times?.some((each) => minutes(each.start_time) <= minute && minute < minutes(each.end_time)) ?? true)
      );
      assert.equal(told, wanted, `${days} ${from}–${to}: ${DAYS[day]} at minute ${minute}`);
    }
  }
});

Deno.test("timeInterval is taken by amtool, whatever the time zone", async () => {
  const { path: amtool } = await binary("amtool");
  for (
    const timezone of ["Europe/Paris", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+3", "Asia/Kolkata"]
  ) {
    const times = [{ days: "fri-mon" }, { from: "20:00", to: "08:00" }, { days: "mon", from: "00:05" }];
    await withFiles(filesOf({ quietHours: { times, timezone } }), async (directory) => {
      const file = join(directory, "alertmanager", "alertmanager.yml");
      const { code, stdout, stderr } = await run(amtool, ["check-config", file]);
      assert.equal(code, 0, `${timezone}: ${stdout}${stderr}`);
    });
  }
});

Deno.test("quiet hours hold warnings back in the real Alertmanager, in their time zone, and nothing else", async () => {
  const now = localMinutes();
  const [quiet, loud] = [[-60, 60], [120, 180]].map(([from, to]) => ({
    from: clock(now + from!),
    to: clock(now + to!),
  }));
  assert.deepEqual(await toldWith([quiet!]), { told: ["critical"], muted: ["info", "warning"] });
  assert.deepEqual(await toldWith([loud!]), { told: ["critical", "info", "warning"], muted: [] });
  const today = DAYS[new Date(Date.now() + OFFSET_MINUTES * 60_000).getUTCDay()]!;
  const others = DAYS.filter((day) => day !== today).join(",");
  assert.deepEqual(await toldWith([{ days: others }]), { told: ["critical", "info", "warning"], muted: [] });
});

/** Which severities are told, and which are muted, while these are the quiet hours. */
async function toldWith(
  times: readonly { readonly days?: string; readonly from?: string; readonly to?: string }[],
) {
  const told = new Set<string>();
  await using receiver = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { alerts } = await request.json() as { alerts: { labels: { severity: string } }[] };
      for (const { labels } of alerts) told.add(labels.severity);
      return new Response();
    },
  );
  const timing = { groupWait: "1ms", groupInterval: "1s" };
  const files = filesOf(
    { quietHours: { times: [...times], timezone: ZONE }, ...timing },
    `http://127.0.0.1:${receiver.addr.port}/`,
  );
  let muted: string[] = [];
  await withFiles(files, async (directory) => {
    await using server = await startServer("alertmanager", directory);
    const alerts = ["critical", "warning", "info"].map((severity) => ({
      labels: { alertname: "A", instance: severity, severity },
    }));
    const response = await fetch(`${server.url}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(alerts),
    });
    assert.equal(response.status, 200, await response.text());
    const deadline = Date.now() + 20_000;
    while (told.size + muted.length < alerts.length) {
      assert.ok(Date.now() < deadline, `told: ${[...told]}, muted: ${muted}`);
      await delay(20);
      // Only as part of their groups are alerts said to be muted.
      const groups = await getJson(`${server.url}/api/v2/alerts/groups`) as {
        alerts: { labels: { severity: string }; status: { mutedBy: string[] } }[];
      }[];
      muted = groups.flatMap((group) => group.alerts).filter(({ status }) =>
        status.mutedBy.includes("quiet-hours")
      )
        .map(({ labels }) => labels.severity).sort();
    }
  });
  return { told: [...told].sort(), muted };
}

function filesOf(routed: Parameters<typeof routing>[0], webhookUrl = "http://127.0.0.1:9/") {
  return renderAlertmanager(routing(routed), RECEIVERS.slice(0, 1), "en", {
    ...ALERTMANAGER_LINKS,
    webhookUrl,
  });
}

const NAMES = DAYS.map((day: Day) =>
  timeInterval({ times: [{ days: day, from: "00:00", to: "24:00" }], timezone: "UTC", severities: ["info"] })
    .time_intervals[0]!.weekdays![0]!
);

function minutes(text: string): number {
  const [hours, rest] = text.split(":").map(Number);
  return hours! * 60 + rest!;
}

function localMinutes(): number {
  return Math.floor(Date.now() / 60_000 + OFFSET_MINUTES) % DAY_MINUTES;
}

function clock(minute: number): string {
  const within = (minute + DAY_MINUTES) % DAY_MINUTES;
  return `${String(Math.floor(within / 60)).padStart(2, "0")}:${String(within % 60).padStart(2, "0")}`;
}
