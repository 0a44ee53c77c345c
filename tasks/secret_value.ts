/** What a secret is: read from where config.ts says that it lies. */

import { resolve } from "node:path";
import { run } from "../lib/process.ts";
import { type SecretRef, secretRefText } from "../lib/secret_ref.ts";
import { readStored } from "./secret_store.ts";

/** Where secrets are looked for. */
export interface SecretPlaces {
  /** Absolute path of the directory that relative paths in config.ts start from. */
  readonly configDir: string;
  /** Absolute path of the state directory. */
  readonly stateDir: string;
  /** Ends a program that is to print one. */
  readonly signal?: AbortSignal;
}

/** A secret, or why it cannot be had and what to do. Neither repeats it, or what a program printed. */
export type SecretValue =
  | { readonly text: string }
  | {
    readonly reason: string;
    readonly cure: string;
    /** Nothing is wrong with what is there: there is nothing, on this machine, at the moment. */
    readonly missing?: true;
  };

// A password manager may wait for a finger on a key.
const COMMAND_MS = 60_000;

/** What `ref` stands for. A program is run for `secretCommand`. */
export async function secretValue(ref: SecretRef, places: SecretPlaces): Promise<SecretValue> {
  const cure = cureOf(ref, places);
  if ("secret" in ref) return await fromStore(ref.secret, cure, places);
  if ("file" in ref) return await fromFile(ref.file, cure, places);
  if ("env" in ref) return fromEnvironment(ref.env, cure);
  return await fromCommand(ref, cure, places);
}

/** What to do about a secret that is not what it should be. */
export function cureOf(ref: SecretRef, { configDir }: Pick<SecretPlaces, "configDir">): string {
  if ("secret" in ref) return `deno task secret set ${ref.secret}`;
  if ("file" in ref) {
    return `write the secret into ${
      JSON.stringify(resolve(configDir, ref.file))
    }, readable to your user only`;
  }
  if ("env" in ref) return `set the variable ${ref.env} in the environment of this command`;
  // What it printed on standard error may hold what it was given: it is for the eyes of who runs it.
  return `run ${JSON.stringify(ref.command[0])} with its arguments by hand in ${
    JSON.stringify(configDir)
  } to see what it says`;
}

async function fromStore(name: string, cure: string, { stateDir }: SecretPlaces): Promise<SecretValue> {
  const text = await readStored(stateDir, name);
  if (text === undefined) return { reason: `no secret "${name}" is set`, cure, missing: true };
  return text === "" ? { reason: `the secret "${name}" is empty`, cure } : { text };
}

async function fromFile(path: string, cure: string, { configDir }: SecretPlaces): Promise<SecretValue> {
  const source = resolve(configDir, path);
  try {
    using file = await Deno.open(source);
    const { isFile } = await file.stat();
    if (!isFile) return { reason: "it is no file", cure };
    const text = (await new Response(file.readable).text()).trim();
    return text === "" ? { reason: "it is empty", cure } : { text };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return { reason: "there is no such file", cure, missing: true };
    }
    if (error instanceof Deno.errors.IsADirectory) return { reason: "it is no file", cure };
    if (error instanceof Deno.errors.PermissionDenied) return { reason: "your user may not read it", cure };
    throw error;
  }
}

// Once taken they are out of the environment: what is started later does not inherit them.
const taken = new Map<string, string>();

/** Takes a variable out of this process's environment, and remembers it. */
export function takeVariable(name: string): string | undefined {
  const text = Deno.env.get(name);
  if (text !== undefined) {
    taken.set(name, text);
    Deno.env.delete(name);
  }
  return taken.get(name);
}

function fromEnvironment(name: string, cure: string): SecretValue {
  const text = takeVariable(name);
  if (text === undefined) return { reason: `the variable ${name} is not set`, cure, missing: true };
  return text === "" ? { reason: `the variable ${name} is empty`, cure } : { text };
}

async function fromCommand(
  ref: SecretRef & { command: readonly string[] },
  cure: string,
  { configDir, signal }: SecretPlaces,
): Promise<SecretValue> {
  const [program = "", ...args] = ref.command;
  try {
    const { code, stdout } = await run(program, args, { cwd: configDir, timeoutMs: COMMAND_MS, signal });
    signal?.throwIfAborted();
    if (code === 124) {
      return { reason: `${secretRefText(ref)} did not end within ${COMMAND_MS / 1_000} s`, cure };
    }
    if (code !== 0) return { reason: `${secretRefText(ref)} ended with exit code ${code}`, cure };
    const text = stdout.replace(/\r?\n$/, "");
    return text === "" ? { reason: `${secretRefText(ref)} printed nothing`, cure } : { text };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return {
        reason: `there is no program "${program}"`,
        cure: "install it, or name it with its whole path",
      };
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      return { reason: `your user may not run "${program}"`, cure };
    }
    throw error;
  }
}
