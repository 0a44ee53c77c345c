import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { eventually, FROM_SOURCE, startWebhook } from "../e2e/webhook/running_webhook.ts";
import { TRACE_FLAGS } from "./calls.ts";
import { compiledWebhook } from "../e2e/webhook/compiled.ts";
import { unless } from "../unless.ts";
import { markerOf, notificationOf, post } from "./notification.ts";
import { attachStrace, noStrace } from "./strace.ts";
import { readTrace, showSteps, type Step, whyNotDurable } from "./trace.ts";

const REQUESTS = 6;
// Between two lots there is something to be told, which is written too.
const AT_ONCE = 3;

/** Posts notifications, some at the same time, to a process that is traced, until all of them are answered and synced. */
async function stepsOf(url: string, pid: number): Promise<{ markers: string[]; steps: Step[] }> {
  const markers = Array.from({ length: REQUESTS }, (_, i) => markerOf(i));
  await using strace = await attachStrace(pid, TRACE_FLAGS);
  const statuses: (number | undefined)[] = [];
  for (let first = 0; first < REQUESTS; first += AT_ONCE) {
    const lot = markers.slice(first, first + AT_ONCE);
    statuses.push(...await Promise.all(lot.map((marker) => post(url, notificationOf({ marker })))));
  }
  deepEqual(statuses, markers.map(() => 200));
  const steps = await eventually("the answers and a sync are traced", async () => {
    const steps = readTrace(await strace.text());
    const answered = steps.filter(({ did }) => did === "answered").length;
    const written = new Set(steps.flatMap((step) => step.did === "wrote a page" ? step.markers : []));
    return answered === REQUESTS && written.size === REQUESTS && steps.some(({ did }) => did === "synced")
      ? steps
      : undefined;
  });
  return { markers, steps };
}

/** No answer leaves before the page that it acknowledges is synced: shown by the order of the system calls. */
async function provesDurable(command: readonly string[]): Promise<void> {
  await using webhook = await startWebhook(command);
  const { markers, steps } = await stepsOf(webhook.url, webhook.pid);
  console.log(showSteps(steps));
  deepEqual(markers.map((marker) => whyNotDurable(steps, marker)), markers.map(() => undefined));
  deepEqual(
    steps.filter((step) => step.did === "answered").map(({ status }) => status),
    markers.map(() => 200),
  );
}

Deno.test({
  ...unless(noStrace, "webhook from source answers after the page is synced"),
  fn: () => provesDurable(FROM_SOURCE),
});

Deno.test({
  ...unless(noStrace ?? compiledWebhook.skip, "webhook compiled answers after the page is synced"),
  fn: () => provesDurable(compiledWebhook.command!),
});

Deno.test({
  ...unless(noStrace, "whyNotDurable catches a receiver that answers first"),
  async fn() {
    const directory = await Deno.makeTempDir({ prefix: "vigie-test-" });
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-config", "--allow-net", "--allow-read", "--allow-write"],
        join(import.meta.dirname!, "answers_first.ts"),
        directory,
      ],
      stdout: "piped",
    }).spawn();
    const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    try {
      const url = (await output.read()).value!.trim();
      match(url, /^http:/);
      const { markers, steps } = await stepsOf(url, child.pid);
      equal(steps.some((step) => step.did === "synced"), true);
      for (const marker of markers) {
        match(
          whyNotDurable(steps, marker) ?? "nothing",
          /was answered before its page was (written|synced)|was answered before its transaction was committed/,
        );
      }
    } finally {
      child.kill("SIGKILL");
      await Promise.all([child.status, output.cancel()]);
      await Deno.remove(directory, { recursive: true });
    }
  },
});

Deno.test("readTrace follows calls that another thread interrupted", () => {
  const hex = (text: string) =>
    [...new TextEncoder().encode(text)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
  const commit = `${hex("\0\0\0\x02\0\0\0\x09")}${"\\x01".repeat(16)}`;
  const trace = [
    `7 10:00:00.000001 recvfrom(9<TCP:[127.0.0.1:1->127.0.0.1:2]>, "${
      hex("POST /webhook mark-000001")
    }", 9, 0, NULL, NULL) = 25`,
    `7 10:00:00.000002 pwrite64(5</d/journal.db-wal>, "${commit}", 24, 0) = 24`,
    `7 10:00:00.000003 pwrite64(5</d/journal.db-wal>, "${hex("mark-000001")}", 11, 24) = 11`,
    `7 10:00:00.000004 fsync(5</d/journal.db-wal> <unfinished ...>`,
    `8 10:00:00.000005 sendto(9<TCP:[127.0.0.1:1->127.0.0.1:2]>, "${
      hex("HTTP/1.1 200 OK")
    }", 15, 0, NULL, 0) = 15`,
    `7 10:00:00.000006 <... fsync resumed>) = 0`,
  ].join("\n");
  const steps = readTrace(trace);
  deepEqual(steps.map(({ did }) => did), [
    "received",
    "wrote the commit",
    "wrote a page",
    "answered",
    "synced",
  ]);
  equal(whyNotDurable(steps, "mark-000001"), "mark-000001 was answered before its page was synced");
  const [received, wroteCommit, page, answered, synced] = steps;
  equal(whyNotDurable([received!, wroteCommit!, page!, synced!, answered!], "mark-000001"), undefined);
  equal(
    whyNotDurable([received!, page!, synced!, answered!], "mark-000001"),
    "mark-000001 was answered before its transaction was committed",
  );
});
