/** What raises alerts and is told of them: a target whose figures a test sets, and a destination that counts. */

import { freePort } from "../free_port.ts";
import { until } from "../until.ts";

/** The label that tells one alert of a test from another. */
export const MARKER = "marker";
/** The metric that the alert looks at: 1 while it is to fire, 0 afterwards. */
export const BEACON = "vigie_beacon";

// An alert may wait for a minute until Prometheus sends it again, and for the webhook's next attempt.
const DEADLINE_MS = 90_000;

/** What an alert may be. */
export type Status = "firing" | "resolved";

/** One telling of an alert, as it came to the destination. */
export interface Told {
  readonly marker: string;
  readonly status: Status;
  /** The same at every attempt of one delivery: by it a receiver knows what it has got already. */
  readonly delivery: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** Raises alerts and counts how often each is told. */
export class Witness implements AsyncDisposable {
  /** Of the target and of the destination. */
  readonly port = freePort();
  readonly told: Told[] = [];
  readonly #beacons = new Map<string, number>();
  #number = 0;
  #server: Deno.HttpServer | undefined;

  /** Answers at `hostname` from here on. */
  listen(hostname: string): void {
    this.#server = Deno.serve(
      { hostname, port: this.port, onListen() {} },
      (request) => this.#answer(request),
    );
  }

  /** Raises an alert of its own. @returns its marker. */
  raise(): string {
    const marker = `m${++this.#number}`;
    this.#beacons.set(marker, 1);
    return marker;
  }

  /** Ends alerts. */
  lower(...markers: readonly string[]): void {
    for (const marker of markers) this.#beacons.set(marker, 0);
  }

  /** The deliveries by which an alert was told; the same one as often as it came. */
  deliveries(marker: string, status: Status): string[] {
    return this.told.filter((one) => one.marker === marker && one.status === status)
      .map(({ delivery }) => delivery);
  }

  /** How often an alert was told. */
  count(marker: string, status: Status): number {
    return this.deliveries(marker, status).length;
  }

  /** Waits until it is told. @throws {Error} when it is not in time. */
  async hears(marker: string, status: Status, deadlineMs = DEADLINE_MS): Promise<void> {
    await until(
      `the alert "${marker}" is told as ${status}`,
      () => this.count(marker, status) > 0,
      { deadlineMs },
    );
  }

  async #answer(request: Request): Promise<Response> {
    if (new URL(request.url).pathname === "/metrics") {
      const lines = [...this.#beacons].map(([marker, value]) =>
        `${BEACON}{${MARKER}="${marker}"} ${value}\n`
      );
      return new Response(lines.join(""), { headers: { "content-type": "text/plain; version=0.0.4" } });
    }
    const delivery = request.headers.get("webhook-id") ?? "";
    const { alerts } = await request.json() as {
      readonly alerts: readonly {
        readonly status: Status;
        readonly labels: Readonly<Record<string, string>>;
      }[];
    };
    for (const { status, labels } of alerts) {
      this.told.push({ marker: labels[MARKER]!, status, delivery, atMs: Date.now() });
    }
    return new Response();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.shutdown();
  }
}
