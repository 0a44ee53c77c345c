/** The webhook's HTTP interface. */

import { type Context, Hono, type MiddlewareHandler } from "hono";
import * as z from "zod";
import type { Auth } from "./auth/mod.ts";
import type { Drills } from "./drill.ts";
import type { Answer, AnswerRequest } from "./http/answer.ts";
import { type BodyReader, parseJson } from "./http/body.ts";
import { answerByFetch, type FetchBindings, headOf, incoming } from "./http/fetch_answer.ts";
import { refusal, Rejected } from "./http/rejected.ts";
import { authorize } from "./ingest.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { PAGE_PATHS } from "./page/paths.ts";
import type { PageEnv } from "./page/view.ts";
import type { Readiness } from "./readiness.ts";

/** What the application is made of. */
export interface AppOptions {
  /** Answers `POST /webhook`. */
  readonly ingest: AnswerRequest;
  readonly bodies: BodyReader;
  /** The judge in use. */
  readonly auth: () => Auth;
  readonly drills: Drills;
  readonly metrics: Pick<Metrics, "contentType" | "expose" | "rejected">;
  readonly log: Log;
  /** What `/ready` answers. */
  readonly readiness: () => Readiness;
  /** Requests that may be worked on at one time, as the configuration in use says. */
  readonly requests: () => number;
  /** What else is served: the API under `/api/` and its document. */
  readonly api?: Hono<AppEnv>;
  /** The pages under `/runbooks`. */
  readonly runbooks?: Hono<AppEnv>;
  /** The pages at `/` and below. */
  readonly pages?: () => Promise<Hono<PageEnv>>;
  /** The gate: `/sign-on` and what is below. */
  readonly signOn?: Hono<AppEnv>;
}

/** The application. */
export interface App {
  /** For a server. */
  readonly answer: AnswerRequest;
  /** Requests that are worked on. */
  readonly underWay: () => number;
  /** Asks it without a server. */
  readonly request: Hono<AppEnv>["request"];
}

/** What Hono's handlers get beside the request. */
export type AppEnv = { Bindings: Partial<FetchBindings> };

const drillRequest = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  ttlSeconds: z.int().min(1).max(3_600).default(600),
});
const DRILL_WANTED = 'Expected {"id": "[a-z0-9-]{1,40}", "ttlSeconds": 1 to 3600}';
/** What tells whether the webhook is well is answered to everybody, and when it has too much to do as well. */
const OPEN = ["/health", "/ready", "/metrics", "/openapi.json"];

/**
 * The application. `POST /webhook` goes straight to `ingest`, everything else through Hono, which costs as much as the rest of the way to the
 * disk.
 *
 * No path redirects, as Go would follow with a GET and take its 200 for a delivery.
 */
export function createApp(options: AppOptions): App {
  const hono = createHono(options);
  const { ingest, metrics, requests } = options;
  const others = answerByFetch((request, bindings) => hono.fetch(request, bindings));
  let underWay = 0;

  const ended = <Given>(answer: Given) => {
    underWay--;
    return answer;
  };
  const failed = (error: unknown) => {
    underWay--;
    throw error;
  };
  const counted: AnswerRequest = (head, body) => {
    underWay++;
    const answer = (head.path === "/webhook" && head.method === "POST" ? ingest : others)(head, body);
    return answer instanceof Promise ? answer.then(ended, failed) : ended(answer);
  };
  return {
    request: hono.request,
    underWay: () => underWay,
    answer(head, body) {
      if (OPEN.includes(head.path)) return others(head, body);
      if (underWay < requests()) return counted(head, body);
      metrics.rejected("overloaded");
      return refusal(new Rejected(503, "overloaded", "Too many requests at a time: try again"));
    },
  };
}

function createHono(options: AppOptions): Hono<AppEnv> {
  const { ingest, bodies, drills, metrics, log } = options;
  const app = new Hono<AppEnv>();
  const known: MiddlewareHandler<AppEnv> = async (c, next) => {
    await authorize(options.auth(), c.req.raw.headers, false);
    await next();
  };
  for (const path of ["/drill", "/drill/*", "/api/*"]) app.use(path, known);

  app.post("/webhook", async (c) => {
    const { head, body } = bindingsOf(c);
    return toResponse(await ingest(head, body));
  });
  app.get("/health", (c) => c.text("Webhook server is running!"));
  app.get("/ready", (c) => {
    const readiness = options.readiness();
    return c.json(readiness, readiness.ready ? 200 : 503);
  });
  app.get("/metrics", async (c) => {
    return c.body(await metrics.expose(), 200, { "content-type": metrics.contentType });
  });

  app.post("/drill", async (c) => {
    const parsed = drillRequest.safeParse(await readJson(c, bodies));
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
      ["/ready", "GET, HEAD"],
      ["/metrics", "GET, HEAD"],
      ["/drill", "POST"],
      ["/drill/:id", "GET, HEAD, DELETE"],
    ] as const
  ) {
    app.all(path, (c) => c.text(`Method not allowed: use ${allow}`, 405, { allow }));
  }
  const { pages } = options;
  if (pages) {
    for (const path of PAGE_PATHS) {
      app.all(path === "/" ? path : `${path}/*`, async (c) => (await pages()).fetch(c.req.raw, c.env));
    }
  }
  if (options.runbooks) app.route("/", options.runbooks);
  if (options.signOn) app.route("/", options.signOn);
  if (options.api) app.route("/", options.api);
  app.notFound((c) => c.text("Not found: Alertmanager posts to /webhook", 404));
  app.onError((error, c) => {
    if (error instanceof Rejected) {
      metrics.rejected(error.reason);
      return toResponse(refusal(error));
    }
    log.error("Defect", { path: c.req.path, error: error.stack ?? String(error) });
    return c.text("Internal error", 500);
  });
  return app;
}

async function readJson(c: Context<AppEnv>, bodies: BodyReader): Promise<unknown> {
  const { head, body } = bindingsOf(c);
  bodies.judge(head.headers);
  const read = await bodies.read(head.headers, body);
  try {
    return parseJson(await read.inflated());
  } finally {
    read.release();
  }
}

/** What the server handed over; made of the request itself where there is no server. */
function bindingsOf({ env, req }: Context<AppEnv>): FetchBindings {
  return {
    head: env?.head ?? headOf(req.raw),
    body: env?.body ?? incoming(req.raw.body),
  };
}

function toResponse({ status, body, headers }: Answer): Response {
  return new Response(body as BodyInit, { status, headers });
}
