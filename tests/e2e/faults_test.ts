/** The main faults, on both engines; `deno task test tests/faults` does all of them. */

import { FAULTS } from "../faults/mod.ts";
import { testFaults } from "../faults/suite.ts";

const main = FAULTS.filter((fault) => fault.main);
await testFaults("local", main);
await testFaults("docker", main);
