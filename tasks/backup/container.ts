/** The agent in a container of its own, once for each request: it reaches volumes of any user, and engines on other machines. */

import type { Plan } from "../../backup/mod.ts";
import type { Agent, AgentOptions } from "./agent.ts";

/** The agent of a stack on the docker engine. */
export function containerAgent(_options: AgentOptions & { readonly plan: Plan }): Promise<Agent> {
  throw new Error("not yet");
}
