/** Who is signed in. */

import type { Identity } from "./role.ts";
import type { KeptSession, SessionFile } from "./session_file.ts";
import { hashOf, isSame, isToken, makeToken, proofOf } from "./token.ts";

/** Who is signed in. */
export interface Sessions {
  /**
   * Begins a session.
   *
   * @param secret What the user signed in with, when the session is to end as soon as it changes.
   * @returns its token, which is not kept.
   */
  begin(identity: Identity, secret?: string): string;
  /**
   * Who `token` is, and that they were here; undefined when the session is over.
   *
   * @param secretOf What the user of a session would sign in with now; undefined when they no longer may.
   */
  find(token: string, secretOf: (identity: Identity) => string | undefined): Identity | undefined;
  /** Ends a session. @returns whose it was. */
  end(token: string): Identity | undefined;
  /** How many there are. */
  count(): number;
  close(): void;
}

/** How sessions end by themselves. */
export interface SessionLimits {
  readonly idleMs: number;
  readonly longestMs: number;
}

/** What sessions are kept with. */
export interface SessionsOptions {
  /** Opens the file where they are kept across restarts, when it is needed first; they are in memory only without. */
  readonly open?: () => SessionFile;
  readonly limits: () => SessionLimits;
  readonly now: () => number;
  /** Told that the file cannot be written: sessions go on without it. */
  readonly onProblem: (problem: string) => void;
}

/** @property writtenMs Until when the file knows that somebody was here. */
type Session = KeptSession & { readonly writtenMs: number };

// How exact idleness is kept across restarts: each request would be a write.
const SEEN_KEPT_MS = 60_000;
const MOST = 10_000;
const MOST_OF_ONE = 50;

/** Sessions, those that the file holds among them. */
export function createSessions({ open, limits, now, onProblem }: SessionsOptions): Sessions {
  let opened: { readonly file?: SessionFile; readonly sessions: Map<string, Session> } | undefined;
  let writes = true;

  function all(): Map<string, Session> {
    if (opened) return opened.sessions;
    try {
      const file = open?.();
      const kept = (file?.all() ?? []).map((each): [string, Session] => [
        each.hash,
        { ...each, writtenMs: each.seenMs },
      ]);
      opened = { file, sessions: new Map(kept) };
    } catch (error) {
      onProblem(`Cannot keep the sessions: ${(error as Error).message}`);
      opened = { sessions: new Map() };
    }
    return opened.sessions;
  }

  /** A full disk must not sign people out, nor keep them from signing in. */
  function keep(write: (file: SessionFile) => void): void {
    const file = opened?.file;
    if (!file) return;
    try {
      write(file);
      writes = true;
    } catch (error) {
      if (writes) onProblem(`Cannot write the sessions: ${(error as Error).message}`);
      writes = false;
    }
  }

  function drop(hashes: readonly string[]): void {
    if (hashes.length === 0) return;
    for (const hash of hashes) all().delete(hash);
    keep((file) => file.remove(hashes));
  }

  function isOver({ createdMs, seenMs }: KeptSession): boolean {
    const { idleMs, longestMs } = limits();
    // A clock that was set back makes nobody's session longer.
    return now() >= seenMs + idleMs || now() >= createdMs + longestMs || now() < createdMs - SEEN_KEPT_MS;
  }

  function makeRoom(user: string, source: string): void {
    const sessions = all();
    const every = [...sessions.values()];
    const over = every.filter(isOver).map(({ hash }) => hash);
    drop(over);
    const own = every.filter((each) =>
      each.user === user && each.source === source && sessions.has(each.hash)
    );
    const oldest = (some: readonly KeptSession[], most: number) =>
      [...some].sort((a, b) => a.seenMs - b.seenMs).slice(0, Math.max(some.length - most + 1, 0))
        .map(({ hash }) => hash);
    drop(oldest(own, MOST_OF_ONE));
    drop(oldest([...sessions.values()], MOST));
  }

  return {
    begin({ user, source, groups }, secret = "") {
      makeRoom(user, source);
      const token = makeToken();
      const atMs = now();
      const session = {
        hash: hashOf(token),
        user,
        source,
        groups,
        stamp: proofOf(token, secret),
        createdMs: atMs,
        seenMs: atMs,
      };
      all().set(session.hash, { ...session, writtenMs: atMs });
      keep((file) => file.put(session));
      return token;
    },
    find(token, secretOf) {
      if (!isToken(token)) return undefined;
      const session = all().get(hashOf(token));
      if (!session) return undefined;
      const secret = secretOf(session);
      if (isOver(session) || secret === undefined || !isSame(session.stamp, proofOf(token, secret))) {
        drop([session.hash]);
        return undefined;
      }
      const isDue = now() - session.writtenMs >= SEEN_KEPT_MS;
      const seen = { ...session, seenMs: now(), writtenMs: isDue ? now() : session.writtenMs };
      if (isDue) keep((file) => file.put(seen));
      all().set(seen.hash, seen);
      return { user: seen.user, source: seen.source, groups: seen.groups };
    },
    end(token) {
      const session = isToken(token) ? all().get(hashOf(token)) : undefined;
      if (!session) return undefined;
      drop([session.hash]);
      return { user: session.user, source: session.source, groups: session.groups };
    },
    count: () => [...all().values()].filter((session) => !isOver(session)).length,
    close: () => opened?.file?.close(),
  };
}
