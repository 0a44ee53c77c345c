/** The webhook: Vigie's own service, which takes Alertmanager's notifications and delivers them. */

import type { ServiceDefinition } from "../definition.ts";
import type { ServiceSpec } from "../service.ts";

/** The webhook. */
export const webhook = {
  name: "webhook",
  ports: {
    /** The webhook. */
    webhook: { default: 9094, about: "The webhook." },
  },
  engines: ["docker", "local"],
  containerPort: 9094,
  readyPath: "/health",
  scrape: { job: "webhook" },
  compose,
} as const satisfies ServiceDefinition<"webhook">;

function compose(): ServiceSpec {
  return {
    user: "65532:65532",
    command: ["--listen", "0.0.0.0:9094", "--config", "/etc/webhook/webhook.json", "--data", "/data"],
    // Its image has no other program in it that could ask.
    health: "image",
    // Three bodies of `limits.body` at a time take 480 MB; killed for its memory it would be sent the same again.
    memory: "768m",
    cpus: 1,
    pids: 128,
    config: { webhook: "/etc/webhook" },
    data: "/data",
    tmp: "16m",
  };
}
