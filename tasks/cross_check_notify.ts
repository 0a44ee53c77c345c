/** What a valid configuration may still get wrong about who is told. */

import { nearest } from "../lib/nearest.ts";
import { durationMs } from "../lib/units.ts";
import { NOBODY, RESERVED_RECEIVERS } from "../prometheus/alertmanager/mod.ts";
import { alternatives, type ConfigIssue, pathText } from "./config_issue.ts";
import { fallbackOf, type NamedDestination, namedDestinations } from "./destinations.ts";
import type { Stack } from "./stack.ts";

const SHORTEST_WATCH = "1m";

/** Receivers that are told and do not exist, and names that they cannot have. */
export function receiverIssues({ notify }: Stack): ConfigIssue[] {
  const names = Object.keys(notify.receivers);
  const reserved = names.filter((name) => RESERVED_RECEIVERS.includes(name));
  return [
    ...reserved.map((name): ConfigIssue => ({
      path: ["notify", "receivers", name],
      at: "key",
      message: `Cannot name a receiver ${JSON.stringify(name)}: the stack keeps that name for itself`,
    })),
    ...toldReceivers(notify).filter(([, name]) => name !== NOBODY && !names.includes(name))
      .map(([path, name]) => unknownReceiver(path, name, names)),
  ];
}

/** Every place that names a receiver. */
function toldReceivers(notify: Stack["notify"]): [path: PropertyKey[], name: string][] {
  const { receiver, routes, severities, teams } = notify;
  return [
    [["notify", "receiver"], receiver],
    ...Object.entries(severities).map(([severity, name]): [PropertyKey[], string] => [
      ["notify", "severities", severity],
      name,
    ]),
    ...Object.entries(teams).map((
      [team, name],
    ): [PropertyKey[], string] => [["notify", "teams", team], name]),
    ...routes.map((
      route,
      i,
    ): [PropertyKey[], string] => [["notify", "routes", i, "receiver"], route.receiver]),
  ];
}

function unknownReceiver(path: PropertyKey[], name: string, names: readonly string[]): ConfigIssue {
  return {
    path,
    message: `No receiver is named ${JSON.stringify(name)}, which ${pathText(path)} tells: ${
      hint(name, names)
    }`,
  };
}

/** A receiver that is to pass by the webhook, and does not. */
export function bypassIssues(stack: Stack): ConfigIssue[] {
  const { bypass, receivers } = stack.notify;
  if (bypass === undefined) return [];
  const path = ["notify", "bypass"];
  const names = Object.keys(receivers);
  if (!names.includes(bypass)) return [unknownReceiver(path, bypass, names)];
  return namedDestinations(stack).filter(({ receiver, native }) => receiver === bypass && !native).map((
    each,
  ) => ({
    path,
    message: `Cannot pass by the webhook to ${JSON.stringify(bypass)}: the webhook tells its ` +
      `${pathText(pathOf(each))}`,
    cure: 'give each of its destinations via: "alertmanager", or name another receiver',
  }));
}

function receiversText(names: readonly string[]): string {
  return names.length === 0
    ? "notify.receivers is empty"
    : `notify.receivers has ${alternatives(names).replace(/ or ([^ ]+)$/, " and $1")}`;
}

function hint(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  return near === undefined ? receiversText(names) : `did you mean ${JSON.stringify(near)}?`;
}

/** Names that two destinations have, or a receiver too; fallbacks that are not there. */
export function destinationIssues(stack: Stack): ConfigIssue[] {
  const all = namedDestinations(stack);
  return all.flatMap((each, i) => [
    ...nameIssues(each, all.slice(0, i), Object.keys(stack.notify.receivers)),
    ...fallbackIssues(each, all),
  ]);
}

function nameIssues(
  { name, destination, receiver, index }: NamedDestination,
  before: readonly NamedDestination[],
  receivers: readonly string[],
): ConfigIssue[] {
  const path = pathOf({ receiver, index });
  const other = before.find((each) => each.name === name);
  if (other) {
    return [{
      path: destination.name === undefined ? path : [...path, "name"],
      message: `Cannot name two destinations ${JSON.stringify(name)}: ${
        pathText(pathOf(other))
      } has that name`,
    }];
  }
  // `fallback` names either: it must be clear which.
  if (destination.name === undefined || !receivers.includes(name) || name === receiver) return [];
  return [{
    path: [...path, "name"],
    message: `Cannot name a destination ${JSON.stringify(name)}: a receiver has that name`,
  }];
}

function fallbackIssues(
  { destination: { fallback }, receiver, index, name, native }: NamedDestination,
  all: readonly NamedDestination[],
): ConfigIssue[] {
  if (fallback === undefined || native) return [];
  const path = [...pathOf({ receiver, index }), "fallback"];
  const meant = fallbackOf(fallback, all);
  if (meant === "several") {
    const names = all.filter((each) => each.receiver === fallback && !each.native).map((each) => each.name);
    return [{
      path,
      message: `Cannot fall back to the receiver ${
        JSON.stringify(fallback)
      }: it has ${names.length} destinations`,
      cure: `name one of them: ${alternatives(names)}`,
    }];
  }
  if (meant === undefined) {
    const alone = all.some((each) => each.name === fallback || each.receiver === fallback);
    if (alone) {
      return [{
        path,
        message: `Cannot fall back to ${
          JSON.stringify(fallback)
        }: Alertmanager tells it, and only the webhook falls back`,
      }];
    }
    const known = all.filter((each) => !each.native && each.name !== name).map((each) => each.name);
    const near = nearest(fallback, [...known, ...all.map((each) => each.receiver)]);
    const expected = known.length === 0 ? "there is no other" : `expected ${alternatives(known)}`;
    return [{
      path,
      message: `No destination is named ${JSON.stringify(fallback)}: ` +
        (near === undefined ? expected : `did you mean ${JSON.stringify(near)}?`),
    }];
  }
  return meant.name === name
    ? [{ path, message: `Cannot fall back to ${JSON.stringify(fallback)}: that is the same destination` }]
    : [];
}

/** A Watchdog that is waited for too briefly, or whose absence nobody would be told. */
export function watchdogIssues(stack: Stack): ConfigIssue[] {
  const { webhook: { watchdog }, notify: { receivers } } = stack;
  if (!watchdog.enabled) return [];
  const issues: ConfigIssue[] = [];
  if (durationMs(watchdog.within) < durationMs(SHORTEST_WATCH)) {
    issues.push({
      path: ["webhook", "watchdog", "within"],
      message:
        `Cannot use "${watchdog.within}" as webhook.watchdog.within: at least "${SHORTEST_WATCH}", because Alertmanager tells it again after a while`,
    });
  }
  const name = watchdog.receiver;
  if (name === undefined) return issues;
  const path = ["webhook", "watchdog", "receiver"];
  const names = Object.keys(receivers);
  if (!names.includes(name)) {
    issues.push(unknownReceiver(path, name, names));
  } else if (!namedDestinations(stack).some((each) => each.receiver === name && !each.native)) {
    issues.push({
      path,
      message: `Cannot tell the receiver ${JSON.stringify(name)} that Watchdog is missing: ` +
        "Alertmanager tells its destinations, and it may be what has failed",
    });
  }
  return issues;
}

function pathOf({ receiver, index }: Pick<NamedDestination, "receiver" | "index">): PropertyKey[] {
  return ["notify", "receivers", receiver, index];
}
