/** The log's line about what somebody does on a page: the same fields, whatever it is. */

import type { Feed } from "./feed.ts";
import type { Log } from "../log.ts";
import type { Visitor } from "./view.ts";

/** What can be done on the pages. */
export type Act =
  | "silence"
  | "end-silence"
  | "acknowledge"
  | "withdraw-acknowledgement"
  | "replay"
  | "replay-channel"
  | "test"
  | "proof";

/** What was done: to what, such as ids, matchers or a channel's name, and what else there is to know of it. */
export interface Done {
  readonly act: Act;
  readonly what?: string;
  readonly [more: string]: string | undefined;
}

/** Writes the lines. */
export interface Audit {
  /** It was done, which open pages are told. */
  done(visitor: Pick<Visitor, "user" | "role">, done: Done): void;
  /** It was not done. @param reason Why, as the visitor reads it. */
  refused(visitor: Pick<Visitor, "user" | "role">, wanted: Done, reason: string): void;
}

/** What writes to `log`, and tells `feed` of what was done. */
export function auditTo({ log, feed }: { readonly log: Pick<Log, "info">; readonly feed: Feed }): Audit {
  const facts = ({ user, role }: Pick<Visitor, "user" | "role">, { act, what, ...more }: Done) => ({
    audit: "page",
    user,
    role,
    act,
    what,
    ...more,
  });
  return {
    done(visitor, done) {
      log.info("Done on a page", facts(visitor, done));
      feed.tell({ kind: "act" });
    },
    refused(visitor, wanted, reason) {
      log.info("Refused on a page", { ...facts(visitor, wanted), reason });
    },
  };
}
