/** `compose/health`: a container that hangs or ends is noticed and started again. */

import type { Check } from "../../lib/check.ts";
import { type ComposeFile, type Fault, listOf, mapOf, problemsIn } from "./model.ts";

/** Every container has a health check that is not switched off, starts again by itself, and waits only for containers that are there and can be healthy. */
export const healthCheck: Check = {
  id: "compose/health",
  title: "Every container has a health check and starts again by itself",
  severity: "error",
  online: false,
  run(context) {
    return Promise.resolve(problemsIn(this.id, context, faults));
  },
};

const GENERATE = "Write the file again: deno task generate";

function faults({ services }: ComposeFile): Fault[] {
  const names = new Set(services.map(([name]) => name));
  return services.flatMap(([service, { healthcheck, restart, depends_on }]): Fault[] => {
    const found: Fault[] = [];
    const { test, disable } = mapOf(healthcheck);
    // Without `test` the image's own is used, with the times that are written here.
    if (healthcheck === undefined || disable === true || test === "NONE" || listOf(test)[0] === "NONE") {
      found.push({
        service,
        path: ["services", service, "healthcheck"],
        message: `The service "${service}" has no health check: nobody notices when it hangs`,
        cure: GENERATE,
      });
    }
    if (restart !== "unless-stopped" && restart !== "always") {
      found.push({
        service,
        path: ["services", service, "restart"],
        message: `The service "${service}" does not start again by itself: restart is ${
          restart === undefined ? "missing" : JSON.stringify(restart)
        }, expected "always"`,
        cure: GENERATE,
      });
    }
    const after = Array.isArray(depends_on) ? depends_on.map(String) : Object.keys(mapOf(depends_on));
    for (const other of after.filter((name) => !names.has(name))) {
      found.push({
        service,
        path: ["services", service, "depends_on", other],
        message: `The service "${service}" waits for "${other}", which does not exist`,
        cure: GENERATE,
      });
    }
    return found;
  });
}
