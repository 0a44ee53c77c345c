/** Every secret of a stack: where it comes from, who uses it, how old it is. Never what it is. */

import { join, resolve } from "node:path";
import type { Service } from "../compose/services/mod.ts";
import { secretRefText } from "../lib/secret_ref.ts";
import { pathText } from "./config_issue.ts";
import { isGiven, type SecretNeed, secretNeedsOf } from "./secret_needs.ts";
import { listStored } from "./secret_store.ts";
import type { Stack, Target } from "./stack.ts";

/** One secret. */
export interface KnownSecret {
  /** What `deno task secret` calls it: its name in the store, `service/file` of one that is made, else what config.ts says. */
  readonly name: string;
  /** `store`: set by hand; `made`: by Vigie; the others lie elsewhere. */
  readonly source: "store" | "made" | "file" | "env" | "command";
  /** Whether it is there; undefined for what only `up` can tell. */
  readonly isSet?: boolean;
  /** When it was set or made, milliseconds since 1970. */
  readonly setMs?: number;
  readonly uses: readonly { readonly service: Service; readonly config?: string }[];
}

/** Every secret of the store and of `stack`, by where they come from and by name. */
export async function secretOverview(
  stack: Stack,
  target: Pick<Target, "engine" | "stateDir" | "configDir">,
): Promise<KnownSecret[]> {
  const known = new Map<string, KnownSecret>();
  for (const { name, setMs } of await listStored(target.stateDir)) {
    known.set(`store ${name}`, { name, source: "store", isSet: true, setMs, uses: [] });
  }
  for (const need of secretNeedsOf(stack, target)) {
    const described = await describe(need, target);
    const key = `${described.source} ${described.name}`;
    const use = { service: need.service, config: need.config && pathText(need.config) };
    const before = known.get(key) ?? described;
    known.set(key, { ...before, uses: [...before.uses, use] });
  }
  const order = ["store", "made", "file", "env", "command"];
  return [...known.values()].sort((a, b) =>
    order.indexOf(a.source) - order.indexOf(b.source) || (a.name < b.name ? -1 : 1)
  );
}

/** What `deno task secret` calls a secret that is made. */
export function madeName({ service, file }: Pick<SecretNeed, "service" | "file">): string {
  return `${service}/${file}`;
}

async function describe(
  need: SecretNeed,
  { stateDir, configDir }: Pick<Target, "stateDir" | "configDir">,
): Promise<KnownSecret> {
  if (!isGiven(need)) {
    const at = await changedMs(join(stateDir, "secrets", need.service, need.file));
    return { name: madeName(need), source: "made", isSet: at !== undefined, setMs: at, uses: [] };
  }
  const { from } = need;
  // One that is set was found in the store.
  if ("secret" in from) return { name: from.secret, source: "store", isSet: false, uses: [] };
  if ("file" in from) {
    const at = await changedMs(resolve(configDir, from.file));
    return { name: from.file, source: "file", isSet: at !== undefined, setMs: at, uses: [] };
  }
  if ("env" in from) return { name: from.env, source: "env", isSet: Deno.env.has(from.env), uses: [] };
  return { name: secretRefText(from), source: "command", uses: [] };
}

async function changedMs(path: string): Promise<number | undefined> {
  try {
    return (await Deno.stat(path)).mtime?.getTime();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) {
      return undefined;
    }
    throw error;
  }
}
