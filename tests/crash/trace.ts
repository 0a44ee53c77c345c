/** What a trace of system calls proves: whether an answer left before what it acknowledges was on disk. */

import { readCalls } from "./calls.ts";
import { MARKER } from "./notification.ts";

/** One thing that a traced process did, in the order in which the kernel saw it. */
export type Step =
  | { readonly did: "received"; readonly at: string; readonly marker: string }
  | {
    readonly did: "wrote a page";
    readonly at: string;
    readonly file: string;
    readonly markers: readonly string[];
  }
  | { readonly did: "wrote the commit"; readonly at: string; readonly file: string }
  | { readonly did: "synced"; readonly at: string; readonly file: string }
  | { readonly did: "answered"; readonly at: string; readonly marker: string; readonly status: number };

const WAL_FRAME_HEADER_BYTES = 24;

/**
 * The steps in a trace.
 *
 * A write-ahead log is written frame by frame: a header of 24 bytes, then the page. The header of a transaction's last frame tells the
 * size of the database; that of any other is zero there. Source: https://www.sqlite.org/fileformat2.html#walformat
 */
export function readTrace(trace: string): Step[] {
  const steps: Step[] = [];
  // By connection: the marker of the request that is being answered, "" until it has been seen.
  const asked = new Map<string, string>();
  for (const { did, at, place, bytes } of readCalls(trace)) {
    const file = place.slice(place.lastIndexOf("/") + 1);
    if (did === "received") {
      if (bytes.startsWith("POST ")) asked.set(place, "");
      const marker = asked.get(place) === "" ? bytes.match(MARKER)?.[0] : undefined;
      if (marker === undefined) continue;
      asked.set(place, marker);
      steps.push({ did: "received", at, marker });
    } else if (did === "sent") {
      const status = /^HTTP\/1\.1 (\d{3})/.exec(bytes)?.[1];
      const marker = asked.get(place);
      if (status === undefined || !marker) continue;
      asked.delete(place);
      steps.push({ did: "answered", at, marker, status: Number(status) });
    } else if (!place.endsWith("-wal")) {
      continue;
    } else if (did === "synced") {
      steps.push({ did: "synced", at, file });
    } else if (did === "wrote") {
      if (bytes.length === WAL_FRAME_HEADER_BYTES && bytes.slice(4, 8) !== "\0\0\0\0") {
        steps.push({ did: "wrote the commit", at, file });
      }
      const markers = [...new Set(bytes.match(MARKER))];
      if (markers.length > 0) steps.push({ did: "wrote a page", at, file, markers });
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
