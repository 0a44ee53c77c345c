/** `deno task routes`: whom each alert reaches, when, and what mutes it. */

import pc from "picocolors";
import { nearest } from "../lib/nearest.ts";
import {
  type AlertRoutes,
  type AlertWay,
  type RouteBook,
  routeBook,
} from "../prometheus/alertmanager/mod.ts";
import { type Command, EXIT, Failure, main, UsageError } from "./cli.ts";
import { namedDestinations } from "./destinations.ts";
import { loadConfig } from "./load_config.ts";
import { renderFor } from "./render.ts";
import type { Stack } from "./stack.ts";

/** The command. */
export const routesCommand: Command = {
  name: "routes",
  summary: "show the way of every alert: whom it reaches, grouped how, told when, muted by what",
  usage: "[ALERT] [LABEL=VALUE…]",
  maxArgs: 64,
  examples: [
    "routes",
    "routes HostDown instance=web-1",
    "routes severity=critical team=db",
    "routes --json",
  ],
  async run({ config, stateDir, buildDir, args, print }) {
    const { stack, configDir } = await loadConfig(config, { stateDir, machine: false });
    const book = await routeBook(renderFor(stack, { engine: "docker", stateDir, buildDir, configDir }));
    const query = queryOf(args, book);
    const found = book.routes(query).map((routes) => withChannels(routes, stack));
    if (found.length === 0) {
      throw new Failure(
        `No alert "${query.alert}" has the labels ${args.filter((arg) => arg.includes("=")).join(" ")}`,
        EXIT.usage,
      );
    }
    print(table(found));
    print(pc.dim(`\n${footnotes(found).join("\n")}`));
    return { code: EXIT.done, json: { alerts: found } };
  },
};

/** What arguments ask for. @throws {UsageError} when they are no labels, or name an alert that there is not. */
export function queryOf(args: readonly string[], book: Pick<RouteBook, "alerts">) {
  const labels: Record<string, string> = {};
  let alert: string | undefined;
  for (const arg of args) {
    const match = /^([a-zA-Z_][a-zA-Z0-9_]*)=(.*)$/s.exec(arg);
    if (match) labels[match[1]!] = match[2]!.replace(/^"(.*)"$/s, "$1");
    else if (alert === undefined && /^\w+$/.test(arg)) alert = arg;
    else {
      throw new UsageError(
        `Cannot use the argument ${
          JSON.stringify(arg)
        }: expected the name of one alert, or labels such as severity=critical`,
      );
    }
  }
  if (alert !== undefined && !book.alerts.includes(alert)) {
    const near = nearest(alert, book.alerts);
    throw new UsageError(
      `There is no alert "${alert}": ${
        near ? `did you mean "${near}"?` : "`deno task routes` lists them all"
      }`,
    );
  }
  return { alert, labels };
}

/** A way and the destinations that it ends at. */
type ToldWay = AlertWay & {
  readonly channels: readonly {
    readonly name: string;
    readonly kind: string;
    readonly via: "webhook" | "alertmanager";
  }[];
};
type ToldRoutes = Omit<AlertRoutes, "ways"> & { readonly ways: readonly ToldWay[] };

function withChannels(routes: AlertRoutes, stack: Stack): ToldRoutes {
  const all = namedDestinations(stack);
  return {
    ...routes,
    ways: routes.ways.map((way) => ({
      ...way,
      // A drill reaches every destination.
      channels: all.filter(({ receiver }) => receiver === way.receiver || way.receiver === "drill").map((
        { name, destination, native },
      ) => ({ name, kind: destination.kind, via: native ? "alertmanager" : "webhook" })),
    })),
  };
}

const HEAD = [
  "ALERT",
  "SEVERITY",
  "WHEN",
  "RECEIVER",
  "TELLS",
  "GROUPED BY",
  "WAIT",
  "INTERVAL",
  "AGAIN",
  "QUIET",
  "MUTED BY",
];

/** One line a way; what is the same as in the line above it is left out. */
function table(found: readonly ToldRoutes[]): string {
  const rows = found.flatMap((routes) =>
    routes.ways.map((way, i) => [
      ...(i === 0 ? [routes.alert ?? "", routes.labels.severity ?? ""] : ["", ""]),
      [...way.when, ...(way.otherwise ? ["otherwise"] : [])].join(" ") || "always",
      way.receiver,
      tells(way),
      way.groupBy.join(",") || "all together",
      way.groupWait,
      way.groupInterval,
      way.repeatInterval,
      way.muted.length > 0 ? "yes" : "",
      i === 0 ? inhibitors(routes) : "",
    ])
  );
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd();
  return [pc.bold(line(HEAD)), ...rows.map(line)].join("\n");
}

function tells({ receiver, channels }: ToldWay): string {
  if (receiver === "watchdog") return "the webhook's watch";
  return few(channels.map(({ name, via }) => via === "alertmanager" ? `${name}*` : name)) || "nobody";
}

function inhibitors({ alert, inhibitedBy }: AlertRoutes): string {
  return few(inhibitedBy.map((each) => each.alert === alert ? `its own ${each.severity}` : each.alert));
}

// More names than these say less than their number.
const MAX_NAMES = 3;

function few(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  if (distinct.length <= MAX_NAMES) return distinct.join(", ");
  return `${distinct[0]} and ${distinct.length - 1} others`;
}

/** What the marks in the table mean, as far as they are there. */
function footnotes(found: readonly ToldRoutes[]): string[] {
  const ways = found.flatMap((routes) => routes.ways);
  const muted = [...new Set(ways.flatMap((way) => way.muted))];
  const same = [...new Set(found.flatMap(({ inhibitedBy }) => inhibitedBy.flatMap((each) => each.same)))];
  return [
    "WAIT: for more alerts of a new group. INTERVAL: between two messages about a group that changed. AGAIN: when nothing changed",
    ...(ways.some(({ channels }) => channels.some(({ via }) => via === "alertmanager"))
      ? ["*: told by Alertmanager itself, also when the webhook is dead"]
      : []),
    ...(muted.length > 0 ? [`QUIET: not told ${muted.join("; ")}`] : []),
    ...(same.length > 0 ? [`MUTED BY: where both have the same ${same.join(", ")}`] : []),
  ];
}

if (import.meta.main) await main(routesCommand);
