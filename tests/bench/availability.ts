/** A stack in trouble: how much of the time each service answers, how fast it is back, and what becomes of alerts and series. */

import { setTimeout as delay } from "node:timers/promises";
import { DEFINITIONS, type Service } from "../../compose/services/mod.ts";
import { dockerAnswers } from "../../tasks/engine/docker.ts";
import type { EngineName } from "../../tasks/stack.ts";
import { noDisk } from "../crash/small_disk.ts";
import { type FaultStack, startFaultStack } from "../faults/fault_stack.ts";
import { MARKER } from "../faults/witness.ts";
import { comeAndGo, type Fate, fateOf, type Raised } from "./availability/alerts.ts";
import {
  type Availability,
  availabilityOf,
  gapsOf,
  type Seen,
  strip,
  watch,
} from "./availability/measure.ts";
import { troublesOf } from "./availability/troubles.ts";
import { type Bench, type Options, type Row, Skip } from "./bench.ts";

const INTERVAL = "5s";
const INTERVAL_MS = 5_000;
/** How long a trouble lasts that somebody has to end. */
const LASTS_MS = 15_000;
/** How long after the last trouble an alert may still arrive: Alertmanager takes four minutes to call one over that nobody speaks of. */
const DRAIN_MS = 300_000;
const POLL_MS = 500;
const STRIP = 60;

/** The benchmark. */
export const availabilityBench: Bench = {
  name: "availability",
  summary: "a stack in trouble: what answers, how fast it is back, what becomes of its alerts",
  isLong: true,
  async *run(say, signal, options) {
    const engine = await chooseEngine(options.engine);
    await using stack = await startFaultStack(engine, { interval: INTERVAL, disks: noDisk === undefined });
    const end = new AbortController();
    const stop = AbortSignal.any([signal, end.signal]);
    const began = performance.now();
    const beganAt = Date.now();
    const watching = Promise.all(stack.services.map(async (service): Promise<[Service, Seen]> => [
      service,
      await watch(`${stack.urls[service]}${DEFINITIONS[service].readyPath}`, began, stop),
    ]));
    const alerts = comeAndGo(stack.witness, stop);
    let troubles: ReadonlyMap<string, number>;
    try {
      troubles = await makeTrouble(stack, options, say, signal);
    } finally {
      end.abort();
    }
    const [seen, raised] = await Promise.all([watching, alerts]);
    signal.throwIfAborted();
    say("what is still on its way arrives");
    await arrived(stack, raised, signal);
    const fired = await firedMarkers(stack, beganAt);
    const [lasting, short] = [true, false].map((isLasting) =>
      fateOf(stack.witness, new Map([...raised].filter(([, one]) => one.isLasting === isLasting)), fired)
    );
    yield* report(seen, lasting!, short!, troubles, await sampleTimes(stack, beganAt), options);
  },
};

async function chooseEngine(wanted: EngineName | undefined): Promise<EngineName> {
  if (wanted !== "docker") return "local";
  const answer = await dockerAnswers();
  if (!answer.ok) throw new Skip(`no Docker engine answers: ${answer.reason}`);
  return "docker";
}

/** Does one trouble after the other. @returns how often each was done. */
async function makeTrouble(
  stack: FaultStack,
  { minutes, everySeconds }: Options,
  say: (what: string) => void,
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const done = new Map<string, number>();
  const troubles = troublesOf(stack);
  const end = performance.now() + minutes * 60_000;
  for (let turn = 0; performance.now() < end; turn++) {
    const next = performance.now() + everySeconds * 1_000;
    const trouble = troubles[turn % troubles.length]!;
    const left = Math.round((end - performance.now()) / 60_000);
    say(`${trouble.name} (${left} min left)`);
    done.set(trouble.name, (done.get(trouble.name) ?? 0) + 1);
    const heal = await trouble.begin(stack);
    if (heal) {
      try {
        await delay(Math.min(LASTS_MS, everySeconds * 500), undefined, { signal });
      } finally {
        await heal();
      }
    }
    await delay(Math.max(0, Math.min(next, end) - performance.now()), undefined, { signal });
  }
  return done;
}

async function arrived(
  stack: FaultStack,
  raised: ReadonlyMap<string, Raised>,
  signal: AbortSignal,
): Promise<void> {
  const end = performance.now() + DRAIN_MS;
  while (performance.now() < end) {
    const { lost, ends } = fateOf(stack.witness, raised);
    if (lost === 0 && ends.lost === 0) return;
    await delay(POLL_MS, undefined, { signal });
  }
}

/** When each of the stack's own targets was scraped with success, milliseconds since 1970, by job. */
async function sampleTimes(stack: FaultStack, sinceMs: number): Promise<Map<string, number[]>> {
  const result = await recorded(stack, `scrape_samples_scraped{job=~"prometheus|beacon"}`, sinceMs);
  return new Map(result.map(({ metric, values }) => [
    metric.job!,
    values.map(([time]) => time * 1_000),
  ]));
}

/** The markers of the alerts that Prometheus fired. */
async function firedMarkers(stack: FaultStack, sinceMs: number): Promise<Set<string>> {
  const result = await recorded(stack, `ALERTS{alertstate="firing", ${MARKER}!=""}`, sinceMs);
  return new Set(result.map(({ metric }) => metric[MARKER]!));
}

/** What Prometheus recorded of a series. */
async function recorded({ urls }: FaultStack, selector: string, sinceMs: number) {
  const query = `${selector}[${Math.ceil((Date.now() - sinceMs) / 1_000)}s]`;
  const response = await fetch(`${urls.prometheus}/api/v1/query?${new URLSearchParams({ query })}`);
  if (!response.ok) throw new Error(`Cannot read "${selector}": Prometheus says ${await response.text()}`);
  const { data } = await response.json() as {
    readonly data: {
      readonly result: readonly {
        readonly metric: Readonly<Record<string, string>>;
        readonly values: readonly (readonly [number, string])[];
      }[];
    };
  };
  return data.result;
}

function* report(
  seen: readonly (readonly [Service, Seen])[],
  lasting: Fate,
  short: Fate,
  troubles: ReadonlyMap<string, number>,
  series: ReadonlyMap<string, readonly number[]>,
  { minutes, everySeconds }: Options,
): Generator<Row> {
  const count = [...troubles.values()].reduce((sum, times) => sum + times, 0);
  yield {
    what: "troubles",
    figure: `${count} in ${minutes} min`,
    aim: `one every ${everySeconds} s`,
    data: Object.fromEntries(troubles),
  };
  for (const [service, one] of seen) {
    const sums = availabilityOf(one);
    yield {
      what: service,
      figure: `${strip(one, STRIP)} ${figureOf(sums)}`,
      aim: "",
      data: { ...sums, ...one },
    };
  }
  yield* fateRows("alerts that last", lasting, {
    firing: "none lost; twice only what was told within 15 s before Alertmanager was killed",
    resolved: "none lost but of what was told within those 15 s",
  });
  yield* fateRows("alerts of 25 s", short);
  for (const [job, times] of series) {
    const gaps = gapsOf(times, INTERVAL_MS);
    yield {
      what: `recorded series of ${job}`,
      figure: `${times.length} samples, ${gaps.count} gaps, longest ${secondsOf(gaps.longestMs)}, together ${
        secondsOf(gaps.totalMs)
      }`,
      aim: "",
      data: gaps,
    };
  }
}

/** @param aims None for what cannot be told in time whatever is done. */
function* fateRows(
  what: string,
  fate: Fate,
  aims?: { readonly firing: string; readonly resolved: string },
): Generator<Row> {
  const { raised, delivered, twice, lost, unseen, ends, delaysMs } = fate;
  yield {
    what,
    figure:
      `${raised} raised, ${delivered} delivered, ${twice} of them twice; ${unseen} came and went unseen while Prometheus was down, ${
        lost - unseen
      } lost`,
    aim: aims?.firing ?? "",
    reached: aims && lost === 0,
    data: fate,
  };
  yield {
    what: `${what}: their ends`,
    figure: `${ends.delivered} delivered, ${ends.twice} of them twice, ${ends.lost} lost`,
    aim: aims?.resolved ?? "",
    reached: aims && ends.lost === 0,
  };
  const at = (part: number) =>
    delaysMs[Math.min(delaysMs.length - 1, Math.floor(part * delaysMs.length))] ?? 0;
  yield {
    what: `${what}: trigger → destination`,
    figure: `median ${secondsOf(at(0.5))}, of ten 9 within ${secondsOf(at(0.9))}, longest ${
      secondsOf(at(1))
    }`,
    aim: "",
  };
}

function figureOf({ fraction, outages, meanRepairMs, longestMs }: Availability): string {
  if (outages === 0) return "100 %";
  return `${(fraction * 100).toFixed(2)} %, down ${outages} times, ${secondsOf(meanRepairMs)} each, longest ${
    secondsOf(longestMs)
  }`;
}

function secondsOf(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
