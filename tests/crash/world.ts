/** What stands around a webhook that is killed: its senders, and destinations that misbehave. */

import { join } from "node:path";
import {
  type FakeDestination,
  fakeDestination,
  type Reply,
} from "../../webhook/channels/testing/fake_destination.ts";
import type { Witness } from "./oracle.ts";
import { MARKER, markerOf, notificationOf, post } from "./notification.ts";

const LANES = 4;
// Every sixth is of one group, whose notifications must arrive in order.
const SHARED_EVERY = 6;
const PADDING = [0, 100, 3_000, 40_000];

/** How each destination behaves, by the name of its channel. `turn` counts its requests. */
const BEHAVIOURS: Readonly<Record<string, (turn: number) => Reply>> = {
  ok: () => ({}),
  slow: (turn) => turn % 2 === 0 ? { status: 429, headers: { "retry-after": "1" } } : {},
  broken: () => ({ status: 500, body: "broken" }),
  hanging: () => ({ instead: "hang" }),
  cutting: (turn) => turn % 2 === 0 ? { instead: "cut" } : {},
  gone: () => ({ status: 410 }),
};
const CONSOLE = "console";

/** The channels that are told of each notification. */
export const CHANNELS: readonly string[] = [CONSOLE, ...Object.keys(BEHAVIOURS)];
/** Those of them that take whatever comes. */
export const WILLING: readonly string[] = [CONSOLE, "ok"];

/** How a world is to be. */
export interface WorldOptions {
  /** Further keys of webhook.json. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Where the webhook is to keep its data; a directory that is removed in the end by default. */
  readonly data?: string;
  /** Some of `CHANNELS`; all of them by default. */
  readonly channels?: readonly string[];
}

/** Destinations, what they took, and what was acknowledged. */
export class World implements AsyncDisposable {
  readonly witness: Witness;
  /** Called with each request to a destination, before it is answered. */
  onRequest: () => void = () => {};
  /** Called with each answer that the webhook gave. */
  onAnswer: () => void = () => {};
  readonly acknowledged = new Set<string>();
  /** First arrivals of each channel, in order. */
  readonly #arrived = new Map<string, Set<string>>(CHANNELS.map((name) => [name, new Set()]));
  readonly #unanswered = new Map<string, string>();
  #sent = 0;

  private constructor(
    readonly directory: string,
    readonly destination: FakeDestination,
    /** Where the webhook keeps its data. */
    readonly data: string,
    channels: readonly string[],
  ) {
    const turns = new Map<string, number>();
    destination.otherwise(({ path, body }) => {
      const channel = path.slice(1);
      const turn = turns.get(channel) ?? 0;
      turns.set(channel, turn + 1);
      const reply = BEHAVIOURS[channel]!(turn);
      this.onRequest();
      if (reply.status === undefined && reply.instead === undefined) this.#note(channel, body);
      return reply;
    });
    this.witness = {
      acknowledged: this.acknowledged,
      channels,
      arrived: (channel, marker) => this.#arrived.get(channel)!.has(marker),
    };
  }

  /** Makes a world in which nothing happens yet. */
  static async create(options: WorldOptions = {}): Promise<World> {
    const { settings = {}, channels: names = CHANNELS } = options;
    const directory = await Deno.makeTempDir({ prefix: "vigie-crash-" });
    const data = options.data ?? join(directory, "data");
    const world = new World(directory, await fakeDestination(), data, names);
    const channels = names.map((name) =>
      name === CONSOLE
        ? { kind: "console", name }
        : { kind: "webhook", name, url: `${world.destination.url}/${name}` }
    );
    await Deno.writeTextFile(world.configFile, JSON.stringify({ locale: "en", channels, ...settings }));
    return world;
  }

  get configFile(): string {
    return join(this.directory, "webhook.json");
  }

  get flags(): string[] {
    return ["--config", this.configFile, "--data", this.data];
  }

  /** What came to a channel of the group that is shared, in the order in which it first came. */
  sharedArrivals(channel: string): string[] {
    return [...this.#arrived.get(channel)!].filter(isShared);
  }

  /** Takes note of what a webhook has printed. */
  printed(text: string): void {
    this.#note(CONSOLE, text);
  }

  /**
   * Sends what was not answered before, as Alertmanager does, then new ones; ends when all are answered or nobody answers any more.
   *
   * @param padding Bytes of text in each; by default some are short and some long.
   */
  async send(url: string, count: number, padding?: number): Promise<void> {
    const waiting = new Map(this.#unanswered);
    for (let i = 0; i < count; i++) {
      const number = this.#sent++;
      const marker = markerOf(number);
      const group = isShared(marker) ? "shared" : undefined;
      waiting.set(
        marker,
        notificationOf({ marker, group, padding: padding ?? PADDING[number % PADDING.length] }),
      );
    }
    const queue = [...waiting];
    await Promise.all(Array.from({ length: LANES }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [marker, body] = next;
        this.#unanswered.set(marker, body);
        const status = await post(url, body);
        if (status === undefined) return;
        if (status === 200) {
          this.acknowledged.add(marker);
          this.#unanswered.delete(marker);
        } else if (status !== 503) throw new Error(`${marker} was answered ${status}`);
        this.onAnswer();
      }
    }));
  }

  #note(channel: string, text: string): void {
    for (const marker of text.match(MARKER) ?? []) this.#arrived.get(channel)!.add(marker);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.destination[Symbol.asyncDispose]();
    await Deno.remove(this.directory, { recursive: true });
  }
}

function isShared(marker: string): boolean {
  return Number(marker.slice("mark-".length)) % SHARED_EVERY === 0;
}
