/** A directory, asked by LDAP (RFC 4511). */

import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Client, type Entry, Filter, InvalidCredentialsError, SizeLimitExceededError } from "ldapts";
import type { Identity } from "./role.ts";
import type { DirectorySettings } from "./settings.ts";
import { connectStartTls } from "./start_tls.ts";

/** The directory does not answer, or not as the configuration expects. The message is for the operator. */
export class DirectoryFailure extends Error {
  override readonly name = "DirectoryFailure";
}

/** Somebody of the directory. */
export interface DirectoryUser extends Identity {
  readonly dn: string;
  /** Whether the password is theirs. */
  readonly isProved: boolean;
}

const DEEPEST = 8;
const MOST_GROUPS = 1_000;

/**
 * Looks for a user, and proves the password by a bind as that user.
 *
 * What was typed is escaped: it cannot change a filter (RFC 4515, 3). Referrals are not followed: they would take the password elsewhere. A bind without
 * a password, which directories take for an anonymous one (RFC 4513, 5.1.2), is never made.
 *
 * @param password Undefined only to look.
 * @returns undefined when there is none of that name, or more than one.
 * @throws {DirectoryFailure}
 */
export async function findInDirectory(
  settings: DirectorySettings,
  user: string,
  password: string | undefined,
): Promise<DirectoryUser | undefined> {
  const clients: Client[] = [];
  const connections: { close(): void }[] = [];
  const connect = async () => {
    const stream = settings.startTls
      ? await connectStartTls(placeOf(settings), (each) => connections.push(each))
      : undefined;
    const client = newClient(settings, stream);
    clients.push(client);
    return client;
  };
  try {
    return await within(settings.timeoutMs * 3, find(settings, connect, user, password));
  } catch (error) {
    if (error instanceof DirectoryFailure) throw error;
    throw new DirectoryFailure(`Cannot ask "${settings.url}": ${reasonOf(error)}`, { cause: error });
  } finally {
    // The answers are there; how the connections end is nobody's concern.
    await Promise.all(clients.map((client) => client.unbind().catch(() => {})));
    for (const connection of connections) connection.close();
  }
}

async function find(
  settings: DirectorySettings,
  connect: () => Promise<Client>,
  user: string,
  password: string | undefined,
): Promise<DirectoryUser | undefined> {
  const client = await connect();
  await bindSearcher(client, settings);
  const { baseDn, userFilter, userAttribute } = settings;
  let entries: Entry[];
  try {
    const found = await client.search(baseDn, {
      scope: "sub",
      filter: filled(userFilter, { user }),
      attributes: [userAttribute, ...(settings.groupFilter === undefined ? ["memberOf"] : [])],
      sizeLimit: 2,
      derefAliases: "never",
    });
    entries = found.searchEntries;
  } catch (error) {
    if (!(error instanceof SizeLimitExceededError)) throw error;
    return undefined;
  }
  // Of two, whose password would it be?
  const [entry] = entries;
  if (!entry || entries.length > 1) return undefined;
  const name = textsOf(entry[userAttribute])[0] ?? user;
  const isProved = password !== undefined && password !== "" &&
    await isRight(await connect(), entry.dn, password);
  const groups = isProved ? await groupsOf(client, settings, entry, name) : [];
  return { user: name, source: "ldap", groups, dn: entry.dn, isProved };
}

async function bindSearcher(client: Client, { bindDn, bindPassword, url }: DirectorySettings): Promise<void> {
  if (bindDn === undefined) return;
  try {
    await client.bind(bindDn, bindPassword ?? "");
  } catch (error) {
    if (!(error instanceof InvalidCredentialsError)) throw error;
    throw new DirectoryFailure(`Cannot sign in to "${url}" as "${bindDn}": the password is wrong`);
  }
}

async function isRight(client: Client, dn: string, password: string): Promise<boolean> {
  try {
    await client.bind(dn, password);
    return true;
  } catch (error) {
    if (error instanceof InvalidCredentialsError) return false;
    throw error;
  }
}

/** DNs of the groups that somebody is in. */
async function groupsOf(
  client: Client,
  settings: DirectorySettings,
  entry: Entry,
  user: string,
): Promise<string[]> {
  const of = async (dn: string, own?: Entry) => {
    if (settings.groupFilter !== undefined) return await searchGroups(client, settings, dn, user);
    return textsOf((own ?? await readEntry(client, dn))?.memberOf);
  };
  const found = new Map<string, string>();
  let next = await of(entry.dn, entry);
  for (let depth = 0; next.length > 0 && depth < DEEPEST; depth++) {
    const fresh = next.filter((dn) => !found.has(dn.toLowerCase()));
    for (const dn of fresh) found.set(dn.toLowerCase(), dn);
    // By a name there is nothing to find of a group.
    const goesOn = settings.nested && (settings.groupFilter?.includes("{dn}") ?? true);
    if (!goesOn || found.size > MOST_GROUPS) break;
    next = [];
    for (const dn of fresh) next.push(...await of(dn));
  }
  return [...found.values()];
}

async function searchGroups(
  client: Client,
  { groupBaseDn, baseDn, groupFilter }: DirectorySettings,
  dn: string,
  user: string,
): Promise<string[]> {
  const { searchEntries } = await client.search(groupBaseDn ?? baseDn, {
    scope: "sub",
    filter: filled(groupFilter!, { dn, user }),
    // No attributes: the DN is enough (RFC 4511, 4.5.1.8).
    attributes: ["1.1"],
    sizeLimit: MOST_GROUPS,
    derefAliases: "never",
  });
  return searchEntries.map((each) => each.dn);
}

async function readEntry(client: Client, dn: string): Promise<Entry | undefined> {
  const { searchEntries } = await client.search(dn, { scope: "base", attributes: ["memberOf"] });
  return searchEntries[0];
}

/** A filter with `{user}` and `{dn}` filled in, escaped. */
export function filled(filter: string, values: Readonly<Record<string, string>>): string {
  return filter.replace(/\{(user|dn)\}/g, (whole, key) => {
    const value = values[key as string];
    return value === undefined ? whole : Filter.escape(value);
  });
}

/** @param stream The connection, when it was made already: there is no other one after it. */
function newClient(settings: DirectorySettings, stream: Duplex | undefined): Client {
  const { url, timeoutMs } = settings;
  let isTaken = false;
  const take = () => {
    if (isTaken) throw new Error("the connection broke");
    isTaken = true;
    return stream as Socket;
  };
  return new Client({
    url: url.replace(/\/+$/, ""),
    timeout: timeoutMs,
    connectTimeout: timeoutMs,
    strictDN: false,
    ...(stream && { createConnection: take }),
    ...(/^ldaps:/i.test(url) && { tlsOptions: tlsOptions(settings) }),
  });
}

function tlsOptions(settings: DirectorySettings) {
  const { host, ca } = placeOf(settings);
  return {
    host,
    servername: /^[\d.]+$|:/.test(host) ? undefined : host,
    ...(ca !== undefined && { ca: [ca] }),
  };
}

function placeOf({ url, ca }: DirectorySettings) {
  const { hostname, port } = new URL(url.replace(/^ldaps?:/i, "http:"));
  // A port that http has anyway is not told.
  const own = /:(\d+)\/*$/.exec(url)?.[1] ?? port;
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(own || 389), ca };
}

function textsOf(value: Entry[string] | undefined): string[] {
  const all = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return all.map((each) => typeof each === "string" ? each : new TextDecoder().decode(each));
}

async function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1_000} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    // What still fails afterwards was told already.
    work.catch(() => {});
  }
}

function reasonOf(error: unknown): string {
  const { message, name } = error as Error;
  return (message || name || "no reason was given").replace(/\s+/g, " ");
}
