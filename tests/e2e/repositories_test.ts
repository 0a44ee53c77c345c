/** Repositories that are no directory of this machine, and disks that are full: the agent as tasks use it, without a stack. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { perform, type Plan } from "../../backup/mod.ts";
import { run } from "../../lib/process.ts";
import { binary } from "../../tasks/binaries/mod.ts";
import { repositorySecrets } from "../../tasks/backup/access.ts";
import { bootstrap } from "../../tasks/backup/bootstrap.ts";
import { planOf } from "../../tasks/backup/plan.ts";
import { silent } from "../../tasks/progress.ts";
import { defineStack, secretFile, type StackInput, type Target } from "../../tasks/stack.ts";
import { noDisk, smallDisk } from "../crash/small_disk.ts";
import { notOnLinux, unless } from "../unless.ts";
import { ACCOUNT, type S3, startS3 } from "./backup/s3.ts";
import { findSshd, type Sshd, startSshd } from "./backup/sshd.ts";

const MIB = 1024 * 1024;
// restic runs for ten times as long at least; looking without a pause would slow it down.
const BETWEEN_LOOKS_MS = 20;
const sshd = await findSshd();

/** A stack's data, and the agent for it. */
interface Agent {
  readonly plan: Plan;
  readonly secrets: Readonly<Record<string, string>>;
  do<T extends Parameters<typeof perform>[0]["action"]>(
    wish: { action: T } & Record<string, unknown>,
    changes?: Partial<Plan>,
  ): // deno-lint-ignore no-explicit-any -- each request gives something else
  Promise<any>;
  /** What it told while it worked. */
  readonly told: string[];
}

async function makeAgent(directory: string, backup: StackInput["backup"]): Promise<Agent> {
  const target: Target = {
    engine: "local",
    buildDir: join(directory, "build"),
    stateDir: join(directory, "state"),
    configDir: directory,
  };
  const stack = defineStack({ name: "kept", engine: "local", backup });
  const { secrets } = await repositorySecrets(stack, target, { make: true });
  const planned = planOf(stack, target);
  // It does not run: its files are saved as they lie there.
  const plan: Plan = { ...planned, parts: { webhook: { data: planned.parts.webhook!.data } } };
  const { path } = await binary("restic");
  const told: string[] = [];
  return {
    plan,
    secrets,
    told,
    do: (wish, changes = {}) =>
      perform(
        { ...wish, plan: { ...plan, ...changes }, secrets } as never,
        path,
        { step: (what) => void told.push(what) },
        new AbortController().signal,
      ),
  };
}

const SAVE = { action: "save", bundle: { config: "config.ts", files: [] } } as const;

/** Rows that only a whole copy has. @param bytes How large each is. */
async function fill({ plan }: Agent, bytes: number): Promise<void> {
  const { data } = plan.parts.webhook!;
  await Deno.mkdir(data, { recursive: true });
  const database = new DatabaseSync(join(data, "journal.db"));
  database.exec("CREATE TABLE IF NOT EXISTS notification (id INTEGER PRIMARY KEY, body BLOB)");
  database.prepare("INSERT INTO notification (body) VALUES (randomblob(?))").run(bytes);
  database.close();
}

function rowsOf({ plan }: Agent): unknown[] {
  const database = new DatabaseSync(join(plan.parts.webhook!.data, "journal.db"), { readOnly: true });
  try {
    return database.prepare("SELECT id, hex(body) AS body FROM notification ORDER BY id").all();
  } finally {
    database.close();
  }
}

/** Init, backup, list, everything gone, restore. */
async function roundTrip(agent: Agent): Promise<void> {
  await fill(agent, 10_000);
  await agent.do(SAVE);
  await fill(agent, 10_000);
  const { snapshot } = await agent.do(SAVE);
  const listed = await agent.do({ action: "list" });
  assert.deepEqual(listed.map(({ whole, stack }: { whole: boolean; stack: string }) => [stack, whole]), [
    ["kept", true],
    ["kept", true],
  ]);
  assert.equal(listed.at(-1).id, snapshot);
  const rows = rowsOf(agent);
  await Deno.remove(agent.plan.parts.webhook!.data, { recursive: true });
  await Deno.remove(agent.plan.data, { recursive: true });
  await restore(agent);
  assert.deepEqual(rowsOf(agent), rows);
}

async function restore(agent: Agent): Promise<void> {
  const { snapshot } = await agent.do({ action: "choose", stack: "kept" });
  await agent.do({ action: "fetch", snapshot, parts: ["webhook"], bundle: false });
  await agent.do({ action: "swap", parts: ["webhook"] });
  await agent.do({ action: "finish" });
}

/** Runs `work` while every command line of the machine is looked at; none may show a secret, nor may what the agent told. */
async function watched(agent: Agent, work: () => Promise<void>): Promise<void> {
  const secrets = Object.entries(agent.secrets).filter(([name]) => name !== "known-hosts")
    .flatMap(([, value]) =>
      value.split("\n").filter((line) => line.length > 12 && !line.startsWith("-----"))
    );
  assert.ok(secrets.length > 0);
  const shown: string[] = [];
  let over = false;
  let looks = 0;
  const looking = (async () => {
    while (!over) {
      const { stdout } = await run("ps", ["-ww", "-e", "-o", "args="]);
      if (/^\S*restic .*--retry-lock/m.test(stdout)) looks++;
      shown.push(...secrets.filter((secret) => stdout.includes(secret)));
      await delay(BETWEEN_LOOKS_MS);
    }
  })();
  try {
    await work();
  } finally {
    over = true;
    await looking;
  }
  assert.deepEqual(shown, [], "a command line shows a secret");
  assert.ok(looks > 0, "restic was looked at while it ran");
  const told = agent.told.join("\n");
  for (const secret of secrets) assert.ok(!told.includes(secret));
}

async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  // Paths are quoted more than once on their way to ssh.
  const directory = await Deno.makeTempDir({ prefix: "vigie repositories " });
  try {
    await Deno.chmod(directory, 0o755);
    await work(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test({
  ...unless(
    "skip" in sshd ? sshd.skip : undefined,
    "a repository over SFTP is made, filled, listed and restored from, with the key that config.ts names",
  ),
  fn: () =>
    inDirectory(async (directory) => {
      const place = await Deno.makeTempDir({ prefix: "vigie-sshd-" });
      await Deno.chmod(place, 0o755);
      try {
        await using server = await startSshd(sshd as Exclude<typeof sshd, { skip: string }>, place);
        const agent = await sftpAgent(directory, server, server.key, server.knownHosts);
        await watched(agent, () => roundTrip(agent));
        await bareMachine(agent, join(directory, "bare"), server);
        const refused = async (key: string, hosts: string, wanted: RegExp) => {
          const other = await sftpAgent(directory, server, key, hosts);
          await assert.rejects(other.do({ action: "list" }), (error: Error & { code: number }) => {
            assert.match(error.message, wanted);
            assert.equal(error.code, 3);
            return true;
          });
        };
        await refused(
          server.strange,
          server.knownHosts,
          /Cannot list the backups: the server of .* refuses: /,
        );
        await refused(
          server.key,
          server.otherHosts,
          /Cannot list the backups: the server of .* refuses: /,
        );
      } finally {
        await Deno.remove(place, { recursive: true });
      }
    }),
});

/** On a machine that has nothing, config.ts comes back with the flags of `deno task restore`, and not with another key. */
async function bareMachine(agent: Agent, directory: string, server: Sshd): Promise<void> {
  const text = "export default {};\n";
  const file = { path: "config/config.ts", base64: btoa(text), mode: 0o644 };
  await agent.do({ action: "save", bundle: { config: "config.ts", files: [file] } });
  await Deno.mkdir(directory);
  const at = (name: string) => join(directory, name);
  await Deno.writeTextFile(at("password"), agent.secrets.password!);
  await Deno.writeTextFile(at("hosts"), server.knownHosts);
  const config = at("config.ts");
  const bring = (key: string) =>
    bootstrap({
      config,
      stateDir: at("state"),
      flags: {
        repository: server.repository,
        "password-file": at("password"),
        "sftp-key": key,
        "known-hosts": at("hosts"),
      },
      args: [],
      progress: silent,
      signal: new AbortController().signal,
    });
  await assert.rejects(bring(server.strange), /the server of .* refuses: /);
  await assert.rejects(
    bring(at("nowhere")),
    /^Failure: Cannot read --sftp-key ".*nowhere": there is no such file$/,
  );
  await assert.rejects(Deno.stat(config), Deno.errors.NotFound);
  await bring(server.key);
  assert.equal(await Deno.readTextFile(config), text);
  await assert.rejects(Deno.stat(join(at("state"), "restore")), Deno.errors.NotFound);
}

async function sftpAgent(directory: string, server: Sshd, key: string, knownHosts: string): Promise<Agent> {
  const hosts = join(directory, "known_hosts");
  await Deno.writeTextFile(hosts, `${knownHosts}\n`);
  return await makeAgent(directory, {
    repository: server.repository,
    sftp: { key: secretFile(key), knownHosts: secretFile(hosts) },
  });
}

Deno.test({
  ...unless(
    notOnLinux,
    "a repository in S3 is made, filled, listed and restored from, and a wrong key is refused at once",
  ),
  fn: () =>
    inDirectory(async (directory) => {
      await using server = await startS3(join(directory, "s3"));
      const agent = await s3Agent(directory, server, ACCOUNT);
      await watched(agent, () => roundTrip(agent));
      const refused = async (at: S3, account: typeof ACCOUNT, wanted: RegExp) => {
        const other = await s3Agent(directory, at, account);
        for (const wish of [{ action: "list" }, SAVE] as const) {
          await assert.rejects(other.do(wish), (error: Error & { code: number; cure: string }) => {
            assert.match(error.message, wanted);
            assert.equal(error.message.split("\n").length, 1);
            assert.ok(!error.message.includes(account.key));
            assert.match(error.cure, /^mend `credentials`/);
            assert.equal(error.code, 3);
            return true;
          });
        }
      };
      await refused(
        server,
        { ...ACCOUNT, id: "SOMEBODY-ELSE" },
        /: the server of .* refuses: .*Access Key Id/,
      );
      await using strict = await startS3(join(directory, "strict"), true);
      await refused(
        strict,
        { ...ACCOUNT, key: "not-the-secret-key" },
        /: the server of .* refuses: .*signature/,
      );
    }),
});

async function s3Agent(directory: string, { repository }: S3, { id, key }: typeof ACCOUNT): Promise<Agent> {
  const [idFile, keyFile] = ["id", "key"].map((name) => join(directory, `s3-${name}`));
  await Deno.writeTextFile(idFile!, id);
  await Deno.writeTextFile(keyFile!, key);
  return await makeAgent(directory, {
    repository,
    credentials: { AWS_ACCESS_KEY_ID: secretFile(idFile!), AWS_SECRET_ACCESS_KEY: secretFile(keyFile!) },
  });
}

Deno.test({
  ...unless(
    noDisk ?? notOnLinux,
    "a full disk below the repository, or below the agent's own data, is said and outlived",
  ),
  fn: (t) =>
    inDirectory(async (directory) => {
      await using disk = await smallDisk(64 * MIB);
      const full = (error: Error & { code: number; cure?: string }) => {
        assert.match(error.message, /no space left on device/i);
        assert.doesNotMatch(error.message, /os error|\bat .*:\d+:\d+/);
        assert.equal(error.code, 3);
        assert.match(error.cure ?? "", /^free some disk space/);
        return true;
      };
      const agent = await makeAgent(directory, { repository: join(disk.directory, "repository") });
      await fill(agent, MIB);
      await agent.do(SAVE);
      for (
        const [what, changes] of [
          ["the repository", {}],
          ["the agent's own data", {
            repository: join(directory, "repository"),
            data: join(disk.directory, "data"),
          }],
        ] as const
      ) {
        await t.step(what, async () => {
          if (what !== "the repository") await agent.do(SAVE, changes);
          const before = await agent.do({ action: "list" }, changes);
          await fill(agent, 4 * MIB);
          await disk.fill(MIB / 2);
          await assert.rejects(agent.do(SAVE, changes), full);
          await disk.makeRoom();
          const now = await agent.do({ action: "list" }, changes);
          assert.deepEqual(now.filter(({ whole }: { whole: boolean }) => whole), before);
          await assert.rejects(
            Deno.stat(join(changes.data ?? agent.plan.data, "staging")),
            Deno.errors.NotFound,
          );
          const { verified } = await agent.do({ ...SAVE, verify: true }, changes);
          assert.ok(verified, "nothing half-written is left that a check would find");
          const { snapshot } = await agent.do({ action: "choose", stack: "kept" }, changes);
          assert.equal(
            before.some(({ id }: { id: string }) => id === snapshot.id),
            false,
            "there is a new one",
          );
        });
      }
      const rows = rowsOf(agent);
      await Deno.remove(agent.plan.parts.webhook!.data, { recursive: true });
      await restore(agent);
      assert.equal(rowsOf(agent).length, rows.length - 1, "the newest of that repository");
    }),
});
