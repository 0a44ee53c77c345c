/** What a change does to each service: what of it changes, and whether it is started, restarted, reloaded or left alone. */

import { type LocalService, type Service, SERVICES } from "../../compose/services/mod.ts";
import type { Files } from "../../lib/files.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { commandOf, environmentOf, type Plan } from "../engine/local/command.ts";
import { isVersioned } from "../upgrade/held.ts";
import { runningOf, type Stack, type Target, versionsOf } from "../stack.ts";
import { type Effect, type FieldChange, fieldChanges, isFields, same } from "./effect.ts";
import { serviceFiles } from "../engine/service_files.ts";

/** What `up` would do to a service. */
export type Action = "started" | "restarted" | "reloaded" | "untouched" | "stopped";

/** A stack, where it runs, and the files of that engine. */
export interface Side {
  readonly stack: Stack;
  readonly target: Target;
  readonly files: Files;
}

/** A service and what `up` would do to it. */
export interface ServiceAction {
  readonly service: Service;
  readonly action: Action;
}

const RELOADED: readonly Service[] = ["prometheus", "alertmanager", "blackbox", "webhook", "entry"];

/** What `up` would do to each service. @param before What runs; undefined when nothing does. */
export function serviceActions(before: Side | undefined, after: Side): ServiceAction[] {
  const was = before ? runningOf(before.stack, before.target) : new Set<Service>();
  const is = runningOf(after.stack, after.target);
  return SERVICES.filter((service) => was.has(service) || is.has(service)).map((service) => ({
    service,
    action: !was.has(service)
      ? "started"
      : !is.has(service)
      ? "stopped"
      : restarts(service, before!, after)
      ? "restarted"
      : RELOADED.includes(service) &&
          !same(serviceFiles(service, before!.files), serviceFiles(service, after.files))
      ? "reloaded"
      : "untouched",
  }));
}

/** What of the services themselves changes. */
export function serviceEffects(before: Side, after: Side): Effect[] {
  const [was, is] = [runningOf(before.stack, before.target), runningOf(after.stack, after.target)];
  return SERVICES.flatMap((service): Effect[] => {
    if (!was.has(service) && !is.has(service)) return [];
    if (was.has(service) !== is.has(service)) {
      return [{ area: "service", name: service, kind: is.has(service) ? "added" : "removed", fields: [] }];
    }
    const fields = serviceFields(service, before, after);
    return fields.length === 0 ? [] : [{ area: "service", name: service, kind: "changed", fields }];
  });
}

function restarts(service: Service, before: Side, after: Side): boolean {
  if (after.target.engine === "docker") {
    return !same(composeOf(service, before), composeOf(service, after)) ||
      // It reads its own part of them when it starts.
      (service === "grafana" && provisioningDiffers(before, after));
  }
  if (isVersioned(service) && versionsOf(before.stack)[service] !== versionsOf(after.stack)[service]) {
    return true;
  }
  return !same(processOf(service, before), processOf(service, after)) ||
    (service === "grafana" && provisioningDiffers(before, after));
}

function provisioningDiffers(before: Side, after: Side): boolean {
  const of = ({ files }: Side) => [...files].filter(([path]) => path.startsWith("grafana/provisioning/"));
  return !same(of(before), of(after));
}

/** A service of compose.yaml. With `delivery: "image"` what it is configured with is part of it. */
function composeOf(service: Service, side: Side): unknown {
  const compose = fromYaml(side.files.get("compose.yaml") ?? "{}") as {
    name?: string;
    services?: Record<string, { build?: unknown }>;
  };
  const own = compose.services?.[service];
  const inImage = [...side.files].filter(([path]) => path.startsWith(`${service}/`));
  return [compose.name, own, own?.build === undefined ? [] : inImage];
}

/** How the local engine starts a service, but for what depends on this machine. */
function processOf(service: Service, { stack, target }: Side): unknown {
  const plan = {
    stack,
    target,
    directory: `${target.stateDir}/local`,
    environment: {},
    hasUdev: true,
    hasSystemd: true,
    webhook: { command: [], fingerprint: "", files: [] },
  } as unknown as Plan;
  const binary = { name: "prometheus", path: "/program", version: "", source: "path" } as const;
  const local = service as LocalService;
  return [commandOf(local, plan, service === "webhook" ? undefined : binary), environmentOf(local, plan)];
}

/** What people call the parts of a service, by the engine's own words where those say more. */
function serviceFields(service: Service, before: Side, after: Side): FieldChange[] {
  const [was, is] = [before, after].map(({ stack }) => ({
    version: isVersioned(service) ? versionsOf(stack)[service] : undefined,
    port: stack.ports[service],
    bind: stack.bind,
    ...(service === "prometheus" && { retention: stack.retention }),
  }));
  const known = fieldChanges(was, is);
  if (after.target.engine !== "docker") return known;
  const [then, now] = [composeOf(service, before), composeOf(service, after)] as unknown[][];
  const own = fieldChanges(withoutKnown(then![1]), withoutKnown(now![1]));
  const name = then![0] === now![0] ? [] : [{ field: "project", before: then![0], after: now![0] }];
  return [...name, ...known, ...own];
}

/** What the fields that are told by their own names leave of a service of compose.yaml. */
function withoutKnown(service: unknown): unknown {
  if (!isFields(service)) return service;
  const { image: _, ports: _p, command, ...rest } = service;
  return {
    ...rest,
    command: Array.isArray(command)
      ? command.filter((argument) => !/retention\./.test(String(argument)))
      : command,
  };
}
