/** `deno task dead-letters`: what the webhook gave up, and sending it again. */

import pc from "picocolors";
import { type Command, EXIT, Failure, type Invocation, main, UsageError, userPath } from "./cli.ts";
import { formatTable } from "./report.ts";
import { ENGINE_FLAG, openRunning } from "./session.ts";
import { ask, Unanswered } from "./smoke/http.ts";
import { urlsOf } from "./stack.ts";
import { formatAge } from "./status.ts";
import { oneLine, writeOut } from "../webhook/mod.ts";

/** A dead letter as the webhook's API lists it. Times are ISO 8601. */
export interface DeadLetter {
  readonly id: number;
  readonly notificationId: number;
  readonly channel: string;
  readonly attempts: number;
  readonly reason: string;
  readonly settledAt: string | null;
  readonly notification: {
    readonly names: readonly string[];
    readonly status: string;
    readonly receivedAt: string;
  };
}

/** What is to be done. */
export type DeadLettersAction =
  | { readonly kind: "list"; readonly channel?: string }
  | { readonly kind: "show"; readonly id: number }
  | { readonly kind: "replay"; readonly ids: readonly number[] }
  | { readonly kind: "replay-channel"; readonly channel: string }
  | { readonly kind: "replay-all" };

/** Asks the webhook's API; the path is below /api/v1/. @returns the JSON of its answer. @throws {Failure} */
type Api = (method: "GET" | "POST", path: string, body?: unknown) => Promise<unknown>;

// Characters of a cell: a destination's whole answer would hide the rest.
const CELL = 100;
const LISTED = 1_000;
const PAGE = 200;
const WORDS = 'expected "list", "show ID", "replay ID…", "replay --channel NAME" or "replay --all"';

/** The command. */
export const deadLetters: Command = {
  name: "dead-letters",
  summary: "what the webhook could not deliver and gave up; show one, or send it again",
  usage: "[list | show ID | replay ID…]",
  maxArgs: 1_001,
  flags: {
    channel: { type: "string", value: "NAME", help: "only those of this channel; with replay: all of them" },
    all: { type: "boolean", help: "with replay: those of every channel" },
    url: { type: "string", value: "URL", help: "the webhook to ask (the one of this stack)" },
    "token-file": { type: "string", value: "FILE", help: "a bearer token, for a webhook that asks for one" },
    ...ENGINE_FLAG,
  },
  examples: [
    "dead-letters",
    "dead-letters show 2048",
    "dead-letters replay 2048 3072",
    "dead-letters replay --channel oncall",
  ],
  async run(invocation) {
    const action = actionOf(invocation);
    const api = await openApi(invocation);
    const { print } = invocation;
    switch (action.kind) {
      case "list": {
        const { found, more } = await listAll(api, action.channel);
        print(formatDeadLetters(found, Date.now()));
        if (more) print(`\nThere are more: only the newest ${LISTED} are shown`);
        return { code: EXIT.done, json: { deadLetters: found, more } };
      }
      case "show": {
        const letter = await api("GET", `dead-letters/${action.id}`) as ShownDeadLetter;
        print(formatDeadLetter(letter));
        return { code: EXIT.done, json: letter };
      }
      default: {
        const replayed = await replay(api, action);
        print(replayed === 0 ? "There was nothing to send again" : `${replayed} queued again`);
        return { code: EXIT.done, json: { replayed } };
      }
    }
  },
};

/**
 * What the command line asks for.
 *
 * @throws {UsageError} when that is not clear.
 */
export function actionOf({ args, flags }: Pick<Invocation, "args" | "flags">): DeadLettersAction {
  const [word = "list", ...rest] = args;
  const channel = flags.channel as string | undefined;
  const refuse = (what: string): never => {
    throw new UsageError(`Cannot use ${what}: ${WORDS}`);
  };
  if (word === "list") {
    if (rest.length > 0) refuse(`the argument "${rest[0]}"`);
    if (flags.all) refuse("--all without replay");
    return { kind: "list", channel };
  }
  if (word === "show") {
    if (rest.length !== 1 || channel !== undefined || flags.all) refuse('"show" without exactly one id');
    return { kind: "show", id: idOf(rest[0]!) };
  }
  if (word !== "replay") return refuse(`the argument "${word}"`);
  const ways = [rest.length > 0, channel !== undefined, flags.all === true].filter(Boolean).length;
  if (ways !== 1) refuse(ways === 0 ? '"replay" without saying what' : '"replay" in several ways at once');
  if (channel !== undefined) return { kind: "replay-channel", channel };
  return flags.all ? { kind: "replay-all" } : { kind: "replay", ids: rest.map(idOf) };
}

function idOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new UsageError(`Cannot use the id "${text}": expected a number that "dead-letters" lists`);
}

async function openApi(invocation: Invocation): Promise<Api> {
  const { flags, signal } = invocation;
  const base = typeof flags.url === "string"
    ? urlOf(flags.url)
    : urlsOf((await openRunning(invocation)).stack).webhook;
  const token = typeof flags["token-file"] === "string" ? await tokenOf(flags["token-file"]) : undefined;
  return async (method, path, body) => {
    const url = `${base}/api/v1/${path}`;
    try {
      const answer = await ask({ fetch, signal }, url, {
        method,
        headers: {
          "content-type": "application/json",
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        statuses: [200, 401, 404, 409, 503],
      });
      if (answer.status === 200) return JSON.parse(answer.text);
      throw refusalOf(answer.status, answer.text);
    } catch (error) {
      if (error instanceof Unanswered) {
        throw new Failure(error.message, EXIT.wrong, "`deno task status` shows whether the webhook runs");
      }
      if (error instanceof SyntaxError) {
        throw new Failure(`${url} does not answer as the webhook does`, EXIT.wrong);
      }
      throw error;
    }
  };
}

function urlOf(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url.href.replace(/\/$/, "");
  throw new UsageError(`Cannot ask "${text}": expected a URL such as "http://127.0.0.1:9094"`);
}

async function tokenOf(file: string): Promise<string> {
  return (await Deno.readTextFile(userPath(file))).trim();
}

function refusalOf(status: number, text: string): Failure {
  if (status === 401) {
    return new Failure(
      "The webhook wants to know who asks",
      EXIT.wrong,
      "name a file with a token of it: --token-file FILE",
    );
  }
  let detail: unknown;
  try {
    detail = JSON.parse(text).detail;
  } catch {
    detail = undefined;
  }
  return new Failure(typeof detail === "string" ? detail : `The webhook answers ${status}`, EXIT.wrong);
}

async function listAll(api: Api, channel?: string): Promise<{ found: DeadLetter[]; more: boolean }> {
  const found: DeadLetter[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (channel !== undefined) query.set("channel", channel);
    if (cursor !== null) query.set("cursor", cursor);
    const page = await api("GET", `dead-letters?${query}`) as { items: DeadLetter[]; next: string | null };
    found.push(...page.items);
    cursor = page.next;
  } while (cursor !== null && found.length < LISTED);
  return { found, more: cursor !== null };
}

async function replay(
  api: Api,
  action: Extract<DeadLettersAction, { kind: `replay${string}` }>,
): Promise<number> {
  const post = async (body: unknown) =>
    (await api("POST", "dead-letters/replay", body) as { replayed: number }).replayed;
  if (action.kind === "replay") {
    // A single one that is none is said to be none; of several, those that are left are replayed.
    const [id] = action.ids;
    if (action.ids.length > 1) return await post({ ids: action.ids });
    return (await api("POST", `dead-letters/${id}/replay`, {}) as { replayed: number }).replayed;
  }
  if (action.kind === "replay-channel") return await post({ channel: action.channel });
  const { items } = await api("GET", "channels") as {
    items: { readonly name: string; readonly kind: string | null; readonly dead: number }[];
  };
  let replayed = 0;
  // What is left of channels that are gone has nowhere to go.
  for (const { name, kind, dead } of items) {
    if (dead > 0 && kind !== null) replayed += await post({ channel: name });
  }
  return replayed;
}

/** Dead letters as a table. @param nowMs Milliseconds since 1970. */
export function formatDeadLetters(letters: readonly DeadLetter[], nowMs: number): string {
  if (letters.length === 0) return "There are no dead letters";
  const head = ["ID", "CHANNEL", "AGO", "ALERTS", "REASON"].map((text) => pc.dim(text));
  const rows = letters.map(({ id, channel, settledAt, reason, notification: { names } }) => [
    String(id),
    oneLine(channel),
    settledAt === null ? "" : formatAge(nowMs - Date.parse(settledAt)),
    oneLine(names.join(", "), CELL),
    oneLine(reason, CELL),
  ]);
  return formatTable([head, ...rows]);
}

interface ShownDeadLetter extends DeadLetter {
  readonly failures: readonly { readonly at: string; readonly reason: string }[];
  readonly text: string | null;
}

function formatDeadLetter(letter: ShownDeadLetter): string {
  const { id, notificationId, channel, attempts, reason, settledAt, failures, text, notification } = letter;
  const facts = formatTable([
    ["channel", oneLine(channel)],
    ["notification", `${notificationId}, ${notification.status}, received ${notification.receivedAt}`],
    ["alerts", oneLine(notification.names.join(", "))],
    ["given up", `${settledAt ?? "?"}, after ${attempts} ${attempts === 1 ? "attempt" : "attempts"}`],
    ["reason", oneLine(reason)],
    ...failures.map(({ at, reason }) => ["failed", `${at} ${oneLine(reason)}`]),
  ], "  ");
  const said = text?.split("\n").map(writeOut).join("\n") ??
    "Its channel is gone: what it would say is not known";
  return `${pc.bold(`Dead letter ${id}`)}\n${facts}\n\n${said}`;
}

if (import.meta.main) await main(deadLetters);
