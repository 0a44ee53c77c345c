/** What a trace of system calls proves: whether an answer left before what it acknowledges was on disk. */

/** One thing that a traced process did, in the order in which the kernel saw it. */
export type Step =
  | { readonly did: "received"; readonly at: string; readonly marker: string; readonly socket: string }
  | {
    readonly did: "wrote a page";
    readonly at: string;
    readonly file: string;
    readonly markers: readonly string[];
  }
  | { readonly did: "wrote the commit"; readonly at: string; readonly file: string }
  | { readonly did: "synced"; readonly at: string; readonly file: string }
  | { readonly did: "answered"; readonly at: string; readonly marker: string; readonly status: number };

/** What to trace for `readTrace`: strings whole and in hexadecimal, descriptors with what they stand for. */
export const TRACE_FLAGS: readonly string[] = [
  ...["-tt", "-yy", "-xx", "-s", "70000"],
  "--trace=read,recvfrom,recvmsg,readv,pwrite64,pwritev,fsync,fdatasync,write,writev,sendto,sendmsg",
];

const MARKER = /\bmark-\d{6}\b/g;
const WAL_FRAME_HEADER_BYTES = 24;

interface Call {
  readonly thread: string;
  readonly at: string;
  readonly name: string;
  readonly args: string;
  readonly result: number;
}

/**
 * The steps in a trace that strace wrote with `TRACE_FLAGS`.
 *
 * A write-ahead log is written frame by frame: a header of 24 bytes, then the page. The header of a transaction's last frame tells the
 * size of the database; that of any other is zero there. Source: https://www.sqlite.org/fileformat2.html#walformat
 */
export function readTrace(text: string): Step[] {
  const steps: Step[] = [];
  const asked = new Map<string, string>();
  for (const { at, name, args, result } of calls(text)) {
    if (result < 0) continue;
    const place = unescape(/^\d+<((?:->|[^>])*)>/.exec(args)?.[1] ?? "");
    const bytes = data(args);
    if (/^(?:read|readv|recvfrom|recvmsg)$/.test(name)) {
      const marker = bytes.startsWith("POST ") || asked.has(place) ? bytes.match(MARKER)?.[0] : undefined;
      if (bytes.startsWith("POST ")) asked.set(place, "");
      if (marker === undefined) continue;
      asked.set(place, marker);
      steps.push({ did: "received", at, marker, socket: place });
    } else if (/^pwritev?(?:64)?$/.test(name) && place.endsWith("-wal")) {
      const file = fileName(place);
      if (bytes.length === WAL_FRAME_HEADER_BYTES && bytes.slice(4, 8) !== "\0\0\0\0") {
        steps.push({ did: "wrote the commit", at, file });
      }
      const markers = [...new Set(bytes.match(MARKER))];
      if (markers.length > 0) steps.push({ did: "wrote a page", at, file, markers });
    } else if (/^fd?(?:ata)?sync$/.test(name) && place.endsWith("-wal")) {
      steps.push({ did: "synced", at, file: fileName(place) });
    } else if (/^(?:write|writev|sendto|sendmsg)$/.test(name)) {
      const status = /^HTTP\/1\.1 (\d{3})/.exec(bytes)?.[1];
      const marker = asked.get(place);
      if (status === undefined || !marker) continue;
      asked.delete(place);
      steps.push({ did: "answered", at, marker, status: Number(status) });
    }
  }
  return steps;
}

/** Why the answer to the notification of `marker` proves nothing; undefined when page, commit and sync came before it. */
export function whyNotDurable(steps: readonly Step[], marker: string): string | undefined {
  const answered = steps.findIndex((step) => step.did === "answered" && step.marker === marker);
  if (answered < 0) return `${marker} was not answered`;
  const before = steps.slice(0, answered);
  const page = before.findIndex((step) => step.did === "wrote a page" && step.markers.includes(marker));
  if (page < 0) return `${marker} was answered before its page was written`;
  const commit = before.findIndex((step, i) => i >= page - 1 && step.did === "wrote the commit");
  if (commit < 0) return `${marker} was answered before its transaction was committed`;
  const synced = before.some((step, i) => i > Math.max(commit, page) && step.did === "synced");
  return synced ? undefined : `${marker} was answered before its page was synced`;
}

/** Steps for people. */
export function showSteps(steps: readonly Step[]): string {
  return steps.map((step) => {
    switch (step.did) {
      case "received":
        return `${step.at}  ← ${step.marker} received`;
      case "answered":
        return `${step.at}  → ${step.marker} answered ${step.status}`;
      case "wrote a page":
        return `${step.at}    page written to ${step.file}: ${step.markers.join(", ")}`;
      case "wrote the commit":
        return `${step.at}    commit written to ${step.file}`;
      case "synced":
        return `${step.at}    ${step.file} synced`;
    }
  }).join("\n");
}

/** Finished calls. One that another thread interrupted counts from where it ended; a send counts from where it began. */
function* calls(text: string): Iterable<Call> {
  const begun = new Map<string, { at: string; name: string; args: string }>();
  for (const line of text.split("\n")) {
    const [, thread, at, rest] = /^(\d+)\s+([\d:.]+) (.*)$/.exec(line) ?? [];
    if (thread === undefined || at === undefined || rest === undefined) continue;
    const [, unfinishedName, unfinishedArgs] = /^(\w+)\((.*) <unfinished \.\.\.>$/.exec(rest) ?? [];
    if (unfinishedName !== undefined && unfinishedArgs !== undefined) {
      begun.set(thread, { at, name: unfinishedName, args: unfinishedArgs });
      // What a send carries is on its way from here on; its result comes too late to judge by.
      if (/^(?:write|writev|sendto|sendmsg)$/.test(unfinishedName)) {
        yield { thread, at, name: unfinishedName, args: unfinishedArgs, result: 0 };
      }
      continue;
    }
    const [, resumedName, resumedArgs, resumedResult] =
      /^<\.\.\. (\w+) resumed>(.*)\) = (-?\d+)/.exec(rest) ?? [];
    if (resumedName !== undefined) {
      const start = begun.get(thread);
      begun.delete(thread);
      if (!start || /^(?:write|writev|sendto|sendmsg)$/.test(resumedName)) continue;
      yield { thread, at, name: resumedName, args: start.args + resumedArgs, result: Number(resumedResult) };
      continue;
    }
    const [, name, args, result] = /^(\w+)\((.*)\)\s+= (-?\d+)/.exec(rest) ?? [];
    if (name !== undefined && args !== undefined) yield { thread, at, name, args, result: Number(result) };
  }
}

/** The bytes in a call's strings, one character each. */
function data(args: string): string {
  return [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex]) => unescape(hex!)).join("");
}

function unescape(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
