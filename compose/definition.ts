/** What a service is: the facts that every other part follows, and its part of compose.yaml. */

import type { ComposePlan } from "./plan.ts";
import type { ServiceSpec } from "./service.ts";

/**
 * A service. Its texts stand twice, as text and as the comment above the same key: the comment is what editors show in config.ts,
 * the text is for everything else.
 */
export interface ServiceDefinition<Name extends string = string> {
  /** The same in config.ts, in Compose, in labels and on the command line. */
  readonly name: Name;
  /** Its key in `ports` of config.ts. The text documents its key in `versions` too. */
  readonly ports: Readonly<Record<Name, { readonly default: number; readonly about: string }>>;
  /** Further ports of its own, each with its key in `ports` of config.ts. */
  readonly morePorts?: Readonly<Record<string, { readonly default: number; readonly about: string }>>;
  /** Key of the port on this machine at which tasks ask whether it is ready; its name when left out. */
  readonly hostPort?: string;
  /** Its key in `services` of config.ts; left out when the stack is nothing without it. */
  readonly services?: Readonly<Record<Name, { readonly default: boolean; readonly about: string }>>;
  /** Engines that run it. `local` wants its program and its command line too: tasks/binaries/program.ts, tasks/engine/local/command.ts. */
  readonly engines: readonly ["docker"] | readonly ["docker", "local"];
  /** Port that it listens on in the stack's network; left out when it is in the host's own network, on the port of config.ts. */
  readonly containerPort?: number;
  /** Path that answers 2xx when it is ready. */
  readonly readyPath: string;
  /** How Prometheus scrapes it; left out when it has no metrics. */
  readonly scrape?: {
    readonly job: string;
    /** Path of its metrics; /metrics when left out. */
    readonly path?: string;
    /** Metric whose label `version` has its version, if there is one. */
    readonly buildInfo?: string;
  };
  /** What is special about it in Compose. */
  readonly compose: (plan: ComposePlan) => ServiceSpec;
}
