/** What every check of alertmanager.yml looks at, read once for each run. */

import type { Check, CheckContext, Problem } from "../../../lib/check.ts";
import type { YamlPath } from "../../../lib/yaml_places.ts";
import { ruleModelOf } from "../../checks/rule_model.ts";
import { type AlertShape, alertShapes } from "../alert_shape.ts";
import { CONFIG, type ConfigFile, readConfigFile } from "../config_file.ts";
import { type InhibitRule, inhibitRule } from "../inhibit.ts";
import { allRoutes, type RouteNode, routeNodes } from "../tree.ts";
import { compileFits, type Fits } from "../ways.ts";

/** The file, understood. */
export interface Model {
  readonly config: ConfigFile;
  readonly root: RouteNode;
  readonly routes: readonly RouteNode[];
  readonly inhibitions: readonly InhibitRule[];
  /** The alerts that the rules may send. */
  readonly alerts: readonly AlertShape[];
  /** Labels that follow from the target, so that they are the same where `instance` and `job` are. */
  readonly targetLabels: ReadonlySet<string>;
  readonly fits: Fits;
}

const models = new WeakMap<CheckContext, Promise<Model | undefined>>();

/** The model of a run; undefined when the file cannot be read, which `alertmanager/config` says. */
export function modelOf(context: CheckContext): Promise<Model | undefined> {
  const known = models.get(context) ?? readModel(context);
  models.set(context, known);
  return known;
}

async function readModel(context: CheckContext): Promise<Model | undefined> {
  const config = await readConfigFile(context);
  if (config === undefined) return undefined;
  try {
    const root = await routeNodes(config.route);
    const routes = allRoutes(root);
    const rules = await ruleModelOf(context);
    const inhibitions = config.inhibitRules.map(inhibitRule);
    return {
      config,
      root,
      routes,
      inhibitions,
      alerts: alertShapes(rules),
      targetLabels: new Set(rules.jobs.flatMap(({ labels }) => [...labels.sure, ...labels.maybe])),
      fits: await compileFits([
        ...routes.flatMap(({ matchers }) => matchers),
        ...inhibitions.flatMap(({ source, target }) => [...source, ...target]),
      ]),
    };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // amtool refuses such a matcher, with its line.
    throw error;
  }
}

/** What is wrong at one place of the file. */
export interface Fault extends Pick<Problem, "message" | "cure" | "subject"> {
  /** The worst that its check says, when left out. */
  readonly severity?: Problem["severity"];
  /** Keys that lead to the place. */
  readonly path: YamlPath;
}

/** A check of the understood file. */
export function modelCheck(
  about: Pick<Check, "id" | "title"> & { readonly severity: Problem["severity"] },
  faults: (model: Model, context: CheckContext) => readonly Fault[] | Promise<readonly Fault[]>,
): Check {
  return {
    ...about,
    online: false,
    async run(context) {
      const model = await modelOf(context);
      if (model === undefined) return [];
      const found = await faults(model, context);
      return found.map(({ path, severity = about.severity, ...rest }): Problem => ({
        check: about.id,
        severity,
        file: CONFIG,
        ...model.config.at(...path),
        ...rest,
      }));
    },
  };
}

/** Where a route stands in the file. */
export function pathOf({ path }: RouteNode): YamlPath {
  return ["route", ...path.flatMap((i) => ["routes", i])];
}

/** `text` as the start of a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
