/** System calls as strace writes them. */

import { Buffer } from "node:buffer";

/** One call that ended well. One that another thread interrupted counts from its end; one that sends from its beginning. */
export interface Call {
  /** Time of day. */
  readonly at: string;
  readonly did: "received" | "sent" | "wrote" | "truncated" | "synced";
  /** What its descriptor stands for: a file's path, or a connection's two ends. */
  readonly place: string;
  /** What it carries, one character a byte. */
  readonly bytes: string;
  /** Where a write begins, or what a file is truncated to, bytes. */
  readonly offset: number;
}

const KINDS: Readonly<Record<string, Call["did"]>> = {
  read: "received",
  readv: "received",
  recvfrom: "received",
  recvmsg: "received",
  write: "sent",
  writev: "sent",
  sendto: "sent",
  sendmsg: "sent",
  pwrite64: "wrote",
  pwritev: "wrote",
  ftruncate: "truncated",
  fsync: "synced",
  fdatasync: "synced",
};

/** What `readCalls` reads: strings whole and in hexadecimal, descriptors with what they stand for. */
export const TRACE_FLAGS: readonly string[] = [
  ...["-tt", "-yy", "-xx", "-s", "200000"],
  `--trace=${Object.keys(KINDS).join()}`,
];

/** The calls in a trace that strace wrote with `TRACE_FLAGS`, in the order in which the kernel saw them. */
export function* readCalls(trace: string): Iterable<Call> {
  const begun = new Map<string, { readonly at: string; readonly args: string }>();
  for (const line of trace.split("\n")) {
    const [, thread = "", at = "", rest = ""] = /^(\d+)\s+([\d:.]+) (.*)$/.exec(line) ?? [];
    const [, name = "", args = "", result = ""] =
      /^(\w+)\((.*)(?:\)\s+= (-?\d+).*| <unfinished \.\.\.>)$/.exec(rest) ??
        [];
    const did = KINDS[name];
    if (did !== undefined) {
      if (result === "") begun.set(thread, { at, args });
      // What a send carries is on its way from here on; its result comes too late to judge by.
      if (result === "" ? did === "sent" : Number(result) >= 0) yield callOf(did, at, args);
      continue;
    }
    const [, resumed = "", more = "", end = ""] = /^<\.\.\. (\w+) resumed>(.*)\)\s+= (-?\d+)/.exec(rest) ??
      [];
    const start = begun.get(thread);
    const kind = KINDS[resumed];
    if (!start || kind === undefined) continue;
    begun.delete(thread);
    if (kind !== "sent" && Number(end) >= 0) yield callOf(kind, at, start.args + more);
  }
}

function callOf(did: Call["did"], at: string, args: string): Call {
  return {
    did,
    at,
    place: unescape(/^\d+<((?:->|[^>])*)>/.exec(args)?.[1] ?? ""),
    bytes: [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex]) => unescape(hex!)).join(""),
    offset: Number(/, (\d+)$/.exec(args)?.[1] ?? 0),
  };
}

function unescape(text: string): string {
  return text.replace(
    /(?:\\x[0-9a-f]{2})+/g,
    (hex) => Buffer.from(hex.replaceAll("\\x", ""), "hex").toString("latin1"),
  );
}
