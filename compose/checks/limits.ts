/** `compose/limits`: no container can take the whole machine. */

import type { Check } from "../../lib/check.ts";
import { type Fault, mapOf, problemsIn } from "./model.ts";

const LIMITS: readonly [key: string, what: string][] = [
  ["mem_limit", "memory"],
  ["cpus", "processors"],
  ["pids_limit", "processes"],
];

/** Every container has limits for memory, processors, processes and its log: what watches a machine must not be what brings it down. */
export const limitsCheck: Check = {
  id: "compose/limits",
  title: "Every container has limits",
  severity: "error",
  online: false,
  run(context) {
    return Promise.resolve(
      problemsIn(this.id, context, ({ services }) =>
        services.flatMap(([service, definition]): Fault[] => {
          const deploy = mapOf(mapOf(mapOf(definition.deploy).resources).limits);
          const without = LIMITS.filter(([key]) =>
            !isLimit(definition[key]) && !isLimit(deploy[DEPLOY[key]!])
          )
            .map(([, what]) => what);
          const { driver, options } = mapOf(definition.logging);
          const isLogBounded = "max-size" in mapOf(options) ||
            ["none", "local", "journald", "syslog"].includes(String(driver));
          const missing = [...without, ...(isLogBounded ? [] : ["its log"])];
          return missing.length === 0 ? [] : [{
            service,
            path: ["services", service],
            message: `The service "${service}" has no limit for ${missing.join(", ")}`,
            cure: "Write the file again: deno task generate",
          }];
        })),
    );
  },
};

const DEPLOY: Readonly<Record<string, string>> = { mem_limit: "memory", cpus: "cpus", pids_limit: "pids" };

/** 0 and -1 mean none. */
function isLimit(value: unknown): boolean {
  return value !== undefined && value !== null && !/^-|^0+(\.0+)?[a-z]*$/i.test(String(value));
}
