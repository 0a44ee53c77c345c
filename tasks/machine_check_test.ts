import assert from "node:assert/strict";
import { join } from "node:path";
import { pathText } from "./config_issue.ts";
import { type Disk, machineIssues } from "./machine_check.ts";
import { defineStack, type StackInput } from "./stack.ts";
import { rootMay, unless } from "../tests/unless.ts";

const GB = 1024 ** 3;

interface Place {
  readonly root: string;
  readonly stateDir: string;
  /** `path: message` of each issue of a configuration. */
  issues(input: StackInput, disk?: Partial<Disk>): Promise<string[]>;
}

function test(name: string, body: (place: Place) => Promise<void>, reason?: string): void {
  Deno.test({
    ...unless(reason, name),
    async fn() {
      const root = await Deno.makeTempDir();
      const stateDir = join(root, "a", "state");
      try {
        await body({
          root,
          stateDir,
          async issues(input, { free = 100 * GB, total = 200 * GB } = {}) {
            const disk = () => Promise.resolve({ free, total });
            const found = await machineIssues(defineStack(input), { configDir: root, stateDir, disk });
            return found.map(({ path, message }) => `${pathText(path)}: ${message}`);
          },
        });
      } finally {
        await Deno.remove(root, { recursive: true });
      }
    },
  });
}

const chat = (urlFile: string): StackInput => ({
  notify: { receivers: { console: [{ kind: "console" }, { kind: "slack", urlFile }] } },
});

test("machineIssues finds secret files that are missing, empty or no file", async ({ root, issues }) => {
  const place = "notify.receivers.console[1].urlFile: Cannot use";
  assert.deepEqual(await issues(chat("url")), [`${place} "url" as urlFile: there is no such file`]);
  await Deno.writeTextFile(join(root, "url"), "");
  assert.deepEqual(await issues(chat("url")), [`${place} "url" as urlFile: it is empty`]);
  assert.deepEqual(await issues(chat(".")), [`${place} "." as urlFile: it is no file`]);
  await Deno.writeTextFile(join(root, "url"), "https://hooks.example.org/made-up");
  assert.deepEqual(await issues(chat("url")), []);
  assert.deepEqual(await issues(chat(join(root, "url"))), []);
});

test("machineIssues finds files that cannot be the secret they are named as, and shows nothing of them", async ({ root, issues }) => {
  const place = "notify.receivers.console";
  for (const name of ["url", "key", "token"]) {
    await Deno.writeTextFile(join(root, name), "not to be shown\n");
  }
  const found = await issues({
    notify: {
      receivers: {
        console: [
          { kind: "teams", urlFile: "url" },
          { kind: "pagerduty", routingKeyFile: "key", via: "alertmanager" },
          { kind: "telegram", tokenFile: "token", chatId: 1 },
        ],
      },
    },
    webhook: { heartbeat: { urlFile: "url" } },
  });
  const url = 'Cannot use "url" as urlFile: expected an http or https URL, alone in its file';
  assert.deepEqual(found, [
    `${place}[0].urlFile: ${url}`,
    `${place}[1].routingKeyFile: Cannot use "key" as routingKeyFile: expected an integration key, alone in its file`,
    `${place}[2].tokenFile: Cannot use "token" as tokenFile: expected a bot's token such as "123456:ABC-DEF", alone in its file`,
    `webhook.heartbeat.urlFile: ${url}`,
  ]);
});

test("machineIssues finds secret files that the user may not read", async ({ root, issues }) => {
  await Deno.writeTextFile(join(root, "url"), "made-up", { mode: 0o000 });
  assert.match((await issues(chat("url"))).join(), /your user may not read it/);
}, rootMay);

test("machineIssues wants the directory of file_sd files, which themselves may come later", async ({ root, issues }) => {
  const jobs = [{ name: "api", files: ["targets/*.json"] }];
  assert.deepEqual(await issues({ jobs }), [
    `jobs[0].files[0]: Cannot use "targets/*.json" as a file of targets: there is no directory "${
      join(root, "targets")
    }"`,
  ]);
  await Deno.mkdir(join(root, "targets"));
  assert.deepEqual(await issues({ jobs }), []);
});

test("machineIssues finds a retention that the disk has no room for", async ({ root, issues }) => {
  const retention = { size: "5GB" };
  assert.deepEqual(await issues({ retention }, { free: 5 * GB }), []);
  assert.deepEqual(await issues({ retention }, { free: 4 * GB }), [
    `retention.size: Cannot keep "5GB" of measurements as retention.size says: the disk of "${root}" has room for 4.0 GB`,
  ]);
});

test("machineIssues counts what the stack has measured already as room", async ({ stateDir, issues }) => {
  const data = join(stateDir, "local", "data", "prometheus", "wal");
  await Deno.mkdir(data, { recursive: true });
  // Sparse: as large as it says, and nothing is written.
  using segment = await Deno.open(join(data, "00000001"), { create: true, write: true });
  await segment.truncate(2 * GB);
  const retention = { size: "5GB" };
  assert.deepEqual(await issues({ retention }, { free: 3 * GB }), []);
  assert.deepEqual(await issues({ retention }, { free: 2 * GB }), [
    `retention.size: Cannot keep "5GB" of measurements as retention.size says: the disk of "${stateDir}" has room for 4.0 GB, 2.0 GB of it measurements of this stack`,
  ]);
});

test("machineIssues takes a stack that fills its disk on Docker already, where its data cannot be seen", async ({ stateDir, issues }) => {
  await Deno.mkdir(join(stateDir, "docker"), { recursive: true });
  const retention = { size: "5GB" };
  assert.deepEqual(await issues({ retention }, { free: 1 * GB, total: 10 * GB }), []);
  assert.match((await issues({ retention }, { free: 1 * GB, total: 4 * GB })).join(), /has 4\.0 GB in all$/);
});

Deno.test("machineIssues reads the real disk", async () => {
  const stack = defineStack({ retention: { size: "1B" } });
  assert.deepEqual(await machineIssues(stack, { configDir: "/", stateDir: "/nonexistent/state" }), []);
});
