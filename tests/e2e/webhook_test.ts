import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../lib/process.ts";
import { startServer, withFiles } from "../../prometheus/testing/programs.ts";
import { bundleWebhook, compileWebhook, WEBHOOK_PERMISSIONS } from "../../tasks/compile.ts";
import { eventually, FROM_SOURCE, postJson, runWebhook, startWebhook } from "./webhook/running_webhook.ts";
import { compiledWebhook, testBoth, testCompiled } from "./webhook/compiled.ts";

const ROOT = join(import.meta.dirname!, "..", "..");
const ALERT = { status: "firing", labels: { alertname: "Test" }, annotations: { summary: "It works" } };

testBoth("acknowledges, prints, and ends on SIGTERM", async (command) => {
  await using webhook = await startWebhook(command);
  deepEqual(await postJson(`${webhook.url}/webhook`, { alerts: [ALERT] }), {
    status: 200,
    text: "Alert received",
  });
  webhook.signal("SIGTERM");
  const { code, stdout, stderr } = await webhook.ended;
  equal(code, 0);
  match(
    stdout,
    /^🚨 ALERTE REÇUE - \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n={50}\n📊 Status: FIRING\n🏷️ {2}Alert: Test\n📝 Summary: It works\n-{30}\n$/,
  );
  match(stderr, /level=INFO msg=Stopped\n$/);
});

testBoth("finishes a request in flight on SIGTERM", async (command) => {
  await using webhook = await startWebhook(command);
  const body = new TransformStream<Uint8Array<ArrayBuffer>>();
  const writer = body.writable.getWriter();
  const answer = fetch(`${webhook.url}/webhook`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: body.readable,
  });
  await writer.write(new TextEncoder().encode('{"alerts":'));
  await eventually("the request is under way", async () => {
    const response = await fetch(`${webhook.url}/health`);
    return await response.text();
  });
  webhook.signal("SIGTERM");
  await eventually("it shuts down", () => /Shutting down/.test(webhook.output.stderr) || undefined);
  await writer.write(new TextEncoder().encode("[]}"));
  await writer.close();
  equal((await answer).status, 200);
  equal(await (await answer).text(), "Alert received");
  equal((await webhook.ended).code, 0);
});

testBoth("reloads on SIGHUP, and keeps what it has when the new one is bad", async (command) => {
  await withFiles(new Map([["webhook.json", '{"locale":"en"}']]), async (directory) => {
    const path = join(directory, "webhook.json");
    await using webhook = await startWebhook(command, ["--config", path]);
    const header = async () => {
      const before = webhook.output.stdout.length;
      await postJson(`${webhook.url}/webhook`, { alerts: [] });
      return await eventually("it prints", () => {
        return webhook.output.stdout.slice(before).split("\n=")[0]!.split(" - ")[0] || undefined;
      });
    };
    const metrics = async () => await (await fetch(`${webhook.url}/metrics`)).text();
    equal(await header(), "🚨 ALERT RECEIVED");

    await Deno.writeTextFile(path, '{"locale":"fr","chanels":[]}');
    webhook.signal("SIGHUP");
    await eventually(
      "the refusal is logged",
      () => /level=ERROR msg="Cannot reload/.test(webhook.output.stderr) || undefined,
    );
    match(webhook.output.stderr, /webhook\.json\\":\\n {2}Unknown key \\"chanels\\"/);
    match(await metrics(), /^vigie_webhook_config_last_reload_successful 0$/m);
    equal(await header(), "🚨 ALERT RECEIVED");

    await Deno.writeTextFile(path, '{"locale":"fr"}');
    webhook.signal("SIGHUP");
    await eventually(
      "the reload is logged",
      () => /Configuration reloaded/.test(webhook.output.stderr) || undefined,
    );
    match(await metrics(), /^vigie_webhook_config_last_reload_successful 1$/m);
    equal(await header(), "🚨 ALERTE REÇUE");
  });
});

testBoth("tells a container whether it is healthy", async (command) => {
  await using webhook = await startWebhook(command);
  deepEqual(await runWebhook(command, ["healthcheck", webhook.url]), { code: 0, stdout: "", stderr: "" });
  deepEqual(await runWebhook(command, ["healthcheck", `${webhook.url}/nowhere`]), {
    code: 1,
    stdout: "",
    stderr: `error: ${webhook.url}/nowhere answers 404\n`,
  });
  webhook.signal("SIGTERM");
  await webhook.ended;
  const { code, stderr } = await runWebhook(command, ["healthcheck", webhook.url]);
  equal(code, 1);
  match(stderr, /^error: Cannot ask http:.*\n$/);
});

testBoth("says in one line why it cannot start", async (command) => {
  await using webhook = await startWebhook(command);
  const address = webhook.url.slice("http://".length);
  deepEqual(await runWebhook(command, ["--listen", address]), {
    code: 3,
    stdout: "",
    stderr: `error: Cannot listen on ${address}: another program has that port; name another with --listen\n`,
  });
  deepEqual(await runWebhook(command, ["--config", "/nowhere/w.json"]), {
    code: 2,
    stdout: "",
    stderr: 'error: Cannot read "/nowhere/w.json": there is no such file\n',
  });
  deepEqual(await runWebhook(command, ["--lisen", "x"]), {
    code: 2,
    stdout: "",
    stderr: "error: Unknown option '--lisen'; see \"webhook --help\"\n",
  });
});

testBoth("describes itself", async (command) => {
  match((await runWebhook(command, ["--version"])).stdout, /^\d+\.\d+\.\d+\n$/);
  match((await runWebhook(command, ["--help"])).stdout, /^webhook: [^]*Example:\n {2}webhook --listen/);
  const schema = JSON.parse((await runWebhook(command, ["--print-schema"])).stdout);
  for (const key of ["locale", "timezone", "auth", "tls", "limits", "channels", "routes"]) {
    ok(key in schema.properties, `nothing is said of "${key}"`);
  }
  equal(schema.additionalProperties, false);
});

testBoth("serves its metrics while a client keeps half a head open", async (command) => {
  await using webhook = await startWebhook(command);
  const { hostname, port } = new URL(webhook.url);
  using socket = await Deno.connect({ hostname, port: Number(port) });
  await socket.write(new TextEncoder().encode("POST /webhook HTT"));
  const response = await fetch(`${webhook.url}/metrics`);
  match(await response.text(), /^process_resident_memory_bytes \d+$/m);
});

Deno.test("webhook is notified by the real Alertmanager, of an alert and of its end", async () => {
  await using webhook = await startWebhook(FROM_SOURCE);
  const config = `
route: { receiver: team.x, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: team.x
    webhook_configs: [{ url: "${webhook.url}/webhook", send_resolved: true, max_alerts: 0 }]
`;
  await withFiles(new Map([["alertmanager/alertmanager.yml", config]]), async (directory) => {
    await using alertmanager = await startServer("alertmanager", directory);
    await postJson(`${webhook.url}/drill`, { id: "am" });
    const send = (end: Record<string, string>) =>
      postJson(`${alertmanager.url}/api/v2/alerts`, [{
        labels: { alertname: "VigieDrill", drill: "am", severity: "info" },
        annotations: { summary: "À travers Alertmanager" },
        ...end,
      }]);
    const notified = (status: string) =>
      eventually(`${status} is delivered`, async () => {
        const { notifications } = await (await fetch(`${webhook.url}/drill/am`)).json();
        return notifications.find((one: { status: string; deliveries: unknown[] }) =>
          one.status === status && one.deliveries.length > 0
        );
      });
    equal((await send({})).status, 200);
    deepEqual((await notified("firing")).deliveries.map((one: { ok: boolean }) => one.ok), [true]);
    equal((await send({ endsAt: new Date().toISOString() })).status, 200);
    await notified("resolved");
    match(
      webhook.output.stdout,
      /Status: FIRING\n🏷️ {2}Alert: VigieDrill\n📝 Summary: À travers Alertmanager/,
    );
    match(webhook.output.stdout, /Status: RESOLVED/);
    equal(/level=ERROR/.test(webhook.output.stderr), false);
  });
});

Deno.test("bundleWebhook writes what runs without the project", async () => {
  await withFiles(new Map(), async (directory) => {
    const main = await bundleWebhook({ directory: join(directory, "sub") });
    const command = [
      Deno.execPath(),
      "run",
      "--quiet",
      "--no-config",
      "--no-lock",
      "--no-remote",
      "--no-npm",
    ];
    await using webhook = await startWebhook([
      ...command,
      ...WEBHOOK_PERMISSIONS,
      join(directory, "sub", main),
    ]);
    equal((await postJson(`${webhook.url}/webhook`, { alerts: [ALERT] })).status, 200);
  });
});

testCompiled(
  "compileWebhook embeds little beside the runtime, and rests below 70 MB",
  async (command) => {
    const embedded = (await Deno.stat(command[0]!)).size - (await Deno.stat(compiledWebhook.runtime!)).size;
    // A third of it draws pictures.
    ok(embedded < 4 * 1024 * 1024, `${embedded} bytes are embedded`);
    await using webhook = await startWebhook(command);
    const text = await (await fetch(`${webhook.url}/metrics`)).text();
    const resident = Number(/^process_resident_memory_bytes (\d+)$/m.exec(text)?.[1]);
    ok(resident < 70 * 1024 * 1024, `${resident} bytes are resident`);
  },
);

Deno.test("compile says how to provide the runtime to embed when it has the wrong one", async () => {
  await withFiles(new Map([["denort", "not a runtime"]]), async (directory) => {
    const args = [
      "run",
      "--quiet",
      "--allow-read",
      "--allow-write",
      "--allow-env",
      "--allow-run",
      "--allow-sys",
    ];
    const { code, stdout, stderr } = await run(
      Deno.execPath(),
      [...args, "tasks/compile.ts", "--output", join(directory, "webhook")],
      { cwd: ROOT, env: { DENORT_BIN: join(directory, "denort"), NO_COLOR: "1" } },
    );
    deepEqual([code, stdout], [3, ""]);
    match(
      stderr,
      /^error: Cannot compile the webhook for \S+: DENORT_BIN names ".*denort" as the runtime to embed/m,
    );
    match(stderr, new RegExp(`^cure: .*/v${Deno.version.deno}/denort-.*\\.zip.* set DENORT_BIN `, "m"));
    deepEqual([...Deno.readDirSync(directory)].filter(({ name }) => name.startsWith("webhook")), []);
  });
});

Deno.test("compile refuses a platform that Deno does not compile for", async () => {
  const args = ["run", "--quiet", "--allow-read", "--allow-env", "--allow-sys", "tasks/compile.ts"];
  const { code, stderr } = await run(Deno.execPath(), [...args, "--target", "sparc"], {
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  });
  equal(code, 2);
  match(stderr, /^error: Cannot compile for "sparc": Deno compiles for x86_64-unknown-linux-gnu, /);
});

Deno.test("compileWebhook leaves nothing behind when it cannot compile", async () => {
  await withFiles(new Map(), async (directory) => {
    const aborted = AbortSignal.abort(new Error("Stopped"));
    const error = await compileWebhook({ output: join(directory, "webhook"), signal: aborted }).catch((
      error,
    ) => error);
    equal(error.message, "Stopped");
    deepEqual(
      [...Deno.readDirSync(directory)].map(({ name }) => name).filter((name) => name.startsWith("webhook")),
      [],
    );
  });
});
