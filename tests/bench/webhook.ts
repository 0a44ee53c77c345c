/** The webhook beside the reference's receiver and a durable one in Go, in one run, in turns. */

import { join } from "node:path";
import { run } from "../../lib/process.ts";
import { formatBytes } from "../../lib/units.ts";
import { notOnLinux } from "../unless.ts";
import { type Bench, median, type Row, Skip } from "./bench.ts";
import type { Load } from "./webhook/load_result.ts";
import { notificationTemplate } from "./webhook/notification.ts";
import {
  buildGo,
  findReceivers,
  isOurs,
  type Receiver,
  type RunningReceiver,
  startReceiver,
} from "./webhook/receivers.ts";

const MIB = 1024 * 1024;
const ROUNDS = 3;
const STARTS = 5;
const SECONDS = 2;
const WARM_UP_SECONDS = 1;
const SCENARIOS = [
  { connections: 64, alerts: 1 },
  { connections: 64, alerts: 20 },
  { connections: 1, alerts: 1 },
  { connections: 1, alerts: 20 },
] as const;

type Id = Receiver["id"];
type Scenario = typeof SCENARIOS[number];

/** What ours is to reach: how many times another's throughput. */
const AIMS: readonly {
  readonly of: readonly Id[];
  readonly beside: Id;
  readonly times: number;
  readonly when: (scenario: Scenario) => boolean;
}[] = [
  { of: ["source"], beside: "flask", times: 20, when: isBusy(1) },
  { of: ["compiled"], beside: "flask", times: 12, when: isBusy(1) },
  { of: ["source"], beside: "gunicorn", times: 4, when: isBusy(1) },
  { of: ["compiled"], beside: "gunicorn", times: 3, when: isBusy(1) },
  { of: ["source"], beside: "go", times: 1, when: isBusy(1) },
  { of: ["source", "compiled"], beside: "flask", times: 7, when: isBusy(20) },
  { of: ["source", "compiled"], beside: "flask", times: 2, when: ({ connections }) => connections === 1 },
];
const IDLE_BYTES = 70 * MIB;
const LOADED_BYTES = 120 * MIB;
const FIRST_ANSWER_MS = 150;
const HUGE_ALERTS = 10_000;
const HUGE_MS = 1_000;

/** The benchmark. */
export const webhookBench: Bench = {
  name: "webhook",
  summary: "the webhook, which keeps what it accepts, beside the reference's Flask receiver, which does not",
  async *run(say, signal) {
    if (notOnLinux !== undefined) throw new Skip(notOnLinux);
    const directory = await Deno.makeTempDir({ prefix: "vigie-bench-" });
    try {
      const { there, missing } = await findReceivers(directory, say);
      for (const { title, why } of missing) yield { what: title, figure: "not measured", aim: why };
      const load = await loadGenerator(directory);

      for (const receiver of there) {
        signal.throwIfAborted();
        say(`first answer of ${receiver.title}`);
        yield firstAnswerRow(receiver, await firstAnswers(receiver, directory));
      }
      await using running = new AsyncDisposableStack();
      const receivers: RunningReceiver[] = [];
      for (const receiver of there) {
        const one = running.use(await startReceiver(receiver, join(directory, `run-${receiver.id}`)));
        receivers.push(one);
        yield await memoryRow(one, "at rest", IDLE_BYTES);
        await one.hold(true);
      }
      const results = new Results();
      for (const { receiver, round, scenario } of turns(receivers)) {
        signal.throwIfAborted();
        const { title } = receiver.receiver;
        say(
          round < 0 ? `warm up ${title}` : `round ${round + 1} of ${ROUNDS}: ${describe(scenario)}, ${title}`,
        );
        await receiver.hold(false);
        const seconds = round < 0 ? WARM_UP_SECONDS : SECONDS;
        const got = await load(receiver.address, scenario, seconds);
        if (got.failed > 0) {
          throw new Error(`Cannot measure ${title}: ${got.failed} of its requests failed: ${got.why}`);
        }
        const settledMs = await receiver.settled();
        if (round >= 0) results.add(receiver.receiver.id, scenario, { ...got, settledMs });
        await receiver.hold(true);
      }
      for (const scenario of SCENARIOS) yield* scenarioRows(there, scenario, results);
      for (const one of receivers) {
        await one.hold(false);
        yield await memoryRow(one, "after the load", LOADED_BYTES);
        if (isOurs(one.receiver)) yield await hugeRow(one);
        await one.hold(true);
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
};

/** A load, and how long the receiver was busy with it afterwards. */
type Turn = Load & { readonly settledMs: number };

/** Figures of all rounds. */
class Results {
  readonly #all = new Map<string, Turn[]>();

  add(id: Id, scenario: Scenario, load: Turn): void {
    const key = `${id} ${describe(scenario)}`;
    this.#all.set(key, [...this.of(id, scenario), load]);
  }

  /** One a round, in their order. */
  of(id: Id, scenario: Scenario): readonly Turn[] {
    return this.#all.get(`${id} ${describe(scenario)}`) ?? [];
  }
}

/** Each receiver warms up, then all of them take turns, so that a slow minute of the machine is everybody's. */
function* turns(receivers: readonly RunningReceiver[]) {
  for (const receiver of receivers) yield { receiver, round: -1, scenario: SCENARIOS[0] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const scenario of SCENARIOS) {
      for (const receiver of receivers) yield { receiver, round, scenario };
    }
  }
}

async function firstAnswers(receiver: Receiver, directory: string): Promise<number> {
  const taken: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    await using one = await startReceiver(receiver, join(directory, `start-${receiver.id}-${i}`));
    taken.push(one.firstAnswerMs);
  }
  return median(taken);
}

/** Runs the load generator: in Go where that can be built, otherwise in Deno. Each run sends numbers of its own. */
async function loadGenerator(directory: string) {
  const { program } = await buildGo("load", directory);
  const command = program !== undefined ? [program] : [
    ...[Deno.execPath(), "run", "--quiet", "--no-lock", "--allow-net", "--allow-read"],
    join(import.meta.dirname!, "webhook", "load.ts"),
  ];
  const bodies = new Map<number, string>();
  for (const { alerts } of SCENARIOS) {
    const path = join(directory, `body-${alerts}.json`);
    await Deno.writeTextFile(path, notificationTemplate(alerts));
    bodies.set(alerts, path);
  }
  let runs = 0;
  return async (address: string, { connections, alerts }: Scenario, seconds: number): Promise<Load> => {
    const args = [address, bodies.get(alerts)!, connections, seconds, ++runs * 1e9].map(String);
    const { code, stdout, stderr } = await run(command[0]!, [...command.slice(1), ...args]);
    if (code !== 0) throw new Error(`Cannot load ${address}: the generator ended with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  };
}

function* scenarioRows(there: readonly Receiver[], scenario: Scenario, results: Results): Iterable<Row> {
  const at = describe(scenario);
  const middle = (id: Id, of: (turn: Turn) => number) => median(results.of(id, scenario).map(of));
  for (const { id, title } of there) {
    const rate = middle(id, rateOf);
    const [p50, p99] = [middle(id, ({ p50Ms }) => p50Ms), middle(id, ({ p99Ms }) => p99Ms)];
    const flask = isOurs({ id }) ? there.find((one) => one.id === "flask") : undefined;
    const row = { what: `${at}: ${title}`, figure: `${count(rate)}/s, p50 ${ms(p50)}, p99 ${ms(p99)}` };
    const aimMs = flask && middle("flask", ({ p99Ms }) => p99Ms);
    yield aimMs === undefined ? { ...row, aim: "" } : {
      ...row,
      aim: `p99 below that of ${flask!.title} (${ms(aimMs)})`,
      reached: p99 < aimMs,
    };
  }
  for (const receiver of there.filter(isOurs)) {
    const told = results.of(receiver.id, scenario).map((turn) =>
      turn.requests / (turn.seconds + turn.settledMs / 1_000)
    );
    yield {
      what: `${at}: ${receiver.title}, until all is told`,
      figure: `${count(median(told))}/s`,
      aim: "",
    };
  }
  for (const { of, beside, times } of AIMS.filter(({ when }) => when(scenario))) {
    for (const id of of) {
      const [ours, theirs] = [results.of(id, scenario), results.of(beside, scenario)];
      if (ours.length === 0 || theirs.length === 0) continue;
      // Round by round, as the two of one round saw the same machine.
      const ratio = median(ours.map((load, round) => rateOf(load) / rateOf(theirs[round]!)));
      const title = (id: Id) => there.find((one) => one.id === id)!.title;
      yield {
        what: `${at}: ${title(id)} ÷ ${title(beside)}`,
        figure: `× ${ratio.toFixed(1)}`,
        aim: `at least × ${times}`,
        reached: ratio >= times,
      };
    }
  }
}

function firstAnswerRow({ id, title }: Receiver, elapsedMs: number): Row {
  const row = { what: `first answer after the start: ${title}`, figure: ms(elapsedMs) };
  if (id !== "compiled") return { ...row, aim: "" };
  return { ...row, aim: `< ${FIRST_ANSWER_MS} ms`, reached: elapsedMs < FIRST_ANSWER_MS };
}

async function memoryRow(one: RunningReceiver, when: string, aimBytes: number): Promise<Row> {
  const { residentBytes, proportionalBytes } = await one.memory();
  const row = {
    what: `memory ${when}: ${one.receiver.title}`,
    figure: `${formatBytes(residentBytes)} resident, ${
      formatBytes(proportionalBytes)
    } with shared pages counted once`,
  };
  if (one.receiver.id !== "compiled") return { ...row, aim: "" };
  return { ...row, aim: `< ${formatBytes(aimBytes)} resident`, reached: residentBytes < aimBytes };
}

/** One body with more alerts than any group should have. */
async function hugeRow({ address, receiver }: RunningReceiver): Promise<Row> {
  const taken: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const number = String(i).padStart(16, "0");
    const body = notificationTemplate(HUGE_ALERTS).replaceAll("@".repeat(16), number);
    const started = performance.now();
    const response = await fetch(`http://${address}/webhook`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    await response.text();
    if (response.status !== 200) {
      throw new Error(`Cannot measure ${receiver.title}: it answers ${response.status}`);
    }
    taken.push(performance.now() - started);
  }
  const worst = Math.max(...taken);
  return {
    what: `${count(HUGE_ALERTS)} alerts in one body: ${receiver.title}`,
    figure: `${ms(median(taken))}, at most ${ms(worst)}`,
    aim: `< ${ms(HUGE_MS)}`,
    reached: worst < HUGE_MS,
  };
}

function isBusy(wanted: number): (scenario: Scenario) => boolean {
  return ({ connections, alerts }) => connections === 64 && alerts === wanted;
}

function describe({ connections, alerts }: Scenario): string {
  return `${connections} connection${connections === 1 ? "" : "s"} × ${alerts} alert${
    alerts === 1 ? "" : "s"
  }`;
}

function rateOf({ requests, seconds }: Load): number {
  return requests / seconds;
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`;
}
