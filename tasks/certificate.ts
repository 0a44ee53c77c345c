/** Taking over the operator's certificate: judged first, and then put where the entry reads it. */

import { join } from "node:path";
import { certificateFaults } from "../entry/mod.ts";
import { readIfThere, writeAtomically } from "../lib/files.ts";
import { EXIT, Failure } from "./cli.ts";
import { pathText } from "./config_issue.ts";
import { entryNeedsOf } from "./entry_needs.ts";
import type { SecretNeed } from "./secret_needs.ts";
import { cureOf, secretValue } from "./secret_value.ts";
import { writeSecret } from "./secrets.ts";
import { entryName, publicUrlsOf, type Stack, type Target } from "./stack.ts";

/** Names and addresses that the entry's certificate has to be for. */
export function namesOfEntry(stack: Stack): string[] {
  // With a host name for each service, it has to be for each.
  const hosts = Object.values(publicUrlsOf(stack)).filter((url) => url.startsWith("https:"))
    .map((url) => new URL(url).hostname.replace(/^\[|\]$/g, ""));
  return [...new Set([entryName(stack), ...hosts, ...stack.entry.aliases])];
}

/**
 * Copies the certificate and key of `tls.mode` "files" to where the entry reads them, when they changed: whole, and with the owners and
 * modes that the copies had. A certificate that the entry could not serve replaces nothing.
 *
 * @param stack Its `tls.mode` is "files", and it was brought up.
 * @returns whether they changed.
 * @throws {Failure} naming everything that is wrong with them; the copies are as they were.
 */
export async function takeCertificate(stack: Stack, target: Target, signal?: AbortSignal): Promise<boolean> {
  const needs = entryNeedsOf(stack);
  const directory = join(target.stateDir, "secrets", "entry");
  const before = await Promise.all(needs.map(({ file }) => readIfThere(join(directory, file))));
  const read = await Promise.all(needs.map((need, i) => textOf(need, before[i], target, signal)));
  const faults = read.flatMap((each) => "text" in each ? [] : [each]);
  if (faults.length === 0) {
    const [certificate, key] = read.map((each) => "text" in each ? each.text : "") as [string, string];
    const wrong = await certificateFaults(certificate, key, namesOfEntry(stack), Date.now());
    faults.push(
      ...wrong.map(({ of, message, cure }) => ({ where: `tls.${of}`, why: `it ${message}`, cure })),
    );
  }
  if (faults.length > 0) {
    throw new Failure(
      `Cannot take the entry's certificate over, and it goes on with the one that it has:\n${
        faults.map(({ where, why }) => `  ${where}: ${why}`).join("\n")
      }`,
      EXIT.wrong,
      [...new Set(faults.map(({ cure }) => cure))].join("; "),
    );
  }
  let changed = false;
  for (const [i, { file }] of needs.entries()) {
    const { text } = read[i] as { readonly text: string };
    if (text === before[i]) continue;
    await replace(join(directory, file), text, target);
    changed = true;
  }
  return changed;
}

type Read = { readonly text: string } | {
  readonly where: string;
  readonly why: string;
  readonly cure: string;
};

async function textOf(
  { from, wanted, config = [] }: SecretNeed,
  before: string | undefined,
  target: Target,
  signal: AbortSignal | undefined,
): Promise<Read> {
  if ("made" in from) throw new TypeError("A certificate of the operator's is not made");
  const value = await secretValue(from, { ...target, signal });
  const where = pathText(config);
  if ("text" in value) {
    const expected = wanted?.(value.text);
    return expected === undefined
      ? value
      : { where, why: `it is not what it should be: expected ${expected}`, cure: cureOf(from, target) };
  }
  // Who renews has another environment than who ran `up`: the key was taken from that then.
  if ("env" in from && value.missing && before !== undefined) return { text: before };
  return { where, why: value.reason, cure: value.cure };
}

/** The service's user reads the new file as it did the old one, from its first moment on. */
async function replace(path: string, text: string, target: Target): Promise<void> {
  const old = await Deno.stat(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  if (!old || Deno.uid() !== 0) return await writeSecret(path, text, target);
  await writeAtomically(path, text, old.mode! & 0o777, old);
}
