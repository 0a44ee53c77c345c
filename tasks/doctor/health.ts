/** Where each service says that it is well. */

import type { Service } from "../../compose/versions.ts";
import { READY_PATH } from "../engine/local/command.ts";
import type { Answer } from "./http.ts";
import { foreignHolder } from "./ports.ts";
import type { Scene } from "./scene.ts";

/** Path at which a service answers 2xx when it is ready. */
export const HEALTH_PATHS: Readonly<Record<Service, string>> = { ...READY_PATH, cadvisor: "/healthz" };

/** What `service` answers this machine when asked whether it is well; what another program on its port says does not count. */
export async function healthOf(scene: Scene, service: Service): Promise<Answer> {
  const { urls } = await scene.site();
  const answer = await scene.get(urls[service] + HEALTH_PATHS[service]);
  if (answer.status === 0 || await foreignHolder(scene, service) === undefined) return answer;
  return { ...answer, ok: false, status: 0, detail: "another program answers on its port", failure: "other" };
}
