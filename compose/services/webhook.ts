/** The webhook: Vigie's own service, which takes Alertmanager's notifications and delivers them. */

import type { ServiceSpec } from "../service.ts";

/** The webhook in Compose. Its image brings the health check, as there is no other program in it. */
export function webhook(): ServiceSpec {
  return {
    user: "65532:65532",
    command: ["--listen", "0.0.0.0:9094", "--config", "/etc/webhook/webhook.json", "--data", "/data"],
    port: 9094,
    memory: "256m",
    cpus: 0.5,
    pids: 128,
    config: { webhook: "/etc/webhook" },
    data: "/data",
    tmp: "16m",
  };
}
