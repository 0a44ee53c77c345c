/** The JSON API: what the webhook has accepted, how far it got, and what to do about it. */

import { type Context, Hono } from "hono";
import type { FetchBindings } from "../http/fetch_answer.ts";
import { failureKind } from "../journal/failure.ts";
import { JournalFailure } from "../journal/journal.ts";
import { channelRoutes } from "./channels.ts";
import { deadLetterRoutes } from "./dead_letters.ts";
import { notificationRoutes } from "./notifications.ts";
import { openApiDocument } from "./openapi.ts";
import type { ServedApiOptions } from "./options.ts";
import { Problem, problemText } from "./problem.ts";
import { quarantineRoutes } from "./quarantine.ts";
import { accepts, type ApiContext, readBody, readParams, readQuery } from "./request.ts";
import type { Route } from "./route.ts";

const DOCUMENT = "/openapi.json";

/**
 * The API, with whole paths: `/api/v1/…` and `/openapi.json`. Whoever mounts it guards it.
 *
 * What changes something wants `content-type: application/json`: a browser asks before it sends that to another site, and is refused.
 */
export function createWholeApi(options: ServedApiOptions): Hono<{ Bindings: Partial<FetchBindings> }> {
  const { redact, onDefect, version, isGuarded } = options;
  const api = new Hono<{ Bindings: Partial<FetchBindings> }>();
  const routes = [
    ...notificationRoutes(options),
    ...channelRoutes(options),
    ...deadLetterRoutes(options),
    ...quarantineRoutes(options),
  ];

  api.use("/api/*", harden);
  api.use(DOCUMENT, harden);
  // A path without parameters goes before one that its last part would fit.
  for (const path of [...new Set(routes.map(({ path }) => path))].sort(byParameters)) {
    const there = routes.filter((route) => route.path === path);
    const pattern = path.replaceAll(/\{(\w+)\}/g, ":$1");
    for (const route of there) {
      api.on(route.method.toUpperCase(), pattern, async (c) => await answer(c, route, redact));
    }
    const allow = there.map(({ method }) => method === "get" ? "GET, HEAD" : "POST").join(", ");
    api.all(pattern, () => {
      throw new Problem(405, `Use ${allow}`, { allow });
    });
  }
  let made: { readonly guarded: boolean; readonly text: string } | undefined;
  api.get(DOCUMENT, (c) => {
    mustAccept(c, "application/json");
    const guarded = isGuarded();
    // It is seldom asked for: nothing of it is made before.
    if (made?.guarded !== guarded) {
      made = { guarded, text: JSON.stringify(openApiDocument(routes, { version, isGuarded: guarded })) };
    }
    return c.body(made.text, 200, { "content-type": "application/json" });
  });

  api.all(DOCUMENT, () => {
    throw new Problem(405, "Use GET, HEAD", { allow: "GET, HEAD" });
  });
  api.all("/api/*", () => {
    throw new Problem(404, `There is no such path: ${DOCUMENT} has them all`);
  });
  api.onError((error, c) => {
    const problem = problemOf(error);
    if (problem.status === 500) onDefect(error);
    return c.body(problemText(problem), problem.status, {
      "content-type": "application/problem+json",
      ...problem.headers,
    });
  });
  return api;
}

async function answer(c: ApiContext, route: Route, redact: (text: string) => string): Promise<Response> {
  const { answer: { status, type = "application/json" }, params, query, body } = route;
  mustAccept(c, type);
  const reply = await route.handle({
    params: readParams(c, params),
    query: readQuery(c, query),
    body: body && await readBody(c, body),
  });
  const headers = { "content-type": type, ...reply.headers };
  // A raw body is what its sender said, and nothing of ours.
  if ("bytes" in reply) return c.body(reply.bytes as Uint8Array<ArrayBuffer>, status, headers);
  const text = JSON.stringify(reply.json, (_, value) => typeof value === "string" ? redact(value) : value);
  return c.body(text, status, headers);
}

function byParameters(a: string, b: string): number {
  return a.split("{").length - b.split("{").length;
}

async function harden(c: Context, next: () => Promise<void>): Promise<void> {
  c.header("cache-control", "no-store");
  c.header("x-content-type-options", "nosniff");
  await next();
}

function mustAccept(c: Context, type: string): void {
  if (!accepts(c.req.header("accept"), type)) throw new Problem(406, `The answer is ${type}`);
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  // Why the journal fails is for the operator: /ready and the log say it.
  if (error instanceof JournalFailure) return new Problem(503, "The journal cannot be written: try again");
  if (failureKind(error) !== undefined) return new Problem(503, "The journal cannot be read: try again");
  return new Problem(500, "The webhook has a defect: its log says more");
}
