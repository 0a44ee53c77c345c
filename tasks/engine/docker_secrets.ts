/** With `delivery: "image"`: the volumes that carry secrets to the services, filled from this machine. */

import { join } from "node:path";
import { baseImage, type ComposePlan, isBuilt, SECRETS_TARGET, volumeOf } from "../../compose/mod.ts";
import type { Service } from "../../compose/services/mod.ts";
import { docker } from "./docker_cli.ts";
import { PROJECT_LABEL } from "./docker_containers.ts";

// Copied beside first: a service that reads meanwhile finds the old secret or the new one. What is no longer wanted goes.
const FILL = [
  `cd ${SECRETS_TARGET}`,
  'for file in /new/*; do cp "$file" ".${file##*/}.new" && chmod 0444 ".${file##*/}.new" && mv ".${file##*/}.new" "${file##*/}"; done',
  'for file in *; do [ -e "/new/$file" ] || rm -f "$file"; done',
].join(" && ");

/** Fills the secrets volume of each service in `services` from `<stateDir>/secrets/<service>`. */
export async function fillSecretVolumes(
  plan: Pick<ComposePlan, "name" | "versions">,
  services: Iterable<Service>,
  stateDir: string,
  signal: AbortSignal,
): Promise<void> {
  for (const service of services) {
    const key = volumeOf(service, "secrets");
    const volume = `${plan.name}_${key}`;
    // With Compose's own labels, so that it takes the volume for its own.
    const labels = [`${PROJECT_LABEL}=${plan.name}`, `com.docker.compose.volume=${key}`];
    await docker(["volume", "create", ...labels.map((label) => `--label=${label}`), volume], { signal });
    // A container of its own, as the service's root is read-only. Through the engine's API it works from afar, too.
    const id = (await docker([
      "create",
      "--network=none",
      "--user=0:0",
      `--label=${PROJECT_LABEL}=${plan.name}`,
      `--volume=${volume}:${SECRETS_TARGET}`,
      "--entrypoint=/bin/sh",
      // Images of ours have no shell.
      baseImage(isBuilt(service) ? "alertmanager" : service, plan),
      "-c",
      FILL,
    ], { signal })).trim();
    try {
      await docker(["cp", "--quiet", join(stateDir, "secrets", service) + "/.", `${id}:/new`], { signal });
      await docker(["start", "--attach", id], { signal });
    } finally {
      await docker(["rm", "--force", "--volumes", id]);
    }
  }
}
