/** `compose/privileges`: no container may more than it must. */

import type { Check } from "../../lib/check.ts";
import { type Fault, listOf, mapOf, problemsIn, type Service } from "./model.ts";

/**
 * Caddy's program carries its capability and does not start without; it lets it listen on a port below 1024, and nothing else. The backup
 * reads files of services that run as other users, and removes the snapshots that Prometheus makes for it.
 */
const NEEDED: Readonly<Record<string, string>> = { entry: "NET_BIND_SERVICE", backup: "DAC_OVERRIDE" };

/** Every container has dropped all capabilities, gains none, has a read-only root, and cannot command Docker. */
export const privilegesCheck: Check = {
  id: "compose/privileges",
  title: "No container may more than it must",
  severity: "error",
  online: false,
  run(context) {
    return Promise.resolve(
      problemsIn(
        this.id,
        context,
        ({ services }) =>
          services.flatMap(([service, definition]) =>
            wrongIn(service, definition).map(([key, message]): Fault => ({
              service,
              path: ["services", service, ...key],
              message: `The service "${service}" ${message}`,
              cure: "Write the file again: deno task generate",
            }))
          ),
      ),
    );
  },
};

function wrongIn(service: string, definition: Service): [path: (string | number)[], message: string][] {
  const wrong: [path: (string | number)[], message: string][] = [];
  if (definition.privileged === true) {
    wrong.push([["privileged"], "is privileged: it may do anything to this machine"]);
  }
  const added = listOf(definition.cap_add).map(String).filter((name) => name !== NEEDED[service]);
  if (added.length > 0) wrong.push([["cap_add"], `has the capabilities ${added.join(", ")}`]);
  if (!listOf(definition.cap_drop).some((name) => /^all$/i.test(String(name)))) {
    wrong.push([["cap_drop"], "keeps Docker's default capabilities"]);
  }
  if (!listOf(definition.security_opt).some((option) => /^no-new-privileges(:true)?$/.test(String(option)))) {
    wrong.push([["security_opt"], "may gain privileges"]);
  }
  if (definition.read_only !== true) wrong.push([["read_only"], "may write to its own root"]);
  for (const [i, volume] of listOf(definition.volumes).entries()) {
    const text = typeof volume === "string" ? volume : String(mapOf(volume).source ?? "");
    const isReadOnly = typeof volume === "string"
      ? /:ro(,|$)/.test(volume)
      : mapOf(volume).read_only === true;
    if (/docker\.sock(:|$)/.test(text)) {
      wrong.push([["volumes", i], "holds Docker's socket: whoever is in it is root on this machine"]);
    } else if (!isReadOnly && /^\/(?:etc|root|boot|usr|home)?(?::|\/*$)/.test(text)) {
      wrong.push([["volumes", i], `may write to ${text.split(":")[0]} of this machine`]);
    }
  }
  return wrong;
}
