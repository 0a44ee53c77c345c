import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "./cli.ts";
import { actionOf, secretTask } from "./secret.ts";
import { runCaptured } from "./testing.ts";
import { type Finished, run } from "../lib/process.ts";
import { fileURLToPath } from "node:url";

const TASK = fileURLToPath(new URL("./secret.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../deno.json", import.meta.url));
const CANARY = "https://hooks.slack.example/services/canary";

Deno.test("actionOf tells what is asked for, and does not repeat what may be a secret", () => {
  deepEqual(actionOf([]), { word: "list", name: "" });
  deepEqual(actionOf(["set", "slack-url"]), { word: "set", name: "slack-url" });
  deepEqual(actionOf(["rotate", "grafana/admin-password"]), {
    word: "rotate",
    name: "grafana/admin-password",
  });
  for (
    const args of [["set"], ["get", "slack-url"], ["set", CANARY], ["set", "a/b"], ["rotate", "a/b/c"], [
      "list",
      "x",
    ]]
  ) {
    try {
      actionOf(args);
      ok(false, args.join(" "));
    } catch (error) {
      ok(error instanceof UsageError, args.join(" "));
      doesNotMatch(error.message, /canary/);
    }
  }
});

async function captured(args: readonly string[]): Promise<Finished> {
  const { code, out, err } = await runCaptured(secretTask, args);
  return { code, stdout: out, stderr: err };
}

/** A directory with a config.ts that uses the secret `slack-url`, and the task as people run it. */
async function withStack(
  body: (place: {
    directory: string;
    secret: (
      args: readonly string[],
      stdin?: string,
    ) => Promise<{ code: number; stdout: string; stderr: string }>;
  }) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "vigie-secret-" });
  try {
    const config = join(directory, "config.ts");
    await Deno.writeTextFile(
      config,
      `import { defineStack, secret } from "vigie";
export default defineStack({
  services: { grafana: true },
  notify: { receivers: { console: [{ kind: "slack", url: secret("slack-url") }] } },
});
`,
    );
    const flags = [
      "--config",
      config,
      "--build",
      join(directory, "build"),
      "--state",
      join(directory, "state"),
    ];
    const { tasks } = JSON.parse(await Deno.readTextFile(CONFIG));
    const permissions = tasks.secret.command.split(" ").filter((word: string) => word.startsWith("--allow-"));
    await body({
      directory,
      // Standard input is that of the process: what needs it gets one of its own.
      secret: (args, stdin) =>
        stdin === undefined ? captured([...args, ...flags]) : run(
          Deno.execPath(),
          ["run", "--quiet", "--no-check", `--config=${CONFIG}`, ...permissions, TASK, ...args, ...flags],
          { stdin, env: { NO_COLOR: "1" } },
        ),
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("secret sets, lists, rotates and removes, and shows no secret", async () => {
  await withStack(async ({ directory, secret }) => {
    const told: string[] = [];
    const asked = async (code: number, args: readonly string[], stdin?: string) => {
      const done = await secret(args, stdin);
      told.push(done.stdout, done.stderr);
      equal(done.code, code, `${args.join(" ")}: ${done.stdout}${done.stderr}`);
      return done;
    };
    const stored = join(directory, "state", "secrets", "store", "slack-url");

    match(
      (await asked(2, ["set", "slack-url"], "canary, not an address")).stderr,
      /expected an http or https URL/,
    );
    match((await asked(2, ["set", "slack-url"], "\n")).stderr, /nothing was given/);
    match(
      (await asked(0, ["set", "slack-url"], `${CANARY}\n`)).stdout,
      /webhook uses it: notify\.receivers\.console\[0\]\.url/,
    );
    equal(await Deno.readTextFile(stored), CANARY);
    equal((await Deno.stat(stored)).mode! & 0o777, 0o600);
    equal((await Deno.stat(join(stored, ".."))).mode! & 0o777, 0o700);

    const { secrets } = JSON.parse((await asked(0, ["list", "--json"])).stdout);
    deepEqual(
      secrets.map(({ name, source, set, usedBy }: Record<string, unknown>) => ({
        name,
        source,
        set,
        usedBy,
      })),
      [
        {
          name: "slack-url",
          source: "store",
          set: true,
          usedBy: [{ service: "webhook", config: "notify.receivers.console[0].url" }],
        },
        { name: "grafana/admin-password", source: "made", set: false, usedBy: [{ service: "grafana" }] },
      ],
    );

    match((await asked(2, ["rotate", "slack-ulr"], CANARY)).stderr, /did you mean "slack-url"\?/);
    await asked(0, ["rotate", "slack-url"], `${CANARY}/2`);
    equal(await Deno.readTextFile(stored), `${CANARY}/2`);
    await asked(0, ["rotate", "grafana/admin-password"]);
    const password = await Deno.readTextFile(
      join(directory, "state", "secrets", "grafana", "admin-password"),
    );
    match(password, /^[\w-]{32}$/);

    match((await asked(2, ["remove", "slack-url"])).stderr, /notify\.receivers\.console\[0\]\.url uses it/);
    await asked(0, ["set", "old-one"], CANARY);
    await asked(0, ["remove", "old-one"]);
    match((await asked(2, ["remove", "old-one"])).stderr, /There is no secret "old-one"/);
    ok(!told.join("").includes("canary") && !told.join("").includes(password));
  });
});
