/** Where each service says that it is well. */

import { DEFINITIONS, type Service } from "../../compose/services/mod.ts";
import type { Answer } from "./http.ts";
import { foreignHolder } from "./ports.ts";
import type { Scene } from "./scene.ts";

/** What `service` answers this machine when asked whether it is well; what another program on its port says does not count. */
export async function healthOf(scene: Scene, service: Service): Promise<Answer> {
  const { urls } = await scene.site();
  const answer = await scene.get(urls[service] + DEFINITIONS[service].readyPath);
  if (answer.status === 0 || await foreignHolder(scene, service) === undefined) return answer;
  return { ...answer, ok: false, status: 0, detail: "another program answers on its port", failure: "other" };
}
