/** What alerts mean and what to do about them: the pages that their links lead to. */

import { type Context, Hono } from "hono";
import type { Locale } from "../../lib/text.ts";
import { Problem, problemText } from "../api/problem.ts";
import type { FetchBindings } from "../http/fetch_answer.ts";
import { listPage, PAGE_HEADERS, runbookPage } from "./page.ts";
import type { Runbooks } from "./read.ts";

export { NO_RUNBOOKS, readRunbooks, type Runbooks } from "./read.ts";

type Env = { Bindings: Partial<FetchBindings> };

/** What the pages are made of, as the configuration in use has it. */
export interface RunbookOptions {
  readonly runbooks: () => Runbooks;
  /** Language of the words around the texts. */
  readonly locale: () => Locale;
}

/**
 * `GET /runbooks` and `GET /runbooks/NAME`, for everybody: whoever is told of an alert may read what to do, and there is no secret in it. What there is
 * not is a problem in JSON, as of the API.
 */
export function createRunbooks({ runbooks, locale }: RunbookOptions): Hono<Env> {
  const app = new Hono<Env>();
  app.get("/runbooks", (c) => c.body(listPage(runbooks(), locale()), 200, PAGE_HEADERS));
  app.get("/runbooks/:name", (c) => {
    const all = runbooks();
    const runbook = all.byName.get(c.req.param("name"));
    if (runbook) return c.body(runbookPage(runbook, all, locale()), 200, PAGE_HEADERS);
    return answerProblem(
      c,
      new Problem(404, all.problem ?? "There is no such runbook: /runbooks has them all"),
    );
  });
  for (const path of ["/runbooks", "/runbooks/:name"]) {
    app.all(path, (c) => answerProblem(c, new Problem(405, "Use GET, HEAD", { allow: "GET, HEAD" })));
  }
  app.all(
    "/runbooks/*",
    (c) => answerProblem(c, new Problem(404, "There is no such path: /runbooks has them all")),
  );
  return app;
}

function answerProblem(c: Context<Env>, problem: Problem): Response {
  return c.body(problemText(problem), problem.status, {
    "content-type": "application/problem+json",
    "x-content-type-options": "nosniff",
    ...problem.headers,
  });
}
