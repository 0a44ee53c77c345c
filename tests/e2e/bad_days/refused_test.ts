/** Changes and command lines that are refused: before anything changes, while the stack goes on. */

import assert from "node:assert/strict";
import { assertRefused, type BadStack, makeBadStack } from "./bad_stack.ts";
import { notOnLinux, unless } from "../../unless.ts";

/** A text of config.ts, and what is said of it. */
interface Refusal {
  readonly name: string;
  /** The whole text. */
  readonly text?: string;
  /** Keys, where the rest is right. */
  readonly keys?: string;
  readonly exitCode: number;
  readonly says: readonly RegExp[];
}

const REFUSALS: readonly Refusal[] = [
  {
    name: "a syntax error",
    text: 'import { defineStack } from "vigie";\nexport default defineStack({ name: "x" name });\n',
    exitCode: 2,
    says: [/Syntax error: /, /config\.ts:2:\d+/, /\^/],
  },
  {
    name: "an import that throws",
    text: 'import "./part.ts";\nexport default 1;\n',
    exitCode: 2,
    says: [/The module throws Error: no vault/, /part\.ts:1:/],
  },
  {
    name: "a wrong type",
    keys: 'ports: { prometheus: "many" } as never,',
    exitCode: 2,
    says: [/ports\.prometheus/, /"many"/, /config\.ts:\d+:\d+/],
  },
  {
    name: "a probe that the blackbox exporter does not take",
    keys: 'probes: [{ name: "site", kind: "http", target: "http://127.0.0.1:1/", body: "(?<=a)b" }],',
    exitCode: 1,
    says: [/nothing was changed/, /blackbox/, /cure: mend config\.ts/],
  },
  {
    name: "a route that Alertmanager does not take",
    keys: `notify: { receivers: { console: [{ kind: "console" }] },
      routes: [{ matchers: ['severity=~"("'], receiver: "console" }] },`,
    exitCode: 1,
    says: [/nothing was changed/, /alertmanager\/config.*\n.*missing closing \)/s, /cure: mend config\.ts/],
  },
];

Deno.test({
  ...unless(notOnLinux, "up refuses a configuration before anything changes, and the other tasks go on"),
  async fn(t) {
    await using stack = await makeBadStack();
    await Deno.writeTextFile(`${stack.directory}/part.ts`, 'throw new Error("no vault");\n');
    await stack.up();
    const before = { pids: await stack.pids(), built: await stack.built() };
    for (const { name, text, keys, exitCode, says } of REFUSALS) {
      await t.step(name, async () => {
        if (text === undefined) await stack.configure(keys);
        else await Deno.writeTextFile(stack.config, text);
        assertRefused(await stack.task("up"), exitCode, ...says);
        const json = await stack.task("up", "--json");
        assert.equal(json.code, exitCode);
        assert.match(JSON.parse(json.stdout).error, says[0]!);
        assert.deepEqual({ pids: await stack.pids(), built: await stack.built() }, before);
      });
    }
    await t.step("status, logs and down work with what was brought up", async () => {
      await Deno.writeTextFile(stack.config, REFUSALS[0]!.text!);
      assert.equal((await stack.task("status")).code, 0);
      assert.match((await stack.task("logs", "prometheus", "--tail", "1")).stdout, /\S/);
      const { code, stderr } = await stack.task("down");
      assert.equal(code, 0, stderr);
      assert.deepEqual(await stack.alive(), []);
    });
    await t.step("the mended configuration comes up", async () => {
      await stack.configure();
      await stack.up();
    });
  },
});

/** A command line, its exit code, and what is said of it. */
type Usage = readonly [name: string, args: readonly string[], says: RegExp];

const USAGES: readonly Usage[] = [
  ["up", ["--engin", "local"], /Cannot use the flag "--engin": .*did you mean "--engine"\?/],
  ["up", ["--engine", "podman"], /Cannot use the engine "podman": expected "auto", "docker" or "local"/],
  ["up", ["now"], /Cannot use the argument "now": "up" takes none/],
  ["up", ["--config"], /'--config <value>' argument missing/],
  ["logs", ["promethus"], /no such service; did you mean "prometheus"\?/],
  ["logs", ["grafana"], /logs of "grafana": it is not among the services of this stack, prometheus, /],
  ["logs", ["--tail", "x"], /Cannot use --tail "x": expected a whole number/],
  ["logs", ["--tail", ""], /Cannot use --tail "": expected a whole number/],
  ["clean", [], /there is no terminal\ncure: pass --yes/],
];

Deno.test({
  ...unless(
    notOnLinux,
    "a command line that cannot be understood is refused with exit code 2, as text and as JSON",
  ),
  async fn() {
    await using stack = await makeBadStack();
    await Promise.all(USAGES.map(async ([task, args, says]) => {
      assertRefused(await stack.task(task, ...args), 2, says);
    }));
    const { code, stdout } = await stack.task("logs", "promethus", "--json");
    assert.equal(code, 2);
    assert.match(JSON.parse(stdout).error, /did you mean "prometheus"\?/);
    await assertNothingWritten(stack);
  },
});

async function assertNothingWritten(stack: BadStack): Promise<void> {
  const names = await Array.fromAsync(Deno.readDir(stack.directory), ({ name }) => name);
  assert.deepEqual(names, ["config.ts"]);
}
