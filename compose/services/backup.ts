/** The backup: Vigie's own service, which saves the data of the others with restic. */

import type { ServiceDefinition } from "../definition.ts";
import { SECRETS_TARGET, type ServiceSpec } from "../service.ts";
import type { ComposePlan } from "../plan.ts";

/** The backup. */
export const backup = {
  name: "backup",
  ports: {
    /** The backup, which shows its metrics; only with `backup`. */
    backup: { default: 9096, about: "The backup, which shows its metrics; only with `backup`." },
  },
  engines: ["docker", "local"],
  containerPort: 9096,
  readyPath: "/health",
  scrape: { job: "backup" },
  compose,
} as const satisfies ServiceDefinition<"backup">;

function compose({ backup }: ComposePlan): ServiceSpec {
  return {
    // It reads the files of services that run as other users, and removes the snapshots that Prometheus makes for it.
    user: "0:0",
    command: [
      "serve",
      "--listen=0.0.0.0:9096",
      "--plan=/etc/backup/backup.json",
      `--secrets=${SECRETS_TARGET}`,
      "--restic=/restic",
    ],
    // Its image has no other program in it that could ask.
    health: "image",
    // restic keeps the repository's index in memory.
    memory: "1g",
    cpus: 1,
    pids: 128,
    config: { backup: "/etc/backup" },
    data: "/data",
    tmp: "64m",
    mounts: backup,
    // What is under way is ended properly: an interrupted run leaves no lock behind.
    stopGrace: "30s",
    extra: { cap_add: ["DAC_OVERRIDE"] },
  };
}
