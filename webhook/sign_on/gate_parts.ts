/** What the routes of the gate share. */

import type { Context } from "hono";
import type { Locale } from "../../lib/text.ts";
import type { Clock } from "../clock.ts";
import type { HeaderLookup } from "../http/body.ts";
import type { FetchBindings } from "../http/fetch_answer.ts";
import type { Log } from "../log.ts";
import type { BasicUsers } from "./basic_users.ts";
import type { Figures, Refusal } from "./figures.ts";
import type { Identity, Role, Source } from "./role.ts";
import type { Seal } from "./seal.ts";
import type { Sessions } from "./sessions.ts";
import type { SignOnSettings } from "./settings.ts";
import { clientOf } from "./throttle.ts";
import type { Notice } from "./words.ts";

/** Hono's environment here. */
export type GateEnv = { Bindings: Partial<FetchBindings> };

/** What the gate is made of. */
export interface GateOptions {
  /** As the configuration in use has it; undefined while nobody has to sign in. */
  readonly settings: () => SignOnSettings | undefined;
  /** Language of readers who name none that there is. */
  readonly locale: () => Locale;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly log: Log;
  /** Refusals are given at a multiple of this only, ms; see `createJudge`. */
  readonly evenMs?: number;
}

/** Somebody who is signed in. */
export interface SignedIn {
  readonly user: string;
  readonly role: Role;
  readonly source: Source;
  /** The field `proof` of a form that posts to `/sign-on/out`. */
  readonly signOutProof: string;
}

/** What the gate's routes share. */
export interface GateParts extends GateOptions {
  readonly seal: Seal;
  readonly figures: Figures;
  readonly basic: BasicUsers;
  /** Who sent a request, by its cookie; undefined when nobody is signed in. */
  sessionOf(request: { readonly headers: HeaderLookup }): SignedIn | undefined;
  localeOf(c: Context<GateEnv>): Locale;
  /** Lets somebody in: a new session, and a redirect. */
  letIn(c: Context<GateEnv>, settings: SignOnSettings, identity: Identity, role: Role, to: string): Response;
  /** Notes that somebody was not let in. */
  refused(c: Context<GateEnv>, reason: Refusal, facts?: Parameters<Log["info"]>[1]): void;
  /** The sign-in page. */
  show(c: Context<GateEnv>, settings: SignOnSettings, shown: ShownPage): Response;
}

/** What the sign-in page says. */
export interface ShownPage {
  readonly status: 200 | 400 | 401 | 403 | 429 | 502 | 503;
  readonly to: string;
  readonly notice?: Notice;
  readonly waitSeconds?: number;
}

/** Who sent a request, as attempts are counted and noted. */
export function addressOf(c: Context<GateEnv>): string {
  return clientOf(c.req.header("x-forwarded-for"));
}

/** What is noted of somebody whose groups have no role: without the groups nobody could tell why. */
export function factsOf(
  { user, source, groups }: Identity,
): { user: string; source: string; groups: string } {
  return { user, source, groups: groups.slice(0, 20).join(" | ") };
}

/** A redirect that is followed by GET. */
export function redirect(c: Context<GateEnv>, to: string, cookie: string): Response {
  return c.body(null, 303, {
    location: to,
    "set-cookie": cookie,
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
  });
}
