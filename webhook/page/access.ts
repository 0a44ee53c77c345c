/** Who may see the pages, and what they may do there. It comes before every view. */

import { createHmac, randomBytes } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { Locale } from "../../lib/text.ts";
import type { Auth } from "../auth/mod.ts";
import { incoming } from "../http/fetch_answer.ts";
import { Rejected } from "../http/rejected.ts";
import { authorize } from "../ingest.ts";
import type { Log } from "../log.ts";
import { type Gate, localeFor } from "../sign_on/mod.ts";
import { readForm } from "../sign_on/form.ts";
import { isSame } from "../sign_on/token.ts";
import { isKnownHost } from "./host.ts";
import { preferencesIn } from "./preferences.ts";
import type { PageConfig } from "./schema.ts";
import { mayAct, type PageContext, type PageEnv, type Visitor } from "./view.ts";

/** What access is judged by, as the configuration in use has it. */
export interface AccessOptions {
  readonly page: () => PageConfig;
  /** Address of the webhook as readers of messages reach it. */
  readonly externalUrl: () => string | undefined;
  readonly gate: Pick<Gate, "sessionOf" | "formTargets">;
  /** Whether people sign in at the gate. */
  readonly isGated: () => boolean;
  readonly auth: () => Auth;
  /** Whether only this machine reaches the webhook. */
  readonly isLocal: () => boolean;
  readonly locale: () => Locale;
  readonly log: Log;
}

const SAFE = ["GET", "HEAD"];
/** What somebody who only looks may post: how they like the pages. */
const ANYBODYS = ["/page/prefer"];

/** Lets in whom the configuration lets in; sets `visitor`, and `form` where something is posted. */
export function createAccess(options: AccessOptions): MiddlewareHandler<PageEnv> {
  // Of this process: a form that was open while it restarted is sent again.
  const key = randomBytes(32);
  return async (c, next) => {
    c.header("vary", "accept-encoding, accept-language, cookie");
    if (!isKnownHost(c.req.header("host"), namesOf(options))) return misdirected(c);
    const visitor = await visitorOf(c, options, key);
    if (visitor instanceof Response) return visitor;
    c.set("visitor", visitor);
    c.set("mayStill", () => mayLook(c, options, key));
    if (SAFE.includes(c.req.method)) return await next();
    if (c.req.method !== "POST") {
      return c.text("Method not allowed: use GET, HEAD, POST", 405, { allow: "GET, HEAD, POST" });
    }

    if (isFromElsewhere(c)) return c.text("Refused: another site made the browser send this", 403);
    const body = c.env?.body ?? incoming(c.req.raw.body);
    const form = await readForm(c.req.header("content-type"), body);
    if (!form) return c.text("Expected a form (application/x-www-form-urlencoded) of at most 8 KiB", 415);
    if (!isSame(form.get("proof") ?? "", visitor.proof)) {
      return c.text("The form is out of date: go back, load the page again, and send it once more", 403);
    }
    if (!mayAct(visitor) && !ANYBODYS.includes(c.req.path)) {
      return c.text(`Your role, ${visitor.role}, may not do that`, 403);
    }
    c.set("form", form);
    return await next();
  };
}

/** @returns an answer instead when nobody may look, or somebody has to sign in first. */
async function visitorOf(
  c: PageContext,
  options: AccessOptions,
  key: Uint8Array,
): Promise<Visitor | Response> {
  const preferences = preferencesIn(c.req.header("cookie"));
  const language = preferences.language ?? localeFor(c.req.header("accept-language"), options.locale());
  const theme = preferences.theme ?? "system";
  const proofFor = (text: string) => createHmac("sha256", key).update(text).digest("base64url");
  if (options.isGated()) {
    const session = options.gate.sessionOf(c.req.raw);
    if (!session) return askToSignIn(c);
    const { user, role, signOutProof } = session;
    const signOutTargets = options.gate.formTargets();
    return { user, role, signOutProof, signOutTargets, proof: proofFor(signOutProof), language, theme };
  }
  const auth = options.auth();
  if (auth.challenge !== "") await authorize(auth, c.req.raw.headers, false);
  else if (!options.isLocal() && !options.page().open) {
    return c.text(
      "Not shown: whoever can connect could look and act here. Set `signOn` or `auth` in webhook.json, or listen on 127.0.0.1",
      403,
    );
  }
  return { role: "admin", proof: proofFor("anybody"), language, theme };
}

/** Whether who was let in would be let in now. */
async function mayLook(c: PageContext, options: AccessOptions, key: Uint8Array): Promise<boolean> {
  try {
    return !(await visitorOf(c, options, key) instanceof Response);
  } catch (error) {
    if (error instanceof Rejected) return false;
    throw error;
  }
}

function askToSignIn(c: PageContext): Response {
  const { pathname, search } = new URL(c.req.url);
  const isNavigation = (c.req.header("sec-fetch-mode") ?? "navigate") === "navigate" &&
    c.req.method === "GET";
  if (!isNavigation) return c.text("Sign in first", 401, { "www-authenticate": 'Session realm="Vigie"' });
  return c.body(null, 302, {
    "cache-control": "no-store",
    location: `/sign-on?to=${encodeURIComponent(pathname + search)}`,
  });
}

/** Browsers say from where they post; other programs do not, and nobody makes them send what their user did not mean. */
function isFromElsewhere(c: PageContext): boolean {
  const site = c.req.header("sec-fetch-site")?.toLowerCase();
  if (site !== undefined && site !== "same-origin" && site !== "none") return true;
  const origin = c.req.header("origin");
  if (origin === undefined) return false;
  const url = URL.parse(origin);
  const host = c.req.header("host") ?? "";
  return !url || url.host !== URL.parse(`${url.protocol}//${host}`)?.host;
}

function* namesOf({ page, externalUrl }: AccessOptions): Generator<string> {
  const { hosts, urls } = page();
  yield* hosts;
  for (const url of [...Object.values(urls), externalUrl()]) {
    if (url !== undefined) yield new URL(url).hostname;
  }
}

function misdirected(c: PageContext): Response {
  return c.text(
    "Not shown under this name. Names that the pages are asked for under are listed in webhook.json as `page.hosts`",
    421,
    { "cache-control": "no-store" },
  );
}
