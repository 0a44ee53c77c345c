/** Loads the configuration that its argument names in a process of its own, and prints the message it is refused with. */

import { ConfigProblem } from "../../tasks/config_problem.ts";
import { loadConfig } from "../../tasks/load_config.ts";

const [path = ""] = Deno.args;
try {
  await loadConfig(path, { stateDir: path, machine: false, timeoutMs: 1_000 });
} catch (error) {
  if (!(error instanceof ConfigProblem)) throw error;
  console.log(error.message);
}
// What the configuration left running must not keep the process.
Deno.exit();
