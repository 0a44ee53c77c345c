/**
 * Does what the README says, in its order, as somebody who has just cloned it: an empty HOME, a machine without Docker. Every command must
 * end as the README says and print what the README shows.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { run } from "../../lib/process.ts";
import { defaultCacheDir } from "../../tasks/binaries/cache.ts";
import { applyBlock, copyOfCheckout } from "../docs/apply.ts";
import { codeBlocks, readPage } from "../docs/markdown.ts";
import { missingLines } from "../docs/transcript.ts";
import { freePort } from "../free_port.ts";

// These would run this very test again; that they exist is tested beside the README's table.
const NOT_RUN = /\btask (?:test|ok|bench)\b/;
const COMMAND_MS = 5 * 60_000;

Deno.test("the commands of the README do what it says, in its order", async (t) => {
  const page = await readPage("README.md");
  const checkout = await copyOfCheckout();
  const home = await Deno.makeTempDir({ prefix: "vigie-home-" });
  const execute = async (command: string) => {
    // The README starts Deno through npx, as a clean machine has none: `.ci/run` does that for real. Here this very Deno is
    // taken, which is quicker and tests the version that the tests run on.
    const own = command.replace(/^npx -y deno@\S+/, '"$DENO"').replace(/^deno /, '"$DENO" ');
    const { code, stdout } = await run("sh", ["-c", `${own} 2>&1`], {
      cwd: checkout,
      env: {
        DENO: Deno.execPath(),
        HOME: home,
        // What was downloaded already is no part of what is tested.
        XDG_CACHE_HOME: join(defaultCacheDir(), ".."),
        DENO_DIR: await denoDir(),
        DOCKER_HOST: "unix:///nonexistent/docker.sock",
        NO_COLOR: "1",
      },
      timeoutMs: COMMAND_MS,
    });
    return { code, output: stripVTControlCharacters(stdout) };
  };
  let withGrafana = true;
  try {
    await takeFreePorts(checkout);
    const blocks = codeBlocks(page);
    for (const [i, block] of blocks.entries()) {
      if (block.language === "diff") await applyBlock(checkout, block);
      if (block.language !== "sh" || NOT_RUN.test(block.text)) continue;
      await t.step(`README.md:${block.line} ${block.text.trim().replaceAll("\n", " && ")}`, async () => {
        const wanted = Number(/^exit code (\d+)$/.exec(block.mark ?? "")?.[1] ?? 0);
        const outputs = [];
        for (const command of block.text.trim().split("\n")) {
          const { code, output } = await execute(command);
          assert.equal(code, wanted, `${command}\n${output}`);
          outputs.push(output);
        }
        const printed = outputs.join("\n");
        if (/grafana .*left out/.test(printed)) withGrafana = false;
        const shown = blocks[i + 1]?.language === "text" ? blocks[i + 1]!.text : "";
        // The README was written on a machine where Grafana was not to be had.
        const differs = (line: string) => withGrafana && /rafana|skipped|^Smoke:/.test(line);
        assert.deepEqual(missingLines(shown, printed, differs), [], printed);
      });
    }
  } finally {
    await execute("deno task clean --yes");
    await Deno.remove(checkout, { recursive: true });
    await Deno.remove(home, { recursive: true });
  }
});

/** The shipped configuration with other ports: the fixed ones may be in use here. The change is one line, so that places stay. */
async function takeFreePorts(checkout: string): Promise<void> {
  const path = join(checkout, "config.ts");
  const text = await Deno.readTextFile(path);
  const services = ["prometheus", "alertmanager", "webhook", "node-exporter", "blackbox", "grafana"];
  const free = new Set<number>();
  while (free.size < services.length) free.add(freePort());
  const ports = JSON.stringify(Object.fromEntries([...free].map((port, i) => [services[i]!, port])));
  const changed = text.replace('  name: "vigie",', `  name: "vigie", ports: ${ports},`);
  assert.notEqual(changed, text, "config.ts names the stack");
  await Deno.writeTextFile(path, changed);
}

/** Where this Deno keeps its modules; with an empty HOME it would fetch them all anew. */
async function denoDir(): Promise<string> {
  const { stdout } = await run(Deno.execPath(), ["info", "--json"]);
  return JSON.parse(stdout).denoDir;
}
