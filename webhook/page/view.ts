/** What the views share: what they are made of, and who looks at them. */

import type { Context } from "hono";
import type { Locale } from "../../lib/text.ts";
import type { Deliveries } from "../delivery/mod.ts";
import type { Drills } from "../drill.ts";
import type { FetchBindings } from "../http/fetch_answer.ts";
import type { AlertIndex } from "../journal/alert_index.ts";
import type { Archive, DeliveryRecord } from "../journal/archive.ts";
import type { SqliteJournal } from "../journal/mod.ts";
import type { Log } from "../log.ts";
import type { Readiness } from "../readiness.ts";
import type { Role } from "../sign_on/mod.ts";
import type { Feed } from "./feed.ts";
import type { PageConfig } from "./schema.ts";

/** What the views are made of; functions give what is in use now. */
export interface PageOptions {
  readonly page: () => PageConfig;
  /** Directory of webhook.json, with `dashboards/*.json` and `graphs.json`; undefined without such a file. */
  readonly directory: () => string | undefined;
  /** Where what is to outlive the process is kept. */
  readonly dataDir: string;
  readonly archive: Archive;
  readonly index: AlertIndex;
  readonly journal: SqliteJournal;
  readonly deliveries: Deliveries;
  readonly drills: Drills;
  readonly readiness: () => Readiness;
  /** Names of runbooks that there are. */
  readonly hasRunbook: (alert: string) => boolean;
  /** What a delivery would say now, in its plain form; undefined when its channel is gone. */
  readonly textOf: (delivery: DeliveryRecord) => Promise<string | undefined>;
  /** Tells of what changes. */
  readonly feed: Feed;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Time zone of times that no script makes the reader's, as the IANA names it. */
  readonly timezone: () => string | undefined;
  readonly isStopping: () => boolean;
  readonly log: Log;
  /** Puts `<secret>` in the place of each secret. */
  readonly redact: (text: string) => string;
  /** Tells of a defect; the reader is told that there is one. */
  readonly onDefect: (error: unknown) => void;
  /** The web's `fetch`, for Prometheus and Alertmanager. */
  readonly fetch: typeof fetch;
}

/** How a page looks. */
export type Theme = "light" | "dark" | "system";

/** Who looks at a page, and how they like it. */
export interface Visitor {
  /** Undefined where nobody signs in. */
  readonly user?: string;
  readonly role: Role;
  /** What forms prove themselves with, in a field `proof`. */
  readonly proof: string;
  /** What the sign-out form proves itself with; undefined where nobody signs in. */
  readonly signOutProof?: string;
  /** Origins beside ours that this form may lead to, such as that of an OpenID provider. */
  readonly signOutTargets?: readonly string[];
  readonly language: Locale;
  readonly theme: Theme;
}

/** Hono's environment in the views. */
export type PageEnv = {
  Bindings: Partial<FetchBindings>;
  Variables: {
    visitor: Visitor;
    /** Name of the stack. */
    stack: string | undefined;
    /** Whether the visitor would still be let in, for answers that last. */
    mayStill: () => Promise<boolean>;
    /** Where the reader of this page is in what `/page/events` tells. */
    position: string;
    /** What was posted. */
    form: URLSearchParams;
  };
};

/** Hono's context in the views. */
export type PageContext = Context<PageEnv>;

/** Whether the visitor may silence, acknowledge, replay and test. */
export function mayAct({ role }: Visitor): boolean {
  return role !== "viewer";
}
