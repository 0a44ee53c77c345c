/** The API for a test: over a journal of its own, with channels that do nothing. */

import type { ChannelState } from "../delivery/mod.ts";
import { createAlertIndex } from "../journal/alert_index.ts";
import { createArchive } from "../journal/archive.ts";
import { arrival, type TestJournal, withJournal } from "../journal/testing.ts";
import { decodeNotification } from "../payload.ts";
import { createRedactor } from "../redact.ts";
import { createApi, type ServedApiOptions } from "./mod.ts";

/** A secret of a channel. */
export const SECRET = "s3cr3t-t0k3n";

/** An API and what is behind it. */
export interface TestApi extends TestJournal {
  /** For a server. */
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** Asks it; the JSON of its answer, if it has one, is `json`. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
    // deno-lint-ignore no-explicit-any -- a test knows what it asked for
  ): Promise<{ response: Response; json: any }>;
  /** Keeps a notification with one alert of these labels, for these channels. @returns its id. */
  keep(labels: Record<string, string>, channels?: readonly string[]): Promise<number>;
  /** Lets the deliveries of a notification die. @returns their ids. */
  kill(notificationId: number, reason?: string): Promise<number[]>;
  /** How often deliveries were woken. */
  readonly woken: { count: number };
  readonly state: { stopping: boolean; guarded: boolean; defects: unknown[] };
}

/** Runs `test` with an API whose channels are `console` and `slack`. */
export async function withApi(
  test: (api: TestApi) => Promise<void>,
  more: Partial<ServedApiOptions> = {},
): Promise<void> {
  await withJournal(async (world) => {
    const { journal, clock } = world;
    const index = createAlertIndex(journal, { clock });
    const archive = createArchive(journal, index);
    const woken = { count: 0 };
    const state = { stopping: false, guarded: false, defects: [] as unknown[] };
    const channels = (): ChannelState[] =>
      ["console", "slack"].map((name) => ({
        name,
        kind: name,
        queued: 0,
        dead: 0,
        ...journal.depths().get(name),
        circuit: "closed",
        consecutiveFailures: 0,
      }));
    const api = createApi({
      archive,
      journal,
      deliveries: { wake: () => void woken.count++, channels },
      locale: () => "en",
      now: clock.now,
      isStopping: () => state.stopping,
      textOf: ({ channel }) => Promise.resolve(channel === "slack" ? `plain ${SECRET}` : undefined),
      version: "1.2.3",
      isGuarded: () => state.guarded,
      redact: createRedactor([SECRET]),
      onDefect: (error) => void state.defects.push(error),
      ...more,
    });
    await test({
      ...world,
      fetch: (request) => api.fetch(request),
      woken,
      state,
      async ask(method, path, body, headers = {}) {
        const response = await api.request(path, {
          method,
          headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
          body: body === undefined || typeof body === "string"
            ? body as string | undefined
            : JSON.stringify(body),
        });
        const text = await response.clone().text();
        const isJson = /json/.test(response.headers.get("content-type") ?? "") && text !== "";
        return { response, json: isJson ? JSON.parse(text) : undefined };
      },
      async keep(labels, channels = []) {
        const json = { status: "firing", receiver: "team", alerts: [{ labels }] };
        const { id } = await journal.accept(arrival(clock, {
          notification: decodeNotification(json),
          body: new TextEncoder().encode(JSON.stringify(json)),
          deliveries: channels.map((channel) => ({ channel })),
        }));
        return id;
      },
      async kill(notificationId, reason = "Gone") {
        const ids = archive.deliveries(notificationId).map(({ id }) => id);
        await journal.settle(
          ids.map((id) => ({ to: "dead", id, atMs: clock.now(), tookMs: 1, reason }) as const),
        );
        return ids;
      },
    });
    await index.stop();
  });
}
