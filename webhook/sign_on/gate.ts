/** The gate: who may look. The entry asks it about every request, and people sign in at its pages. */

import { type Context, Hono } from "hono";
import type { HeaderLookup } from "../http/body.ts";
import { incoming } from "../http/fetch_answer.ts";
import { createBasicUsers } from "./basic_users.ts";
import { cookieIn, dropCookie, sessionCookieOf, setCookie } from "./cookies.ts";
import { count, createFigures, type Figures } from "./figures.ts";
import { readForm } from "./form.ts";
import {
  addressOf,
  factsOf,
  type GateEnv,
  type GateOptions,
  type GateParts,
  redirect,
  type SignedIn,
} from "./gate_parts.ts";
import { createJudge, roleOf, standingOf } from "./judge.ts";
import { isForeign } from "./origin.ts";
import { pageHeaders, signedInPage, signInPage } from "./page.ts";
import { safeReturn } from "./return_to.ts";
import { createSeal } from "./seal.ts";
import type { SignOnSettings } from "./settings.ts";
import { isSame, isToken, makeToken, proofOf } from "./token.ts";
import { mountProvider } from "./provider_routes.ts";
import { answerVerify } from "./verify.ts";
import { localeFor } from "./words.ts";

/** The gate. */
export interface Gate {
  /** `/sign-on` and what is below. */
  readonly app: Hono<GateEnv>;
  /** Who sent a request, by its cookie; undefined when nobody is signed in. */
  sessionOf(request: { readonly headers: HeaderLookup }): SignedIn | undefined;
  /** Other origins that the sign-out form may lead to. */
  formTargets(): string[];
  readonly figures: Figures;
  /** Ends what it holds: the file of the sessions, connections to the provider. */
  close(): void;
}

/** What the sign-in form proves itself with: a value that only pages of this host can have set. */
const FORM_COOKIE = { name: "__Host-vigie-form" };

/** The gate. While `settings` gives none, it answers 404. */
export function createGate(options: GateOptions): Gate {
  const { settings, locale, sessions, clock, log } = options;
  const judge = createJudge(options);
  const figures = createFigures();
  const app = new Hono<GateEnv>();

  const tokenOf = (headers: HeaderLookup, { urls }: SignOnSettings) =>
    cookieIn(headers.get("cookie"), sessionCookieOf(urls).name);

  function sessionOf({ headers }: { readonly headers: HeaderLookup }): SignedIn | undefined {
    const current = settings();
    const token = current && tokenOf(headers, current);
    if (!token) return undefined;
    const identity = sessions.find(token, (each) => standingOf(each, current));
    const role = identity && roleOf(identity, current);
    if (!role) return undefined;
    return { user: identity.user, role, source: identity.source, signOutProof: proofOf(token, "sign-out") };
  }

  const parts: GateParts = {
    ...options,
    seal: createSeal(),
    figures,
    basic: createBasicUsers(judge, clock.now),
    sessionOf,
    localeOf: (c) => localeFor(c.req.header("accept-language"), locale()),
    letIn(c, current, identity, role, to) {
      // The session that the browser had is over, and its token is never given to somebody else.
      const before = tokenOf(c.req.raw.headers, current);
      if (before !== undefined) sessions.end(before);
      const token = sessions.begin(identity, standingOf(identity, current));
      const { user, source } = identity;
      count(figures.signIns, source);
      log.info("Signed in", { audit: "sign-on", user, source, role, address: addressOf(c) });
      return redirect(c, to, setCookie(sessionCookieOf(current.urls), token));
    },
    refused(c, reason, facts = {}) {
      count(figures.refusals, reason);
      log.info("Sign-in refused", { audit: "sign-on", reason, ...facts, address: addressOf(c) });
    },
    show(c, current, { status, to, notice, waitSeconds }) {
      const held = cookieIn(c.req.header("cookie"), FORM_COOKIE.name);
      const token = held !== undefined && isToken(held) ? held : makeToken();
      const page = signInPage({
        locale: parts.localeOf(c),
        to,
        proof: proofOf(token, "sign-in"),
        provider: current.provider?.name,
        notice,
        waitSeconds,
      });
      return c.body(page, status, {
        ...pageHeaders(targetsOf(current)),
        ...(token !== held && { "set-cookie": setCookie(FORM_COOKIE, token) }),
        ...(waitSeconds !== undefined && { "retry-after": String(waitSeconds) }),
      });
    },
  };

  const whileOn =
    (handle: (c: Context<GateEnv>, settings: SignOnSettings) => Response | Promise<Response>) =>
    async (c: Context<GateEnv>) => {
      const current = settings();
      return current ? await handle(c, current) : c.text("Nobody has to sign in here", 404);
    };

  app.get(
    "/sign-on",
    whileOn((c, current) => {
      const to = safeReturn(c.req.query("to"), current.urls);
      const session = sessionOf(c.req.raw);
      if (!session) {
        return parts.show(c, current, {
          status: 200,
          to,
          notice: c.req.query("out") === undefined ? undefined : "signed-out",
        });
      }
      const { user, role, signOutProof: proof } = session;
      return c.body(signedInPage({ locale: parts.localeOf(c), user, role, to, proof }), 200, {
        ...pageHeaders(targetsOf(current)),
      });
    }),
  );

  app.post(
    "/sign-on",
    whileOn(async (c, current) => {
      const form = await formOf(c);
      const to = safeReturn(form?.get("to"), current.urls);
      const held = cookieIn(c.req.header("cookie"), FORM_COOKIE.name) ?? "";
      const isOurs = form && isToken(held) && isSame(form.get("proof") ?? "", proofOf(held, "sign-in")) &&
        !isForeign(c.req.raw.headers, current.urls);
      if (!isOurs) {
        parts.refused(c, "forged");
        return parts.show(c, current, { status: 400, to, notice: "expired" });
      }
      const user = (form.get("user") ?? "").trim();
      const judgment = await judge(current, {
        user,
        password: form.get("password") ?? "",
        address: addressOf(c),
      });
      switch (judgment.result) {
        case "in":
          return parts.letIn(c, current, judgment.identity, judgment.role, to);
        case "no-role":
          parts.refused(c, "no-role", factsOf(judgment.identity));
          return parts.show(c, current, { status: 403, to, notice: "no-role" });
        case "wait":
          parts.refused(c, "wait");
          return parts.show(c, current, { status: 429, to, notice: "wait", waitSeconds: judgment.seconds });
        case "unavailable":
          log.error("The directory does not answer", { reason: judgment.reason });
          parts.refused(c, "unavailable");
          return parts.show(c, current, { status: 503, to, notice: "unavailable" });
        case "wrong":
          // A name that nobody has may be a password that was typed into the wrong field.
          parts.refused(c, "wrong", { user: judgment.known ? user : undefined });
          return parts.show(c, current, { status: 401, to, notice: "wrong" });
      }
    }),
  );

  app.post(
    "/sign-on/out",
    whileOn(async (c, current) => {
      const form = await formOf(c);
      const token = tokenOf(c.req.raw.headers, current) ?? "";
      const isOurs = form && isSame(form.get("proof") ?? "", proofOf(token, "sign-out")) &&
        !isForeign(c.req.raw.headers, current.urls);
      if (!isOurs) {
        return parts.show(c, current, { status: 400, to: "/", notice: "expired" });
      }
      const identity = sessions.end(token);
      if (identity) {
        const { user, source } = identity;
        log.info("Signed out", { audit: "sign-on", user, source, address: addressOf(c) });
      }
      const back = `${current.urls.webhook!.replace(/\/+$/, "")}/sign-on?out`;
      const elsewhere = identity?.source === "openid" ? await provider.endUrl(current, back) : undefined;
      return redirect(c, elsewhere ?? "/sign-on?out", dropCookie(sessionCookieOf(current.urls)));
    }),
  );

  app.get("/sign-on/verify", whileOn((c, current) => answerVerify(c, current, parts)));
  const provider = mountProvider(app, parts, whileOn);

  /** Origins that a form's answer may lead to. */
  function targetsOf(current: SignOnSettings): string[] {
    const own = new URL(current.urls.webhook!).origin;
    const origins = Object.values(current.urls).map((url) => new URL(url).origin);
    return [...new Set([...origins.filter((origin) => origin !== own), ...provider.targets(current)])];
  }

  for (
    const [path, allow] of [["/sign-on", "GET, HEAD, POST"], ["/sign-on/out", "POST"], [
      "/sign-on/verify",
      "GET, HEAD",
    ]] as const
  ) {
    app.all(path, (c) => c.text(`Method not allowed: use ${allow}`, 405, { allow }));
  }
  return {
    app,
    formTargets() {
      const current = settings();
      return current ? targetsOf(current) : [];
    },
    sessionOf,
    figures,
    close() {
      sessions.close();
      provider.close();
    },
  };
}

async function formOf(c: Context<GateEnv>): Promise<URLSearchParams | undefined> {
  return await readForm(c.req.header("content-type"), c.env?.body ?? incoming(c.req.raw.body));
}
