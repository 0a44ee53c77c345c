import { equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../../lib/process.ts";
import { withFiles } from "../../../prometheus/testing/programs.ts";
import { fakeDestination } from "../../../webhook/channels/testing/fake_destination.ts";
import { pythonVenv } from "../../python.ts";
import { unless } from "../../unless.ts";
import { eventually, FROM_SOURCE, postJson, startWebhook } from "./running_webhook.ts";

const SCHEMATHESIS = ["schemathesis==4.32.5"];
const EXAMPLES = 10;
const LIMIT_MS = 120_000;
// What is too long is wrong as well.
const SETTINGS = `[checks]
negative_data_rejection.expected-statuses = [400, 401, 404, 405, 406, 413, 415, 431]
`;

const venv = await pythonVenv("schemathesis", SCHEMATHESIS);

Deno.test({
  ...unless(venv.skip, "webhook answers schemathesis as its OpenAPI document says"),
  async fn() {
    await using destination = await fakeDestination();
    destination.otherwise({ status: 410 });
    const channels = [{ kind: "webhook", name: "gone", url: destination.url }];
    const files = new Map([["webhook.json", JSON.stringify({ channels })], ["schemathesis.toml", SETTINGS]]);
    await withFiles(files, async (directory) => {
      await using webhook = await startWebhook(FROM_SOURCE, ["--config", join(directory, "webhook.json")]);
      // Something to find: one that was understood and is a dead letter, one that was not.
      const alert = { status: "firing", labels: { alertname: "Test" }, annotations: { summary: "It works" } };
      equal((await postJson(`${webhook.url}/webhook`, { groupKey: "g", alerts: [alert] })).status, 200);
      equal((await postJson(`${webhook.url}/webhook`, null)).status, 422);
      await eventually("there is a dead letter", async () => {
        const list = await (await fetch(`${webhook.url}/api/v1/dead-letters`)).text();
        return list.includes('"gone"') || undefined;
      });
      const document = await (await fetch(`${webhook.url}/openapi.json`)).json();
      ok(/^3\.1\./.test(document.openapi), document.openapi);

      const { code, stdout, stderr } = await run(`${venv.bin}/schemathesis`, [
        `--config-file=${join(directory, "schemathesis.toml")}`,
        "--no-color",
        "run",
        `${webhook.url}/openapi.json`,
        "--checks=all",
        // RE2 judges a matcher's regular expression: no JSON Schema can say which ones it takes.
        "--exclude-checks=positive_data_acceptance",
        "--phases=examples,coverage,fuzzing,stateful",
        `--max-examples=${EXAMPLES}`,
        "--seed=4",
        "--request-timeout=5",
      ], { cwd: directory, timeoutMs: LIMIT_MS });
      equal(code, 0, `${stdout}${stderr}`);
      // It is alive, and no request met a defect.
      equal(await (await fetch(`${webhook.url}/health`)).text(), "Webhook server is running!");
      equal(/msg=Defect/.test(webhook.output.stderr), false, webhook.output.stderr);
    });
  },
});
