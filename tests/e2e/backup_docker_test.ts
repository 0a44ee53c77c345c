/** Backups across engines: made on the local one, brought back on Docker; made there, destroyed with its volumes, brought back again. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { backupImage, webhookImage } from "../../compose/mod.ts";
import { run } from "../../lib/process.ts";
import { dockerAnswers } from "../../tasks/engine/docker.ts";
import { unless } from "../unless.ts";
import { type BadStack, makeBadStack } from "./bad_days/bad_stack.ts";
import { until } from "../until.ts";
import { freeSubnet, list } from "./docker/docker_stack.ts";

const answer = await dockerAnswers();

Deno.test({
  ...unless(
    answer.ok ? undefined : answer.reason,
    "a stack on Docker that was destroyed with its volumes comes back from its backup",
  ),
  async fn(t) {
    const root = await Deno.makeTempDir({ prefix: "vigie-backup-" });
    // Containers write as other users: what they mount must be open to them.
    await Deno.chmod(root, 0o755);
    const name = `vigie-backup-${crypto.randomUUID().slice(0, 8)}`;
    try {
      await using stack = await makeBadStack({ parent: root });
      await Deno.chmod(stack.directory, 0o755);
      const [repository, password] = [join(root, "repository"), join(root, "password")];
      const subnet = await freeSubnet();
      const configure = (engine: "local" | "docker", backup: boolean) =>
        stack.configure(`name: "${name}", engine: "${engine}", network: { subnet: "${subnet}" },
          hosts: [], services: { grafana: false, cadvisor: false, blackbox: false, "node-exporter": false },
          ${backup ? `backup: { every: "1d", repository: "../repository" },` : ""}`);
      const succeed = async (task: string, ...args: string[]) => {
        const { code, stdout, stderr } = await stack.task(task, ...args);
        assert.equal(code, 0, `${task}: ${stderr}${stdout}`);
        return stdout;
      };
      await configure("local", false);
      await using _ = { [Symbol.asyncDispose]: () => removeAll(stack, name) };

      const local = await t.step("a backup is made on the local engine", async () => {
        await stack.up();
        await silence(stack, "made on the local engine");
        await notify(stack, "KeptFromLocal");
        await succeed("backup");
        // Somebody carries both to another machine.
        await Deno.copyFile(join(stack.stateDir, "secrets", "backup", "password"), password);
        await Deno.rename(join(stack.stateDir, "backup", "repository"), repository);
      }) && await shown(stack);
      assert.ok(local);
      assert.deepEqual(local.silences.map(({ comment }) => comment), ["made on the local engine"]);
      await succeed("clean", "--yes");
      await Deno.remove(stack.stateDir, { recursive: true });

      const again = ["--yes", "--repository", repository, "--password-file", password];
      await t.step("the empty Docker engine takes it, and shows the same", async () => {
        await configure("docker", true);
        await succeed("restore", ...again);
        assert.deepEqual(await shown(stack), local);
      });

      const filled = await t.step("a backup is made there, by hand and by the service", async () => {
        await until(
          "the service has made one by itself",
          async () => /^vigie_backup_last_run_successful 1$/m.test(await backupMetrics(stack)),
        );
        await silence(stack, "made on Docker");
        await notify(stack, "KeptFromDocker");
        await succeed("backup");
      }) && await shown(stack);
      assert.ok(filled);
      assert.equal(filled.silences.length, 2);
      assert.ok(filled.notifications.length > local.notifications.length);

      await t.step("everything is destroyed, the volumes as well", async () => {
        await succeed("clean", "--yes");
        for (const kind of ["container", "network", "volume"] as const) {
          assert.deepEqual(await list(kind, name), [], kind);
        }
        await assert.rejects(Deno.stat(stack.stateDir), Deno.errors.NotFound);
        await Deno.remove(stack.config);
      });

      await t.step("restore brings silences, history and measurements back", async () => {
        const at = Date.now() / 1_000;
        await succeed("restore", ...again);
        assert.deepEqual(await shown(stack), filled);
        assert.ok(await measuredBefore(stack, at), "measurements of before are there");
      });
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
});

interface Shown {
  readonly silences: { readonly id: string; readonly comment: string; readonly endsAt: string }[];
  readonly notifications: { readonly id: number; readonly receivedAt: string }[];
}

/** Silences, and the history of what the test itself reported: a restart has alerts of its own. */
async function shown({ ports }: BadStack): Promise<Shown> {
  const silences = JSON.parse(await textOf(`http://127.0.0.1:${ports.alertmanager}/api/v2/silences`));
  const url = `http://127.0.0.1:${ports.webhook}/api/v1/notifications?limit=100`;
  const { items } = JSON.parse(await textOf(url));
  return {
    silences: silences.map(({ id, comment, endsAt }: Shown["silences"][number]) => ({ id, comment, endsAt }))
      .sort((a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id)),
    notifications: items.filter(({ names }: { names: string[] }) => names[0]?.startsWith("Kept"))
      .map(({ id, receivedAt }: Shown["notifications"][number]) => ({ id, receivedAt })),
  };
}

async function silence({ ports }: BadStack, comment: string): Promise<void> {
  await post(`http://127.0.0.1:${ports.alertmanager}/api/v2/silences`, {
    matchers: [{ name: "alertname", value: comment, isRegex: false, isEqual: true }],
    startsAt: new Date().toISOString(),
    endsAt: new Date(Date.now() + 86_400_000).toISOString(),
    createdBy: "test",
    comment,
  });
}

async function notify({ ports }: BadStack, alertname: string): Promise<void> {
  await post(`http://127.0.0.1:${ports.webhook}/webhook`, {
    receiver: "console",
    groupKey: alertname,
    commonLabels: { alertname },
    alerts: [{ status: "firing", labels: { alertname }, startsAt: "2026-11-22T09:57:00Z" }],
  });
}

async function measuredBefore({ ports }: BadStack, at: number): Promise<boolean> {
  const query = new URLSearchParams({
    query: 'count_over_time(up{job="prometheus"}[10m])',
    time: String(at),
  });
  const text = await textOf(`http://127.0.0.1:${ports.prometheus}/api/v1/query?${query}`);
  return JSON.parse(text).data.result.length > 0;
}

function backupMetrics({ ports }: BadStack): Promise<string> {
  return textOf(`http://127.0.0.1:${ports.backup}/metrics`);
}

async function removeAll(stack: BadStack, name: string): Promise<void> {
  await stack.task("clean", "--yes");
  for (const kind of ["container", "volume", "network"] as const) {
    const ids = await list(kind, name);
    if (ids.length > 0) await run("docker", [kind, "rm", "--force", ...ids]);
  }
  await run("docker", ["image", "rm", "--force", webhookImage(name), backupImage(name)]);
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
