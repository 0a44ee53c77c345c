/** Whether a name and a password are somebody's. */

import type { Clock } from "../clock.ts";
import type { DirectoryUser } from "./directory.ts";
import { isDirectoryGroup } from "./directory_group.ts";
import { localUserOf } from "./local_users.ts";
import { type Identity, type Role, roleOfGroups } from "./role.ts";
import type { SignOnSettings } from "./settings.ts";
import { type Attempt, createThrottle } from "./throttle.ts";

/** What comes of an attempt to sign in. */
export type Judgment =
  | { readonly result: "in"; readonly identity: Identity; readonly role: Role }
  /** The password is right, and none of the groups has a role. */
  | { readonly result: "no-role"; readonly identity: Identity }
  /** @property known Whether there is somebody of that name: for the log only. */
  | { readonly result: "wrong"; readonly known: boolean }
  | { readonly result: "wait"; readonly seconds: number }
  /** The directory does not answer. */
  | { readonly result: "unavailable"; readonly reason: string };

/** What an attempt is made with. */
export interface Credentials extends Attempt {
  readonly password: string;
}

/** What judging needs. */
export interface JudgeOptions {
  readonly clock: Clock;
  /** Refusals are given at a multiple of this only, so that the time they take tells nothing; 500 by default. */
  readonly evenMs?: number;
}

/** Judges attempts. */
export type Judge = (settings: SignOnSettings, credentials: Credentials) => Promise<Judgment>;

const EVEN_MS = 500;
/** Attempts that are judged at one time; each may take the directory seconds. */
const MOST_AT_ONCE = 32;
const LONGEST_USER = 256;
const LONGEST_PASSWORD = 1_024;

/** A judge who counts attempts. */
export function createJudge({ clock, evenMs = EVEN_MS }: JudgeOptions): Judge {
  const throttle = createThrottle(clock.now);
  let judging = 0;

  return async (settings, credentials) => {
    const wait = throttle.begin(credentials);
    if (wait > 0) return { result: "wait", seconds: wait };
    if (judging >= MOST_AT_ONCE) {
      throttle.undecided(credentials);
      return { result: "wait", seconds: 5 };
    }
    const beganMs = clock.now();
    const judgment = await counted(settings, credentials);
    if (judgment.result === "in" || judgment.result === "no-role") throttle.succeeded(credentials);
    else {
      if (judgment.result === "unavailable") throttle.undecided(credentials);
      await evenly(clock, clock.now() - beganMs, evenMs);
    }
    return judgment;
  };

  async function counted(settings: SignOnSettings, credentials: Credentials): Promise<Judgment> {
    judging++;
    try {
      return await judge(settings, credentials);
    } finally {
      judging--;
    }
  }
}

/** Waits until a multiple of `evenMs` has passed. */
async function evenly(clock: Clock, passedMs: number, evenMs: number): Promise<void> {
  if (evenMs <= 0) return;
  const restMs = evenMs - (Math.max(passedMs, 0) % evenMs);
  await new Promise<void>((resolve) => clock.after(restMs, resolve));
}

async function judge(settings: SignOnSettings, { user, password }: Credentials): Promise<Judgment> {
  const isPossible = user !== "" && password !== "" && user.length <= LONGEST_USER &&
    password.length <= LONGEST_PASSWORD && !/\p{Cc}/u.test(user);
  if (!isPossible) return { result: "wrong", known: false };
  const local = await localUserOf(settings.users, user, password);
  if (local) {
    return { result: "in", identity: { user: local.name, source: "local", groups: [] }, role: local.role };
  }
  const isLocal = isLocalName(settings, user);
  if (!settings.directory) return { result: "wrong", known: isLocal };
  let found: DirectoryUser | undefined;
  try {
    // Its library takes memory, which whoever has no directory need not have.
    const { findInDirectory } = await import("./directory.ts");
    // The directory is asked for local names too, without the password: otherwise one that does not answer would tell them from others.
    found = await findInDirectory(settings.directory, user, isLocal ? undefined : password);
  } catch (error) {
    return { result: "unavailable", reason: (error as Error).message };
  }
  // A name that the directory writes otherwise must not become a local one's.
  if (isLocal || !found?.isProved || isLocalName(settings, found.user)) {
    return { result: "wrong", known: isLocal || found !== undefined };
  }
  const identity: Identity = { user: found.user, source: "ldap", groups: found.groups };
  const role = roleOf(identity, settings);
  return role === undefined ? { result: "no-role", identity } : { result: "in", identity, role };
}

function isLocalName({ users }: SignOnSettings, user: string): boolean {
  return users.some(({ name }) => name === user);
}

/** What somebody may do by the configuration in use; undefined when they may not even look. */
export function roleOf({ user, source, groups }: Identity, settings: SignOnSettings): Role | undefined {
  switch (source) {
    case "local":
      return settings.users.find(({ name }) => name === user)?.role;
    case "ldap":
      return settings.directory && roleOfGroups(groups, settings.roles, isDirectoryGroup(settings.directory));
    case "openid":
      return settings.provider && roleOfGroups(groups, settings.roles);
  }
}

/** What a session of `identity` hangs on: it ends when that changes. Undefined when nobody may be that any more. */
export function standingOf(identity: Identity, settings: SignOnSettings): string | undefined {
  if (roleOf(identity, settings) === undefined) return undefined;
  switch (identity.source) {
    case "local":
      return settings.users.find(({ name }) => name === identity.user)!.secret;
    case "ldap":
      return settings.directory!.url;
    case "openid":
      return settings.provider!.issuer;
  }
}
