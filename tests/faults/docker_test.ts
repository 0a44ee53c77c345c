/** Every fault on the docker engine. `deno task test tests/faults` runs it: it takes minutes. */

import { FAULTS } from "./mod.ts";
import { testFaults } from "./suite.ts";

await testFaults("docker", FAULTS);
