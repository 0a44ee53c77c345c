/** Whether a secret shows where it must not: its own text, wherever the stack keeps it, and what merely looks like one. */

import { join, relative } from "node:path";
import { findSecrets } from "../../lib/secrets.ts";
import type { Finding, Rule } from "./finding.ts";

/** Texts to look through, each under the name that people are told. */
export type Texts = ReadonlyMap<string, string>;

/** A secret of the stack. */
export interface KnownSecret {
  /** Path of its file, relative to the state directory. */
  readonly name: string;
  readonly text: string;
}

/** The rule about secrets that are known to be such. */
export const LEAK_RULE: Rule = {
  id: "security/secret-leaked",
  severity: "high",
  title: "No secret of the stack shows in a file, an environment, a command line or a log",
  cure: "change that secret (`deno task secret rotate NAME`), for it was readable; remove what it stands in",
  reference: "CIS Docker Benchmark 1.5.0, 4.10, in its sense",
};

/** The rule about what looks like a secret. */
export const LOOKS_RULE: Rule = {
  id: "security/secret-like",
  severity: "high",
  title: "Nothing in an environment, a command line or config.ts looks like a secret",
  cure:
    'name a secret in config.ts by where it lies: secret("NAME"), secretFile("PATH"), secretEnv("VARIABLE")',
  reference: "CIS Docker Benchmark 1.5.0, 4.10, in its sense",
};

// A shorter one would be found in many a text by accident.
const SHORTEST = 8;
// What a log held before has been read by whoever reads logs.
const LOG_BYTES = 2_000_000;

/** Every secret below `<state>/secrets`. */
export async function knownSecrets(stateDir: string): Promise<KnownSecret[]> {
  const found: KnownSecret[] = [];
  for await (const path of filesBelow(join(stateDir, "secrets"))) {
    const text = await Deno.readTextFile(path).catch(() => "");
    // A file may hold several, one a line.
    for (const line of text.split("\n").map((each) => each.trim())) {
      if (line.length >= SHORTEST && !/^-----|^https?:\/\/[^/?]*\/?$/.test(line)) {
        found.push({ name: relative(stateDir, path), text: line });
      }
    }
  }
  return found;
}

/** Texts in which `secrets` stand. */
export function leaksIn(texts: Texts, secrets: readonly KnownSecret[]): Finding[] {
  return [...texts].flatMap(([name, text]): Finding[] => {
    const names = new Set(
      secrets.filter((secret) => text.includes(secret.text)).map((secret) => secret.name),
    );
    return names.size === 0
      ? []
      : [{ ...LEAK_RULE, subject: name, evidence: [...names].map((each) => `holds what is in ${each}`) }];
  });
}

/** Texts that hold what looks like a secret. */
export async function likenessIn(texts: Texts): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, text] of texts) {
    const kinds = [...new Set((await findSecrets(text)).map(({ kind }) => kind))];
    if (kinds.length > 0) findings.push({ ...LOOKS_RULE, subject: name, evidence: kinds });
  }
  return findings;
}

/** Generated files, the record of the stack and the ends of the logs. */
export async function writtenTexts(buildDir: string, stateDir: string): Promise<Texts> {
  const texts = new Map<string, string>();
  for await (const path of filesBelow(buildDir)) texts.set(path, await Deno.readTextFile(path));
  for (const name of ["stack.json", "local/status.json", "local/services.json"]) {
    const text = await Deno.readTextFile(join(stateDir, name)).catch(() => undefined);
    if (text !== undefined) texts.set(join(stateDir, name), text);
  }
  for await (const path of filesBelow(join(stateDir, "local", "logs"))) texts.set(path, await endOf(path));
  return texts;
}

async function endOf(path: string): Promise<string> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  await file.seek(Math.max(0, size - LOG_BYTES), Deno.SeekMode.Start);
  return await new Response(file.readable).text();
}

async function* filesBelow(directory: string): AsyncGenerator<string> {
  let entries: Deno.DirEntry[];
  try {
    entries = await Array.fromAsync(Deno.readDir(directory));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return;
    throw error;
  }
  for (const { name, isDirectory, isFile } of entries) {
    if (isDirectory) yield* filesBelow(join(directory, name));
    else if (isFile) yield join(directory, name);
  }
}
