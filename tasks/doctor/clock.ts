/** Whether everybody agrees what time it is. */

import { formatElapsed } from "../../lib/units.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { sumOf } from "./metrics.ts";

const SKEW_MS = 5_000;
const FUTURE_MS = 60_000;

const skew: Diagnosis = {
  id: "doctor/clock-skew",
  area: "clock",
  title: "Prometheus's clock agrees with this machine's",
  about:
    "Prometheus's clock differs from this machine's: it runs on another machine or in a virtual one whose clock " +
    "stands or jumped (Docker Desktop after the computer slept is the usual case). Graphs end in the past or the future, and alerts resolve at " +
    "once. Set the clocks by NTP; restart Docker Desktop.",
  weight: "error",
  async run(scene) {
    const before = scene.now();
    const [time] = await scene.query("time()");
    const after = scene.now();
    if (time === undefined) return "";
    // The answer was made somewhere between the two.
    const theirsMs = time.value * 1_000;
    const differenceMs = theirsMs < before ? before - theirsMs : Math.max(0, theirsMs - after);
    if (differenceMs < SKEW_MS) return "Prometheus's clock agrees with this machine's";
    return [{
      subject: "prometheus",
      cause: `Prometheus's clock is ${formatElapsed(differenceMs)} ${
        theirsMs < before ? "behind" : "ahead of"
      } this machine's`,
      evidence: [`Prometheus: ${iso(theirsMs)}, this machine: ${iso(after)}`],
      cure: "set both clocks by NTP: sudo timedatectl set-ntp true (with Docker Desktop: restart it)",
    }];
  },
};

const future: Diagnosis = {
  id: "doctor/clock-jumped",
  area: "clock",
  title: "No measurement lies in the future",
  about:
    "Prometheus holds measurements from the future: the clock was ahead when they were made and has been set back " +
    "since. Until that time is reached again, new samples of the same series are refused as out of order, and graphs stand " +
    "still. Wait until then, or remove Prometheus's data.",
  weight: "error",
  mayFollowFrom: ["doctor/clock-skew"],
  async run(scene) {
    const newest = sumOf(await scene.metrics("prometheus"), "prometheus_tsdb_head_max_time_seconds");
    if (newest === undefined || !Number.isFinite(newest)) return "";
    const aheadMs = newest * 1_000 - scene.now();
    if (aheadMs < FUTURE_MS) return "";
    return [{
      subject: "prometheus",
      cause: "The clock has been set back: Prometheus holds measurements from the future",
      evidence: [`newest measurement: ${iso(newest * 1_000)}, now: ${iso(scene.now())}`],
      cure: `wait ${
        formatElapsed(aheadMs)
      }, or do without the data: \`deno task clean\`, then \`deno task up\``,
    }];
  },
};

const hostSkew: Diagnosis = {
  id: "doctor/clock-host",
  area: "clock",
  title: "The clocks of the watched hosts agree",
  about:
    "A watched host's clock differs from Prometheus's by more than 5 seconds: its logs and alerts carry wrong times, " +
    "and TLS and single sign-on may fail there. Set it by NTP.",
  weight: "warning",
  mayFollowFrom: ["doctor/clock-skew"],
  async run(scene) {
    const found = await scene.query(
      `abs(node_time_seconds - timestamp(node_time_seconds)) > ${SKEW_MS / 1_000}`,
    );
    return found.map(({ labels, value }) => ({
      subject: labels.instance ?? "host",
      involves: ["prometheus"],
      cause: `The clock of the host "${labels.instance}" is off by ${formatElapsed(value * 1_000)}`,
      evidence: [`node_time_seconds{instance="${labels.instance}"} differs from the time of its scrape`],
      cure: `on ${labels.instance}: sudo timedatectl set-ntp true`,
    }));
  },
};

const unsynchronised: Diagnosis = {
  id: "doctor/clock-unsynchronised",
  area: "clock",
  title: "The clocks of the watched hosts are kept by NTP",
  about:
    "The kernel of a watched host says that nobody keeps its clock (`node_timex_sync_status` 0). It will drift. Turn " +
    "NTP on; inside a container or a virtual machine whose clock its host keeps, this may be as it should, so it is a note.",
  weight: "note",
  async run(scene) {
    const found = await scene.query("node_timex_sync_status == 0");
    return found.map(({ labels }) => ({
      subject: labels.instance ?? "host",
      cause: `Nobody keeps the clock of the host "${labels.instance}"`,
      evidence: [`node_timex_sync_status{instance="${labels.instance}"} 0`],
      cure: `on ${labels.instance}: sudo timedatectl set-ntp true`,
    }));
  },
};

/** Diagnoses of the clock. */
export const clock: readonly Diagnosis[] = [skew, future, hostSkew, unsynchronised];

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
