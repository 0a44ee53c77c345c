/** `GET /sign-on/verify`: the entry's question about each request (Caddy's `forward_auth`). */

import type { Context } from "hono";
import { type Asked, neededRole } from "./access.ts";
import { count } from "./figures.ts";
import { addressOf, factsOf, type GateEnv, type GateParts, type SignedIn } from "./gate_parts.ts";
import { askedHost, isForeign } from "./origin.ts";
import { forbiddenPage, pageHeaders } from "./page.ts";
import { mayDo } from "./role.ts";
import type { SignOnSettings } from "./settings.ts";

const NOT_KEPT = { "cache-control": "no-store" };
const SAFE = ["GET", "HEAD", "OPTIONS"];

/**
 * 200 with `X-Vigie-User` and `X-Vigie-Role` when the request may pass; a redirect to the sign-in page for a browser that shows a page; 401 for other clients
 * that are not signed in, 403 when their role does not suffice.
 */
export async function answerVerify(
  c: Context<GateEnv>,
  settings: SignOnSettings,
  parts: GateParts,
): Promise<Response> {
  const { headers } = c.req.raw;
  const method = headers.get("x-forwarded-method")?.toUpperCase();
  const uri = headers.get("x-forwarded-uri");
  if (!method || !uri) {
    return c.text(
      "X-Forwarded-Method and X-Forwarded-Uri are wanted: only the entry asks here",
      400,
      NOT_KEPT,
    );
  }
  const asked: Asked = { method, uri, host: askedHost(headers) };
  const needed = neededRole(asked, settings.urls);
  if (needed === "nobody") return c.text("Not to be reached from outside", 403, NOT_KEPT);
  if (!SAFE.includes(method) && isForeign(headers, settings.urls)) {
    parts.refused(c, "forged");
    return c.text("Refused: another site made the browser send this", 403, NOT_KEPT);
  }
  const session = parts.sessionOf(c.req.raw) ?? await basicSession(c, settings, parts);
  if (session instanceof Response) return session;
  if (!session) return askToSignIn(c, settings, asked);
  if (!mayDo(session.role, needed)) {
    count(parts.figures.forbidden, session.role);
    parts.log.info("Request refused by role", {
      audit: "sign-on",
      user: session.user,
      role: session.role,
      needed,
      method,
      path: uri.replace(/[?#].*$/s, "").slice(0, 200),
      address: addressOf(c),
    });
    if (!isPage(headers, method)) return c.text(`Your role, ${session.role}, may not do that`, 403, NOT_KEPT);
    return c.body(forbiddenPage(parts.localeOf(c), session.role), 403, pageHeaders());
  }
  return c.body(null, 200, {
    ...NOT_KEPT,
    "x-vigie-user": headerText(session.user),
    "x-vigie-role": session.role,
  });
}

async function basicSession(
  c: Context<GateEnv>,
  settings: SignOnSettings,
  parts: GateParts,
): Promise<Pick<SignedIn, "user" | "role"> | Response | undefined> {
  const authorization = c.req.header("authorization");
  const judged = authorization === undefined
    ? undefined
    : await parts.basic(settings, authorization, addressOf(c));
  switch (judged?.result) {
    case undefined:
      return undefined;
    case "in": {
      const { identity: { user, source }, role } = judged;
      if (judged.fresh) {
        count(parts.figures.signIns, source);
        const facts = { user, source, role, address: addressOf(c) };
        parts.log.info("Signed in", { audit: "sign-on", ...facts, by: "basic" });
      }
      return { user, role };
    }
    case "wait":
      parts.refused(c, "wait", { by: "basic" });
      return c.text("Too many attempts", 429, { ...NOT_KEPT, "retry-after": String(judged.seconds) });
    case "unavailable":
      parts.log.error("The directory does not answer", { reason: judged.reason });
      parts.refused(c, "unavailable", { by: "basic" });
      return c.text("The directory does not answer", 503, { ...NOT_KEPT, "retry-after": "5" });
    case "no-role":
      parts.refused(c, "no-role", { ...factsOf(judged.identity), by: "basic" });
      return c.text("None of your groups may look", 403, NOT_KEPT);
    case "wrong":
      parts.refused(c, "wrong", { user: judged.known ? judged.user : undefined, by: "basic" });
      return undefined;
  }
}

function askToSignIn(c: Context<GateEnv>, { urls }: SignOnSettings, { method, uri, host }: Asked): Response {
  const { headers } = c.req.raw;
  if (isPage(headers, method) && !c.req.header("authorization")) {
    const service = Object.values(urls).find((url) => new URL(url).host === host);
    const own = new URL(urls.webhook!);
    const isElsewhere = service !== undefined && own.host !== host;
    // With a host for each service the page lies on another.
    const to = encodeURIComponent(isElsewhere ? new URL(service).origin + uri : uri);
    return c.body(null, 302, { ...NOT_KEPT, location: `${isElsewhere ? own.origin : ""}/sign-on?to=${to}` });
  }
  // To a page's own requests a browser would show a window of its own for "Basic".
  const challenge = headers.get("sec-fetch-mode") === null
    ? 'Basic realm="Vigie", charset="UTF-8"'
    : 'Session realm="Vigie"';
  return c.text("Sign in first", 401, { ...NOT_KEPT, "www-authenticate": challenge });
}

/** Whether a browser asks for a page to show. */
function isPage(headers: Headers, method: string): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  const mode = headers.get("sec-fetch-mode");
  return (mode === null || mode === "navigate") && (headers.get("accept") ?? "").includes("text/html");
}

/** A name as a header can carry it: what is not plain is percent-encoded. */
function headerText(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll("%40", "@");
}
