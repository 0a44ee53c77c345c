/** Alertmanager: groups alerts, routes and silences them. */

import type { ComposePlan } from "../plan.ts";
import type { ServiceDefinition } from "../definition.ts";
import { routePrefix, type ServiceSpec } from "../service.ts";

/** Alertmanager. */
export const alertmanager = {
  name: "alertmanager",
  ports: {
    /** Alertmanager. */
    alertmanager: { default: 9093, about: "Alertmanager." },
  },
  engines: ["docker", "local"],
  containerPort: 9093,
  readyPath: "/-/ready",
  scrape: { job: "alertmanager", buildInfo: "alertmanager_build_info" },
  compose,
} as const satisfies ServiceDefinition<"alertmanager">;

function compose({ urls }: ComposePlan): ServiceSpec {
  return {
    user: "65534:65534",
    command: [
      "--config.file=/etc/alertmanager/alertmanager.yml",
      "--storage.path=/alertmanager",
      `--web.external-url=${urls.alertmanager}`,
      ...routePrefix(urls.alertmanager),
      // Empty: no cluster. Otherwise it waits 10 s for peers before its first message, and takes port 9094.
      "--cluster.listen-address=",
      // How old what it has on disk may be: what a kill loses, and what a backup waits for.
      "--data.maintenance-interval=10s",
    ],
    memory: "256m",
    cpus: 0.5,
    pids: 128,
    config: { alertmanager: "/etc/alertmanager" },
    // Silences, and what was already told.
    data: "/alertmanager",
    after: ["webhook"],
    // It writes silences when it ends, and otherwise now and then only.
    stopGrace: "30s",
  };
}
