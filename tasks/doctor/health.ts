/** Where each service says that it is well. */

import type { Service } from "../../compose/versions.ts";
import { READY_PATH } from "../engine/local/command.ts";
import type { Answer } from "./http.ts";
import type { Scene } from "./scene.ts";

/** Path at which a service answers 2xx when it is ready. */
export const HEALTH_PATHS: Readonly<Record<Service, string>> = { ...READY_PATH, cadvisor: "/healthz" };

/** What `service` answers this machine when asked whether it is well. */
export async function healthOf(scene: Scene, service: Service): Promise<Answer> {
  const { urls } = await scene.site();
  return await scene.get(urls[service] + HEALTH_PATHS[service]);
}
