/** What becomes of telling: routes, receivers, what is muted, and the webhook's channels. */

import type { Files } from "../../lib/files.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { compareNamed, type Effect, fieldChanges, named, same } from "./effect.ts";

type Fields = Readonly<Record<string, unknown>>;

interface Route extends Fields {
  readonly receiver?: string;
  readonly matchers?: readonly string[];
  readonly routes?: readonly Route[];
}

interface Named extends Fields {
  readonly name: string;
}

interface Alertmanager extends Fields {
  readonly route?: Route;
  readonly receivers?: readonly Named[];
  readonly inhibit_rules?: readonly Fields[];
}

/** What becomes of what `alertmanager/alertmanager.yml` and `webhook/webhook.json` say. */
export function tellingEffects(before: Files, after: Files): Effect[] {
  const [was, is] = [before, after].map((files) =>
    (fromYaml(files.get("alertmanager/alertmanager.yml") ?? "") ?? {}) as Alertmanager
  ) as [Alertmanager, Alertmanager];
  const [then, now] = [before, after].map((files) =>
    JSON.parse(files.get("webhook/webhook.json") ?? "{}") as Fields
  ) as [Fields, Fields];
  const receivers = ({ receivers = [] }: Alertmanager) => named(receivers, ({ name }) => name);
  const inhibitions = ({ inhibit_rules = [] }: Alertmanager) =>
    named(inhibit_rules, (rule) => `${text(rule.target_matchers)} muted by ${text(rule.source_matchers)}`);
  const channels = ({ channels = [] }: Fields) => named(channels as readonly Named[], ({ name }) => name);
  const ways = ({ routes = [] }: Fields) =>
    named(
      routes as readonly Fields[],
      ({ receivers, matchers = [] }) =>
        `webhook: ${[text(receivers), text(matchers)].filter(Boolean).join(" ") || "any"}`,
    );
  const rest = ({ route: _, receivers: _r, inhibit_rules: _i, ...others }: Alertmanager) =>
    new Map([["Alertmanager", others]]);
  const others = ({ channels: _, routes: _r, ...settings }: Fields) => new Map([["webhook", settings]]);
  const kinds = (thing: Fields) => ({ kind: thing.kind });
  return [
    ...routeEffects(routesOf(was.route), routesOf(is.route)),
    ...compareNamed(
      "route",
      ways(then),
      ways(now),
      (a, b) => fieldChanges(a, b),
      ({ channels }) => ({ channels }),
    ),
    ...compareNamed("inhibition", inhibitions(was), inhibitions(is), (a, b) => fieldChanges(a, b)),
    ...compareNamed("receiver", receivers(was), receivers(is), (a, b) => fieldChanges(a, b)),
    ...compareNamed("channel", channels(then), channels(now), (a, b) => fieldChanges(a, b), kinds),
    ...compareNamed("setting", rest(was), rest(is), (a, b) => fieldChanges(a, b)),
    ...compareNamed("setting", others(then), others(now), (a, b) => fieldChanges(a, b)),
  ];
}

function routeEffects(before: ReadonlyMap<string, Fields>, after: ReadonlyMap<string, Fields>): Effect[] {
  const worth = ({ receiver }: Fields) => ({ receiver });
  const effects = compareNamed("route", before, after, (a, b) => fieldChanges(a, b), worth);
  const order = (routes: ReadonlyMap<string, Fields>, other: ReadonlyMap<string, Fields>) =>
    [...routes.keys()].filter((name) => other.has(name));
  const [was, is] = [order(before, after), order(after, before)];
  if (same(was, is)) return effects;
  // The first route that fits takes an alert.
  return [...effects, {
    area: "route",
    name: "their order",
    kind: "changed",
    fields: [{ field: "order", before: was, after: is }],
  }];
}

/** Every route of the tree by its matchers, those of the routes above it first. */
function routesOf(root: Route | undefined): Map<string, Fields> {
  const flat = (route: Route, above: readonly string[]): { name: string; fields: Fields }[] => {
    const { routes = [], matchers = [], ...fields } = route;
    const path = [...above, ...matchers];
    return [
      { name: path.length === 0 ? "everything else" : path.join(" "), fields },
      ...routes.flatMap((child) => flat(child, path)),
    ];
  };
  const all = named(root === undefined ? [] : flat(root, []), ({ name }) => name);
  return new Map([...all].map(([name, { fields }]) => [name, fields]));
}

function text(matchers: unknown): string {
  return Array.isArray(matchers) ? matchers.join(" ") : String(matchers ?? "");
}
