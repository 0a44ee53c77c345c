/** Backups of a stack that runs, and a stack brought back from nothing: row by row the same, whatever is killed in between. */

import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type BadStack, makeBadStack } from "./bad_days/bad_stack.ts";
import { until } from "../until.ts";
import { notOnLinux, unless } from "../unless.ts";

const CONFIG = `services: { grafana: true }, backup: { every: "1d", repository: "../repository" },`;

interface Filled {
  /** What Prometheus says of a moment before the backup. */
  readonly series: unknown;
  readonly query: string;
  readonly silences: unknown;
  readonly snapshot: string;
  readonly newest: number;
}

Deno.test({
  ...unless(notOnLinux, "a stack that was destroyed comes back from its backup, kills in between or not"),
  async fn(t) {
    const root = await Deno.makeTempDir({ prefix: "vigie-backup-" });
    try {
      await using stack = await makeBadStack({ parent: root });
      const repository = join(dirname(stack.config), "..", "repository");
      const password = join(root, "password");
      await stack.configure(CONFIG);
      await stack.up();
      await t.step("the service makes a first backup by itself, and says so in its metrics", async () => {
        const url = `http://127.0.0.1:${stack.ports.backup}`;
        await until("a backup is stored", async () => /"lastRun"/.test(await textOf(`${url}/state`)));
        const metrics = await textOf(`${url}/metrics`);
        assert.match(metrics, /^vigie_backup_last_run_successful 1$/m);
        assert.match(metrics, /^vigie_backup_last_verify_successful 1$/m);
        assert.match(metrics, /^vigie_backup_snapshots 1$/m);
        const due = Number(/^vigie_backup_due_timestamp_seconds (\S+)$/m.exec(metrics)![1]);
        assert.ok(due > Date.now() / 1_000, "the next one is not due yet");
      });

      const filled = await t.step("a backup that is killed is made by the next one", async () => {
        await fill(stack);
        for (const moment of [/^collect /m, /^add up /m]) {
          const killed = stack.start("backup");
          await killed.seen(moment);
          killed.kill("SIGKILL");
          assert.equal((await killed.ended).code, 137);
        }
      }) && await backUp(stack);
      assert.ok(filled);
      await Deno.copyFile(join(stack.stateDir, "secrets", "backup", "password"), password);
      const before = await rowsOf(stack, filled.newest);
      assert.ok(before.notifications.length >= 3);

      await t.step("everything is destroyed", async () => {
        await stack.task("clean", "--yes");
        await Deno.remove(stack.stateDir, { recursive: true }).catch(() => {});
        await Deno.remove(stack.config);
      });

      await t.step("restore that is killed is completed by the same command", async () => {
        const args = ["--yes", "--repository", repository, "--password-file", password];
        for (const moment of [/^prove that webhook /m, /^exchange /m]) {
          const killed = stack.start("restore", ...args);
          await killed.seen(moment);
          killed.kill("SIGKILL");
          assert.equal((await killed.ended).code, 137);
          if (!/webhook/.test(moment.source)) {
            const up = await stack.task("up");
            assert.equal(up.code, 1);
            assert.match(up.stderr, /Cannot start the stack: a restore of the backup \w{8} was cut short/);
          }
        }
        const { code, stderr } = await stack.task("restore", ...args, filled.snapshot);
        assert.equal(code, 0, stderr);
      });

      await t.step("what it shows is what it showed", async () => {
        assert.deepEqual(await seriesOf(stack, filled.query), filled.series);
        assert.deepEqual(await silencesOf(stack), filled.silences);
        assert.equal((await stack.task("smoke", "--only", "targets")).code, 0);
      });

      await t.step("a backup that does not come up is put back by itself", async () => {
        await unhealthy(stack, filled);
      });

      await t.step(
        "a wrong password and a damaged repository are said to be so, and change nothing",
        async () => {
          const pids = await stack.pids();
          const wrong = join(root, "wrong");
          await Deno.writeTextFile(wrong, "another");
          const refused = await stack.task("restore", "--yes", "--password-file", wrong);
          assert.equal(refused.code, 2, refused.stderr);
          assert.match(refused.stderr, /the password is not the one of the repository/);
          await damage(repository);
          const damaged = await stack.task("restore", "--yes", "--password-file", password);
          assert.equal(damaged.code, 1, damaged.stderr);
          assert.match(damaged.stderr, /is damaged/);
          const verified = await stack.task("backup", "--verify");
          assert.equal(verified.code, 1, verified.stderr);
          assert.deepEqual(await stack.pids(), pids);
        },
      );

      await stack.task("down");
      const after = await rowsOf(stack, filled.newest);
      assert.deepEqual(after, before);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
});

/** A silence, notifications, measurements, and a database such as Grafana's, which cannot run everywhere. */
async function fill({ ports, stateDir }: BadStack): Promise<void> {
  for (const alertname of ["DiskFull", "HostDown", "CertificateExpiring"]) {
    await post(`http://127.0.0.1:${ports.webhook}/webhook`, {
      receiver: "console",
      groupKey: alertname,
      commonLabels: { alertname },
      alerts: [{ status: "firing", labels: { alertname }, startsAt: "2026-11-22T09:57:00Z" }],
    });
  }
  await post(`http://127.0.0.1:${ports.alertmanager}/api/v2/silences`, {
    matchers: [{ name: "alertname", value: "DiskFull", isRegex: false, isEqual: true }],
    startsAt: new Date().toISOString(),
    endsAt: new Date(Date.now() + 86_400_000).toISOString(),
    createdBy: "test",
    comment: "kept through a restore",
  });
  const database = new DatabaseSync(join(stateDir, "local", "data", "grafana", "grafana.db"));
  database.exec("CREATE TABLE IF NOT EXISTS kept (id INTEGER PRIMARY KEY, title TEXT)");
  database.exec("INSERT INTO kept (title) VALUES ('Hosts'), ('Disks')");
  database.close();
}

async function backUp(stack: BadStack): Promise<Filled> {
  const at = Math.floor(Date.now() / 1_000);
  const query = `query=${encodeURIComponent('up{job="prometheus"}')}&time=${at}`;
  await until("Prometheus has measured", async () => (await seriesOf(stack, query)).length > 0);
  const silences = await silencesOf(stack);
  const { code, stdout, stderr } = await stack.task("backup", "--json");
  assert.equal(code, 0, stderr);
  const { snapshot } = JSON.parse(stdout);
  const series = await seriesOf(stack, query);
  const { items } = JSON.parse(
    await textOf(`http://127.0.0.1:${stack.ports.webhook}/api/v1/notifications?limit=100`),
  );
  await stack.task("down");
  const newest = items.filter(({ receivedAt }: { receivedAt: string }) =>
    Date.parse(receivedAt) <= at * 1_000
  )
    .map(({ id }: { id: number }) => Number(id));
  return { series, query, silences, snapshot, newest: Math.max(...newest) };
}

/** History row by row, read from the journal of a stack that is down, and the dashboards. */
async function rowsOf({ stateDir }: BadStack, newest: number) {
  const data = join(stateDir, "local", "data");
  const journal = new DatabaseSync(join(data, "webhook", "journal.db"));
  const grafana = new DatabaseSync(join(data, "grafana", "grafana.db"));
  try {
    return await Promise.resolve({
      notifications: journal.prepare("SELECT * FROM notification WHERE id <= ? ORDER BY id").all(newest),
      deliveries: journal.prepare(
        "SELECT id, channel, grp, state, settled_ms FROM delivery WHERE notification_id <= ? ORDER BY id",
      ).all(newest),
      dashboards: grafana.prepare("SELECT * FROM kept ORDER BY id").all(),
    });
  } finally {
    journal.close();
    grafana.close();
  }
}

/** A backup of something that Alertmanager refuses to start with. */
async function unhealthy(stack: BadStack, { silences }: Filled): Promise<void> {
  const file = join(stack.stateDir, "local", "data", "alertmanager", "silences");
  await stack.task("down");
  const sound = await Deno.readFile(file);
  await Deno.writeTextFile(file, "this is no silence, and never was\n".repeat(10));
  const made = await stack.task("backup", "--json");
  assert.equal(made.code, 0, made.stderr);
  await Deno.writeFile(file, sound);
  await stack.up();
  const { snapshot } = JSON.parse(made.stdout);
  const restored = await stack.task("restore", "--yes", "--only", "alertmanager", snapshot);
  assert.equal(restored.code, 1, restored.stderr);
  assert.match(restored.stderr, /and what was there before is back/);
  assert.deepEqual(await silencesOf(stack), silences);
}

/** Every pack of the repository loses its middle. */
async function damage(repository: string): Promise<void> {
  for await (const { name } of Deno.readDir(join(repository, "data"))) {
    for await (const pack of Deno.readDir(join(repository, "data", name))) {
      const path = join(repository, "data", name, pack.name);
      const bytes = await Deno.readFile(path);
      bytes.fill(0, Math.floor(bytes.length / 4), Math.ceil(bytes.length * 3 / 4));
      await Deno.chmod(path, 0o600);
      await Deno.writeFile(path, bytes);
    }
  }
}

async function seriesOf({ ports }: BadStack, query: string): Promise<unknown[]> {
  return JSON.parse(await textOf(`http://127.0.0.1:${ports.prometheus}/api/v1/query?${query}`)).data.result;
}

async function silencesOf({ ports }: BadStack): Promise<unknown> {
  const all = JSON.parse(await textOf(`http://127.0.0.1:${ports.alertmanager}/api/v2/silences`)) as {
    readonly id: string;
    readonly updatedAt: string;
    readonly comment: string;
    readonly endsAt: string;
  }[];
  return all.map(({ id, updatedAt, comment, endsAt }) => ({ id, updatedAt, comment, endsAt }));
}

async function post(url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, text);
}

async function textOf(url: string): Promise<string> {
  const answer = await fetch(url);
  const text = await answer.text();
  assert.ok(answer.ok, `${url} answers ${answer.status}: ${text}`);
  return text;
}
