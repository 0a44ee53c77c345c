/** `compose/images`: every container runs a version that is named. */

import type { Check } from "../../lib/check.ts";
import { type Fault, problemsIn } from "./model.ts";

/** Tags that stand for whatever is newest. */
const MOVING = new Set(["latest", "main", "master", "edge", "nightly", "stable", "dev"]);

/**
 * Every image has a tag that names one version, or a digest. Without one a new version comes with any restart, untested, and a broken one cannot be
 * taken back by the same file.
 */
export const imagesCheck: Check = {
  id: "compose/images",
  title: "Every image is one version",
  severity: "error",
  online: false,
  run(context) {
    return Promise.resolve(
      problemsIn(
        this.id,
        context,
        ({ services }) =>
          services.flatMap(([service, { image, build }]): Fault[] => {
            const wrong = typeof image === "string" && image !== ""
              ? faultOf(image)
              : build === undefined
              ? "names no image"
              : undefined;
            if (wrong === undefined) {
              return [];
            }
            return [{
              service,
              path: ["services", service, "image"],
              message: `The service "${service}" ${wrong}`,
              cure: `Name a version, such as \`versions: { ${
                JSON.stringify(service)
              }: "1.2.3" }\` in config.ts`,
            }];
          }),
      ),
    );
  },
};

function faultOf(image: string): string | undefined {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return undefined;
  // A colon before the last slash is a registry's port.
  const tag = /:([^/:]*)$/.exec(image)?.[1];
  if (!tag) return `runs "${image}", which has no tag: that is whatever is newest`;
  return MOVING.has(tag) ? `runs "${image}", whose tag is whatever is newest` : undefined;
}
