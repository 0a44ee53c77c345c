/** The webhook's HTTP interface. */

import { type Context, Hono } from "hono";
import * as z from "zod";
import { BODY_LIMITS, type BodyLimits, createBodyReader, Rejected } from "./body.ts";
import type { Inbox } from "./dispatch.ts";
import type { Drills } from "./drill.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { decodeNotification, NotANotification, type Notification } from "./payload.ts";

/** What the application is made of. */
export interface AppOptions {
  /** Takes what was understood; once it has, the sender is answered 200. */
  readonly inbox: Inbox;
  readonly drills: Drills;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Now, milliseconds since 1970. */
  readonly now: () => number;
  /** Whether the process is ending; nothing is accepted any more then. */
  readonly isStopping?: () => boolean;
  readonly limits?: BodyLimits;
}

/** What a server hands over beside the request; without it the request's own body is read, as in `app.request()`. */
export interface AppBindings {
  readonly body?: AsyncIterable<Uint8Array>;
}

type AppContext = Context<{ Bindings: AppBindings }>;

const drillRequest = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  ttlSeconds: z.int().min(1).max(3_600).default(600),
});
const DRILL_WANTED = 'Expected {"id": "[a-z0-9-]{1,40}", "ttlSeconds": 1 to 3600}';

/**
 * The application.
 *
 * Alertmanager reads only the status of an answer, and copies the body into its log: answers are short and repeat nothing of the
 * request. What may succeed later is 503, as every 4xx (429 too) makes Alertmanager give up until its next interval; no path redirects,
 * as Go would follow with a GET and take its 200 for a delivery.
 * Source: `notify/webhook/webhook.go` and `notify/util.go` (`Retrier.Check`) of Alertmanager.
 */
export function createApp(options: AppOptions): Hono<{ Bindings: AppBindings }> {
  const { inbox, drills, metrics, log, now, isStopping = () => false } = options;
  const bodies = createBodyReader(options.limits ?? BODY_LIMITS);
  const app = new Hono<{ Bindings: AppBindings }>();
  const readJson = (c: AppContext) =>
    bodies.json(c.req.raw.headers, c.env?.body ?? c.req.raw.body ?? nothing());

  app.post("/webhook", async (c) => {
    if (isStopping()) throw new Rejected(503, "shutting_down", "Shutting down: try again");
    const notification = understood(await readJson(c));
    await inbox.accept(notification);
    count(metrics, notification, now());
    return c.text("Alert received");
  });
  app.get("/health", (c) => c.text("Webhook server is running!"));
  app.get("/metrics", async (c) => {
    return c.body(await metrics.expose(), 200, { "content-type": metrics.contentType });
  });

  app.post("/drill", async (c) => {
    const parsed = drillRequest.safeParse(await readJson(c));
    if (!parsed.success) return c.text(DRILL_WANTED, 422);
    const drill = drills.start(parsed.data.id, parsed.data.ttlSeconds);
    if (!drill) return c.text("A drill of that id is active, or too many are", 409);
    log.info("Drill started", { drill: drill.id, ttlSeconds: parsed.data.ttlSeconds });
    return c.json({ id: drill.id, startedAt: drill.startedAt }, 201, { location: `/drill/${drill.id}` });
  });
  app.get("/drill/:id", (c) => {
    const drill = drills.get(c.req.param("id"));
    return drill ? c.json(drill) : c.text("No such drill", 404);
  });
  app.delete("/drill/:id", (c) => {
    const drill = drills.end(c.req.param("id"));
    if (!drill) return c.text("No such drill", 404);
    log.info("Drill ended", { drill: drill.id });
    return c.json(drill);
  });

  for (
    const [path, allow] of [
      ["/webhook", "POST"],
      ["/health", "GET, HEAD"],
      ["/metrics", "GET, HEAD"],
      ["/drill", "POST"],
      ["/drill/:id", "GET, HEAD, DELETE"],
    ] as const
  ) {
    app.all(path, (c) => c.text(`Method not allowed: use ${allow}`, 405, { allow }));
  }
  app.notFound((c) => c.text("Not found: Alertmanager posts to /webhook", 404));
  app.onError((error, c) => {
    if (error instanceof Rejected) {
      metrics.rejected.inc({ reason: error.reason });
      log.error("Request refused", { path: c.req.path, status: error.status, reason: error.message });
      return c.text(error.message, error.status, { ...error.headers });
    }
    log.error("Defect", { path: c.req.path, error: error.stack ?? String(error) });
    return c.text("Internal error", 500);
  });
  return app;
}

function understood(value: unknown): Notification {
  try {
    return decodeNotification(value);
  } catch (error) {
    if (!(error instanceof NotANotification)) throw error;
    throw new Rejected(422, "not_a_notification", error.message);
  }
}

function count(metrics: Metrics, { status, alerts }: Notification, now: number): void {
  metrics.notifications.inc({ status });
  for (const status of ["firing", "resolved"] as const) {
    metrics.alerts.inc({ status }, alerts.filter((alert) => alert.status === status).length);
  }
  metrics.lastNotification.set(now / 1_000);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
