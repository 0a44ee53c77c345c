/** All mutants, by a seed. */

import { dashboardMutants } from "./dashboards.ts";
import { type Mutant, randomOf } from "./mutant.ts";
import { routeMutants } from "./routes.ts";
import { ruleMutants, textMutants } from "./rules.ts";
import { configMutants, serviceMutants } from "./services.ts";

export { type Found, type Laboratory, openLaboratory } from "./harness.ts";
export type { Mutant } from "./mutant.ts";

/** The seed of the tests. */
export const SEED = 20_261_122;

/** Every mutant; which rule, panel and service each of them hits follows from `seed`. */
export function mutantsOf(seed: number): readonly Mutant[] {
  const random = randomOf(seed);
  const lists: Readonly<Record<string, readonly Mutant[]>> = {
    rule: ruleMutants(random),
    text: textMutants(random),
    route: routeMutants(random),
    dashboard: dashboardMutants(random),
    service: serviceMutants(random),
    "config.ts": configMutants(),
  };
  return Object.entries(lists).flatMap(([where, mutants]) =>
    mutants.map((mutant) => ({ ...mutant, name: `${where}: ${mutant.name}` }))
  );
}
