/** The main faults, on both engines; `deno task test tests/faults` does all of them. */

import { FAULTS } from "../faults/mod.ts";
import { testFaults } from "../faults/suite.ts";

for (const engine of ["local", "docker"] as const) {
  await testFaults(engine, FAULTS.filter(({ main }) => main?.includes(engine)));
}
