/** The webhook's drill: a gauge that a permanent rule alerts on, and the record of what arrived because of it. */

import type { SmokeContext } from "./check.ts";
import { ask, askJson } from "./http.ts";

/** The alert that the drill's rule fires. */
export const DRILL_ALERT = "VigieDrill";

/** A drill as the webhook tells it. Times are ISO 8601, by the webhook's clock. */
export interface Drill {
  readonly id: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly notifications: readonly DrillNotification[];
}

/** A notification of the drill's alert that the webhook received. */
export interface DrillNotification {
  readonly status: "firing" | "resolved";
  readonly receivedAt: string;
  readonly deliveries: readonly {
    readonly channel: string;
    readonly ok: boolean;
    readonly at: string;
    readonly reason?: string;
  }[];
}

type Asker = Pick<SmokeContext, "fetch" | "signal" | "urls">;

/**
 * Begins a drill.
 *
 * @param ttlSeconds It ends by itself after this long, whatever happens to us.
 * @returns when it began, by the webhook's clock.
 * @throws {Unanswered}
 */
export async function startDrill(
  context: Asker,
  id: string,
  ttlSeconds: number,
): Promise<{ startedAt: string }> {
  return await askJson(context, `${context.urls.webhook}/drill`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ id, ttlSeconds }),
  });
}

/** The drill and what arrived so far. @throws {Unanswered} */
export async function readDrill(context: Asker, id: string): Promise<Drill> {
  return await askJson(context, `${context.urls.webhook}/drill/${id}`);
}

/** Ends a drill; one that is over or forgotten is right as well. @throws {Unanswered} */
export async function endDrill(context: Asker, id: string): Promise<void> {
  await ask(context, `${context.urls.webhook}/drill/${id}`, { method: "DELETE", statuses: [200, 404] });
}
