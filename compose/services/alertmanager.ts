/** Alertmanager: groups alerts, routes and silences them. */

import type { ComposePlan } from "../plan.ts";
import type { ServiceSpec } from "../service.ts";

/** Alertmanager in Compose. */
export function alertmanager({ urls }: ComposePlan): ServiceSpec {
  return {
    user: "65534:65534",
    command: [
      "--config.file=/etc/alertmanager/alertmanager.yml",
      "--storage.path=/alertmanager",
      `--web.external-url=${urls.alertmanager}`,
      // Empty: no cluster. Otherwise it waits 10 s for peers before its first message, and takes port 9094.
      "--cluster.listen-address=",
    ],
    port: 9093,
    health: ["wget", "-q", "-O", "/dev/null", "-T", "4", "http://127.0.0.1:9093/-/ready"],
    memory: "256m",
    cpus: 0.5,
    pids: 128,
    config: { alertmanager: "/etc/alertmanager" },
    // Silences, and what was already told.
    data: "/alertmanager",
    after: ["webhook"],
    // It writes silences when it ends, and otherwise every 15 minutes only.
    stopGrace: "30s",
  };
}
