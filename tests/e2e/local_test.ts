import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../lib/process.ts";
import type { Applied } from "../../tasks/engine/engine.ts";
import { silent } from "../../tasks/progress.ts";
import { ensureSecrets } from "../../tasks/secrets.ts";
import type { StackInput } from "../../tasks/stack.ts";
import { scenario, temporaryStack } from "./local/scenario.ts";
import { standInGrafana } from "./local/stand_in_grafana.ts";
import { prepareForNobody, reasonAgainstNobody } from "./nobody.ts";
import { notOnLinux, unless } from "../unless.ts";

const whyNotAsNobody = await reasonAgainstNobody();
const PERMISSIONS = ["read", "write", "env", "run", "net", "sys"].map((name) => `--allow-${name}`);

Deno.test({
  ...unless(notOnLinux, "localEngine: a stack's whole life"),
  fn: (t) => scenario((name, part) => t.step(name, part)),
});

Deno.test({
  ...unless(whyNotAsNobody, "localEngine: a stack's whole life as an unprivileged user"),
  async fn() {
    const root = await Deno.makeTempDir({ prefix: "vigie-nobody-" });
    try {
      const { deno: [program, ...args], project } = await prepareForNobody(root);
      const script = join(project, "tests", "e2e", "local", "scenario.ts");
      const { code, stdout, stderr } = await run(
        program!,
        [...args, "run", "--quiet", "--no-check", ...PERMISSIONS, script],
        { cwd: project, timeoutMs: 300_000 },
      );
      assert.equal(code, 0, `${stdout}\n${stderr}`);
      assert.match(stdout, /removes its data when it is asked to/);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
});

Deno.test({
  ...unless(notOnLinux, "localEngine: Grafana runs when there is a program of that name"),
  async fn() {
    await using stack = await temporaryStack();
    const path = Deno.env.get("PATH")!;
    const withGrafana: StackInput = { services: { grafana: true } };
    Deno.env.set("PATH", `${await standInGrafana(stack.root)}:${path}`);
    try {
      assert.deepEqual(await stack.engine(withGrafana).prepare(silent, new AbortController().signal), {});
      await ensureSecrets(stack.stackOf(withGrafana), stack.target);
      assert.equal(actionOn(await stack.up(withGrafana)), "started");
      const status = (await stack.engine(withGrafana).status()).find(({ service }) => service === "grafana");
      assert.equal(status?.state, "ready");
      assert.equal(status?.version, "12.4.0");
      assert.equal(actionOn(await stack.up(withGrafana)), "unchanged");
      // The scrape interval is in the datasource that is provisioned, which Grafana reads when it starts.
      const changed: StackInput = { ...withGrafana, scrape: { interval: "2s", timeout: "1s" } };
      const applied = await stack.up(changed);
      assert.equal(actionOn(applied), "restarted");
      assert.equal(applied.find(({ service }) => service === "prometheus")?.action, "reloaded");
    } finally {
      Deno.env.set("PATH", path);
    }
  },
});

function actionOn(applied: readonly Applied[]): string | undefined {
  return applied.find(({ service }) => service === "grafana")?.action;
}
