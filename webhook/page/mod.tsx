/** The pages: the first look, the inbox, and the proof of delivery. */

import { Hono } from "hono";
import { type AccessOptions, createAccess } from "./access.ts";
import { createAlerts } from "./alerts/mod.tsx";
import { findAssets } from "./assets.ts";
import { createDashboards } from "./dashboards/mod.tsx";
import { createDelivery } from "./delivery/mod.tsx";
import { createEvents, positionOf } from "./events.ts";
import { shell } from "./layout.tsx";
import { createNow } from "./now/mod.tsx";
import { PAGE_PATHS } from "./paths.ts";
import { preferenceCookies } from "./preferences.ts";
import { createProofs } from "./proof/mod.tsx";
import { createQueries } from "./query.ts";
import type { PageContext, PageEnv, PageOptions } from "./view.ts";
import { WORDS } from "./words.ts";

export { type PageConfig, pageSchema } from "./schema.ts";
export type { PageOptions } from "./view.ts";

/** What the pages are made of. */
export type PagesOptions = PageOptions & AccessOptions;

/** The views: each has the paths of its own. */
const VIEWS: readonly ((options: PageOptions) => Hono<PageEnv>)[] = [
  createNow,
  createAlerts,
  createDashboards,
  createDelivery,
  createProofs,
  createQueries,
  createEvents,
];

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
};
// Their names have a digest of what is in them.
const FOR_EVER = "public, max-age=31536000, immutable";

/** Everything below `PAGE_PATHS`. */
export function createPages(options: PagesOptions): Hono<PageEnv> {
  const app = new Hono<PageEnv>();
  // Whoever it is mounted in says what went wrong.
  app.onError((error) => {
    throw error;
  });
  const access = createAccess(options);
  app.get("/page/assets/:file", (c) => answerAsset(c, c.req.param("file")));
  for (const path of PAGE_PATHS) {
    // The pattern is of the path itself too: with both, a form would be read twice.
    app.use(path === "/" ? "/" : `${path}/*`, access, async (c, next) => {
      c.set("stack", options.page().stack);
      // Before anything is read for the page: what changes from now on is told again.
      if (path !== "/page") c.set("position", positionOf(options));
      await next();
    });
  }
  app.post("/page/prefer", (c) => {
    for (const cookie of preferenceCookies(c.var.form)) c.header("set-cookie", cookie, { append: true });
    return c.body(null, 303, { location: returnPath(c), "cache-control": "no-store" });
  });
  for (const create of VIEWS) app.route("/", create(options));
  for (const path of PAGE_PATHS) {
    for (const each of path === "/" ? ["/"] : [path, `${path}/*`]) app.all(each, notFound);
  }
  return app;
}

function notFound(c: PageContext): Response | Promise<Response> {
  const words = WORDS[c.var.visitor.language];
  return shell(c, {
    title: words.notFound,
    status: 404,
    children: (
      <section class="panel empty">
        <h1>{words.notFound}</h1>
        <p>{words.notFoundText}</p>
      </section>
    ),
  });
}

async function answerAsset(c: PageContext, file: string): Promise<Response> {
  const path = (await findAssets()).file(file);
  const type = TYPES[file.split(".").at(-1)!];
  if (path === undefined || type === undefined) return c.text("There is no such file", 404);
  const headers = {
    "content-type": type,
    "cache-control": FOR_EVER,
    "x-content-type-options": "nosniff",
    vary: "accept-encoding",
  };
  for (const [encoding, ending] of [["br", ".br"], ["gzip", ".gz"]] as const) {
    if (!(c.req.header("accept-encoding") ?? "").includes(encoding)) continue;
    return c.body(await Deno.readFile(path + ending), 200, { ...headers, "content-encoding": encoding });
  }
  return c.body(await Deno.readFile(path), 200, headers);
}

/** Where the form was, when that was a page of ours; the first page otherwise. */
function returnPath(c: PageContext): string {
  const from = URL.parse(c.req.header("referer") ?? "");
  return from && from.host === c.req.header("host") && from.pathname.startsWith("/") &&
      !from.pathname.startsWith("//")
    ? from.pathname + from.search
    : "/";
}
