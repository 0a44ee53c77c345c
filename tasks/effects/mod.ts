/** What a change of config.ts does to what runs: each alert, route, target, panel and service, in their own words. */

import { dashboardEffects, otherEffects } from "./dashboards.ts";
import { AREAS, type Effect } from "./effect.ts";
import { ruleEffects } from "./rules.ts";
import { scrapingEffects } from "./scraping.ts";
import { serviceEffects, type Side } from "./services.ts";
import { tellingEffects } from "./telling.ts";

export type { Effect } from "./effect.ts";
export { type ServiceAction, serviceActions, type Side } from "./services.ts";
export { formatActions, formatEffects } from "./show.ts";

/** Everything that going from `before` to `after` changes, in the order of the areas. */
export function effectsOf(before: Side, after: Side): Effect[] {
  const effects = [
    ...serviceEffects(before, after),
    ...ruleEffects(before.files, after.files),
    ...scrapingEffects(before.files, after.files),
    ...tellingEffects(before.files, after.files),
    ...dashboardEffects(before.files, after.files),
    ...otherEffects(before.files, after.files),
  ];
  return effects.sort((a, b) => AREAS.indexOf(a.area) - AREAS.indexOf(b.area));
}
