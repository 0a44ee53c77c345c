/** The JSON API's face. */

import { type Context, Hono } from "hono";
import type { FetchBindings } from "../http/fetch_answer.ts";
import type { ServedApiOptions } from "./options.ts";

export type { ServedApiOptions } from "./options.ts";
export { createPlainText } from "./plain_text.ts";

type Env = { Bindings: Partial<FetchBindings> };

/**
 * The API, with whole paths: `/api/v1/…` and `/openapi.json`. Whoever mounts it guards it.
 *
 * Its code is loaded when it is asked for the first time: to make its schemas takes a tenth of the time in which the webhook is to be there.
 */
export function createApi(options: ServedApiOptions): Hono<Env> {
  let loading: Promise<Hono<Env>> | undefined;
  const answer = async (c: Context<Env>) => {
    loading ??= import("./api.ts").then(({ createWholeApi }) => createWholeApi(options));
    return await (await loading).fetch(c.req.raw, c.env);
  };
  const api = new Hono<Env>();
  api.all("/api/*", answer);
  api.all("/openapi.json", answer);
  return api;
}
