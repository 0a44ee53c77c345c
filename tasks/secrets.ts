/** The stack's secrets on disk: made, or taken from where config.ts says that they lie, before the services start. Never shown. */

import { join } from "node:path";
import type { Service } from "../compose/services/mod.ts";
import { readIfThere, writeAtomically } from "../lib/files.ts";
import { type SecretRef, secretRefText } from "../lib/secret_ref.ts";
import { EXIT, Failure } from "./cli.ts";
import { pathText } from "./config_issue.ts";
import { GRAFANA_PASSWORD_FILE, isGiven, type SecretNeed, secretNeedsOf } from "./secret_needs.ts";
import { closedDirectory, storeDir } from "./secret_store.ts";
import { cureOf, type SecretValue, secretValue } from "./secret_value.ts";
import type { EngineName, Stack, Target } from "./stack.ts";

/** Where Grafana's password lies, relative to the state directory. */
export const GRAFANA_PASSWORD = join("secrets", "grafana", GRAFANA_PASSWORD_FILE);

/**
 * Makes the secrets that are missing, and puts those that config.ts names in their places. All are read before anything is written.
 *
 * @throws {Failure} naming everything that is not to be had.
 */
export async function ensureSecrets(
  stack: Stack,
  target: Target,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  const needs = secretNeedsOf(stack, target);
  const texts = await givenTexts(needs.filter(isGiven), { ...target, signal });
  const root = join(target.stateDir, "secrets");
  await closedDirectory(root);
  for (const need of needs) {
    const path = join(root, need.service, need.file);
    const before = await readIfThere(path);
    // The temporary file of an interrupted write has another name: what is there is whole.
    const text = isGiven(need) ? texts.get(need)! : before ?? makeSecret();
    if (text === before) continue;
    if (isGrafanaPassword(need)) {
      await keepPrevious(target.stateDir, before);
    }
    await writeSecret(path, text, target);
  }
  await removeUnnamed(root, needs);
}

/** Gives a secret that is made a new value. The caller holds the lock of the state directory. */
export async function renewSecret(
  { service, file }: SecretNeed,
  stateDir: string,
  engine: EngineName,
): Promise<void> {
  const path = join(stateDir, "secrets", service, file);
  if (isGrafanaPassword({ service, file })) await keepPrevious(stateDir, await readIfThere(path));
  await writeSecret(path, makeSecret(), { engine });
}

function isGrafanaPassword({ service, file }: Pick<SecretNeed, "service" | "file">): boolean {
  return service === "grafana" && file === GRAFANA_PASSWORD_FILE;
}

/** Writes the file of one service: only its reader gets in, as far as that can be said. */
export async function writeSecret(
  path: string,
  text: string,
  { engine }: Pick<Target, "engine">,
): Promise<void> {
  // A container reads what it mounts as another user: there the directory around it keeps others out.
  const isOwn = engine === "local" && Deno.uid() !== 0;
  await writeAtomically(path, text, isOwn ? 0o600 : 0o644);
}

/** A new secret: 32 characters of 64, 192 bits, from the system's generator; URL-safe, so that it can be pasted anywhere. */
export function makeSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

type Given = SecretNeed & { readonly from: SecretRef };

async function givenTexts(
  needs: readonly Given[],
  places: Pick<Target, "configDir" | "stateDir"> & { readonly signal?: AbortSignal },
): Promise<Map<SecretNeed, string>> {
  const values = new Map<string, SecretValue>();
  const texts = new Map<SecretNeed, string>();
  const problems: { readonly where: string; readonly why: string; readonly cure: string }[] = [];
  for (const need of needs) {
    const key = JSON.stringify(need.from);
    // One after the other, and each once: a password manager may ask for something.
    const value = values.get(key) ?? await secretValue(need.from, places);
    values.set(key, value);
    const where = need.config ? pathText(need.config) : `${need.service}/${need.file}`;
    if ("reason" in value) {
      problems.push({ where, why: value.reason, cure: value.cure });
      continue;
    }
    const wanted = need.wanted?.(value.text);
    if (wanted === undefined) texts.set(need, value.text);
    else {problems.push({
        where,
        why: `${secretRefText(need.from)} is not what it should be: expected ${wanted}`,
        cure: cureOf(need.from, places),
      });}
  }
  if (problems.length === 0) return texts;
  const lines = problems.map(({ where, why }) => `${where}: ${why}`);
  throw new Failure(
    `Cannot have ${
      lines.length === 1 ? "a secret" : `${lines.length} secrets`
    } of config.ts, and nothing was changed: ${
      lines.length === 1 ? lines[0] : `\n${lines.map((line) => `  ${line}`).join("\n")}`
    }`,
    EXIT.lacking,
    [...new Set(problems.map(({ cure }) => cure))].join("; "),
  );
}

/** Where the passwords lie that Grafana's database may have, as long as it has not been seen to take the new one. */
function previousPath(stateDir: string): string {
  return join(stateDir, "secrets", "previous", "grafana", GRAFANA_PASSWORD_FILE);
}

/** Remembers that Grafana is still to be given its password, and which one it may have: an `up` may be interrupted before or after it has. */
async function keepPrevious(stateDir: string, before: string | undefined): Promise<void> {
  const known = await previousPasswords(stateDir) ?? [];
  const all = before === undefined || known.includes(before) ? known : [before, ...known];
  await closedDirectory(join(stateDir, "secrets", "previous"));
  await writeAtomically(previousPath(stateDir), JSON.stringify(all), 0o600);
}

/** The passwords that Grafana's database may have, the newest first; undefined when it was seen to have the one that it should have. */
export async function previousPasswords(stateDir: string): Promise<string[] | undefined> {
  const text = await readIfThere(previousPath(stateDir));
  return text === undefined ? undefined : JSON.parse(text);
}

/** Grafana has its password. */
export async function forgetPrevious(stateDir: string): Promise<void> {
  await Deno.remove(join(stateDir, "secrets", "previous"), { recursive: true }).catch(ignoreMissing);
}

/**
 * Changes when a secret of `service` does: for services that read theirs only when they are told. It tells nothing about what they are.
 *
 * @param stateDir Absolute path of the state directory.
 */
export async function secretsStamp(stateDir: string, service: Service): Promise<string> {
  const directory = join(stateDir, "secrets", service);
  const names = await namesIn(directory);
  // They are written when they change, and then as new files.
  const stamps = await Promise.all(
    names.sort().map(async (name) => {
      const { ino, mtime } = await Deno.stat(join(directory, name));
      return `${name} ${ino} ${mtime?.getTime()}`;
    }),
  );
  return stamps.join("\n");
}

const GIVEN = "given.json";

/**
 * A secret that config.ts no longer names must not lie around. What was made stays: a backup that only its key opens may outlive the setting
 * that made it.
 */
async function removeUnnamed(root: string, needs: readonly SecretNeed[]): Promise<void> {
  const named = new Set(needs.map(({ service, file }) => join(service, file)));
  const list = join(root, GIVEN);
  for (const file of await givenBefore(root, list)) {
    if (!named.has(file)) await Deno.remove(join(root, file)).catch(ignoreMissing);
  }
  const given = needs.filter(isGiven).map(({ service, file }) => join(service, file));
  await writeAtomically(list, JSON.stringify(given, null, 2) + "\n", 0o600);
  // What an interrupted write left is a secret, too.
  for (
    const directory of [
      ...new Set(needs.map(({ service }) => join(root, service))),
      storeDir(join(root, "..")),
    ]
  ) {
    for (const name of await namesIn(directory)) {
      if (name.endsWith(".tmp")) await Deno.remove(join(directory, name)).catch(ignoreMissing);
    }
  }
}

/** Files that an earlier `up` put there because config.ts named them, as `service/file`. */
async function givenBefore(root: string, list: string): Promise<string[]> {
  const text = await readIfThere(list);
  if (text !== undefined) {
    try {
      return JSON.parse(text);
    } catch {
      // Only a memory of ours: as if there were none.
    }
  }
  // Before there was a list, these two had nothing else.
  const services = ["alertmanager", "webhook"];
  return (await Promise.all(
    services.map(async (service) => (await namesIn(join(root, service))).map((name) => join(service, name))),
  )).flat();
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await Array.fromAsync(Deno.readDir(directory), ({ name }) => name);
  } catch (error) {
    ignoreMissing(error);
    return [];
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
