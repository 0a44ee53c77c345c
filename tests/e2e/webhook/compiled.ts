/** Tests of the webhook from source and compiled. */

import { join } from "node:path";
import { compileWebhook } from "../../../tasks/compile.ts";
import { Lacking } from "../../../tasks/engine/engine.ts";
import { unless } from "../../unless.ts";
import { FROM_SOURCE } from "./running_webhook.ts";

/** A compiled webhook: the command that runs it, and the runtime that it embeds; or why there is none. */
export type CompiledWebhook =
  | { readonly command: readonly string[]; readonly runtime: string; readonly skip?: undefined }
  | { readonly command?: undefined; readonly runtime?: undefined; readonly skip: string };

/** The webhook compiled once for all tests of a file, where DENORT_BIN names the runtime to embed. */
export const compiledWebhook: CompiledWebhook = await compileOnce();

async function compileOnce(): Promise<CompiledWebhook> {
  const runtime = Deno.env.get("DENORT_BIN");
  if (runtime === undefined) return { skip: "DENORT_BIN is not set" };
  const directory = await Deno.makeTempDir({ prefix: "vigie-test-" });
  addEventListener("unload", () => Deno.removeSync(directory, { recursive: true }));
  try {
    const { output } = await compileWebhook({ output: join(directory, "webhook") });
    return { command: [output], runtime };
  } catch (error) {
    if (!(error instanceof Lacking)) throw error;
    return { skip: `DENORT_BIN is not that of Deno ${Deno.version.deno}` };
  }
}

/** A test of the compiled program; without it the test is skipped, and its name says why. */
export function testCompiled(name: string, body: (command: readonly string[]) => Promise<void>): void {
  const { command, skip } = compiledWebhook;
  Deno.test({ ...unless(skip, name), fn: () => body(command!) });
}

/** The same for the source and for the compiled program. */
export function testBoth(name: string, body: (command: readonly string[]) => Promise<void>): void {
  Deno.test(`webhook from source ${name}`, () => body(FROM_SOURCE));
  testCompiled(`webhook compiled ${name}`, body);
}

/**
 * A test that takes long: of the compiled program where there is one, else of the source.
 *
 * @param skip Why it cannot run here.
 */
export function testMain(
  name: string,
  body: (command: readonly string[]) => Promise<void>,
  skip?: string,
): void {
  const { command } = compiledWebhook;
  Deno.test({
    ...unless(skip, `webhook ${command ? "compiled" : "from source"} ${name}`),
    fn: () => body(command ?? FROM_SOURCE),
  });
}
