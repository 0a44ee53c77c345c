/** How secrets reach containers: mounted, each file its reader's, or with `delivery: "image"` in volumes that are filled from this machine. */

import { join } from "node:path";
import { baseImage, type ComposePlan, isBuilt, SECRETS_TARGET, volumeOf } from "../../compose/mod.ts";
import type { Service } from "../../compose/services/mod.ts";
import { docker } from "./docker_cli.ts";
import { PROJECT_LABEL } from "./docker_containers.ts";
import { giveSecrets } from "./secret_owner.ts";

// Copied beside first: a service that reads meanwhile finds the old secret or the new one. What is no longer wanted goes. The first argument
// is the user that is to read them.
const FILL = [
  `cd ${SECRETS_TARGET}`,
  'for file in /new/*; do new=".${file##*/}.new"; cp "$file" "$new" && chmod 0400 "$new" && chown "$1" "$new" && mv "$new" "${file##*/}"; done',
  'for file in *; do [ -e "/new/$file" ] || rm -f "$file"; done',
].join(" && ");

/** The user that each service with secrets runs as, `uid:gid`, by what compose.yaml says. */
export type Readers = ReadonlyMap<Service, string>;

/** Makes what containers mount theirs to read, and nobody else's. */
export async function closeMountedSecrets(
  readers: Readers,
  stateDir: string,
  signal: AbortSignal,
): Promise<void> {
  // Where containers see users by other numbers than this machine does, root here is nobody there.
  const options = await docker(["info", "--format", "{{json .SecurityOptions}}"], { signal });
  if (/name=(?:userns|rootless)/.test(options)) return;
  for (const [service, user] of readers) {
    const [uid = 0, gid = 0] = user.split(":").map(Number);
    await giveSecrets(join(stateDir, "secrets", service), { uid, gid });
  }
}

/** Fills the secrets volume of each reader from `<stateDir>/secrets/<service>`. */
export async function fillSecretVolumes(
  plan: Pick<ComposePlan, "name" | "versions">,
  readers: Readers,
  stateDir: string,
  signal: AbortSignal,
): Promise<void> {
  for (const [service, user] of readers) {
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
      "sh",
      user,
    ], { signal })).trim();
    try {
      await docker(["cp", "--quiet", join(stateDir, "secrets", service) + "/.", `${id}:/new`], { signal });
      await docker(["start", "--attach", id], { signal });
    } finally {
      await docker(["rm", "--force", "--volumes", id]);
    }
  }
}
