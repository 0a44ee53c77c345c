import { equal, ok } from "node:assert/strict";
import { run } from "../../../lib/process.ts";
import { pythonVenv } from "../../python.ts";
import { unless } from "../../unless.ts";
import { FROM_SOURCE, postJson, startWebhook } from "./running_webhook.ts";

const SCHEMATHESIS = ["schemathesis==4.32.5"];
const EXAMPLES = 15;
const LIMIT_MS = 120_000;

const venv = await pythonVenv("schemathesis", SCHEMATHESIS);

Deno.test({
  ...unless(venv.skip, "webhook answers schemathesis as its OpenAPI document says"),
  async fn() {
    await using webhook = await startWebhook(FROM_SOURCE);
    // Something to find: one that was understood, one that was not.
    const alert = { status: "firing", labels: { alertname: "Test" }, annotations: { summary: "It works" } };
    equal((await postJson(`${webhook.url}/webhook`, { groupKey: "g", alerts: [alert] })).status, 200);
    equal((await postJson(`${webhook.url}/webhook`, null)).status, 422);
    const document = await (await fetch(`${webhook.url}/openapi.json`)).json();
    ok(/^3\.1\./.test(document.openapi), document.openapi);

    const { code, stdout, stderr } = await run(`${venv.bin}/schemathesis`, [
      "run",
      `${webhook.url}/openapi.json`,
      "--checks=all",
      "--phases=examples,coverage,fuzzing,stateful",
      `--max-examples=${EXAMPLES}`,
      "--seed=4",
      "--request-timeout=5",
      "--no-color",
    ], { timeoutMs: LIMIT_MS, env: { HYPOTHESIS_STORAGE_DIRECTORY: "/nonexistent" } });
    equal(code, 0, `${stdout}${stderr}`);
    // It is alive, and no request was a defect of its own.
    equal(await (await fetch(`${webhook.url}/health`)).text(), "Webhook server is running!");
    equal(/Cannot answer|defect|TypeError/.test(webhook.output.stderr), false, webhook.output.stderr);
  },
});
