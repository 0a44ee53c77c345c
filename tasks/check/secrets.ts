/** `config/secrets`: no secret stands in config.ts or in a generated file. */

import type { Check, Problem } from "../../lib/check.ts";
import { isSecretRef } from "../../lib/secret_ref.ts";
import { findSecrets, type FoundSecret, isSecretValue } from "../../lib/secrets.ts";
import { pathText } from "../config_issue.ts";
import type { StackContext } from "./context.ts";

/**
 * Neither a value of config.ts nor a generated file holds what looks like a secret. What is generated lies open in build/, and is shown by
 * Prometheus's and Alertmanager's own pages. The secret itself is never told.
 */
export const secretsCheck: Check<StackContext> = {
  id: "config/secrets",
  title: "No secret stands in config.ts or in a generated file",
  severity: "error",
  online: false,
  async run({ config, files }) {
    const seen = new Set<string>();
    const problems: Problem[] = [];
    const texts = [...textsIn(config)];
    const found = await findInAll(texts.map(({ value }) => value));
    for (const [i, { path, value }] of texts.entries()) {
      const key = String(path.findLast((part) => typeof part === "string") ?? "");
      for (const { from, to } of found[i]!) seen.add(value.slice(from, to));
      const kind = found[i]![0]?.kind ?? (isSecretValue(key, value) ? `the value of "${key}"` : undefined);
      if (kind === undefined) continue;
      seen.add(value);
      problems.push({
        check: this.id,
        severity: "error",
        file: "",
        config: path,
        subject: pathText(path),
        message: `${pathText(path)} holds what looks like a secret: ${kind}`,
        cure: 'Set it with `deno task secret set NAME`, and name it: secret("NAME")',
      });
    }
    for (const [file, text] of files) {
      for (const { from, to, kind } of await findSecrets(text)) {
        const secret = text.slice(from, to);
        // It came from config.ts, and was told there.
        if ([...seen].some((one) => one.includes(secret) || secret.includes(one))) continue;
        const before = text.slice(0, from).split("\n");
        problems.push({
          check: this.id,
          severity: "error",
          file,
          line: before.length,
          column: before.at(-1)!.length + 1,
          length: secret.split("\n", 1)[0]!.length,
          subject: file,
          message: `${file} holds what looks like a secret: ${kind}`,
          cure:
            "Secrets reach services as files of the state directory: take it out of config.ts, and change it, for it was readable",
        });
      }
    }
    return problems;
  },
};

/** The secrets in each of many texts, looked for at once: to begin takes longer than to look. */
async function findInAll(texts: readonly string[]): Promise<FoundSecret[][]> {
  const found: FoundSecret[][] = texts.map(() => []);
  const starts: number[] = [];
  let length = 0;
  for (const text of texts) {
    starts.push(length);
    length += text.length + 1;
  }
  let i = 0;
  for (const { from, to, kind } of await findSecrets(texts.join("\n"))) {
    while (i + 1 < starts.length && starts[i + 1]! <= from) i++;
    found[i]?.push({ from: from - starts[i]!, to: to - starts[i]!, kind });
  }
  return found;
}

/** Every text in the configuration, with its path. */
function* textsIn(
  value: unknown,
  path: readonly (string | number)[] = [],
): Generator<{ path: readonly (string | number)[]; value: string }> {
  if (typeof value === "string") yield { path, value };
  // Where a secret lies is none; what a program is given may be one.
  else if (isSecretRef(value)) {
    if ("command" in value) yield* textsIn(value.command, [...path, "command"]);
  } else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* textsIn(item, [...path, i]);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* textsIn(item, [...path, key]);
  }
}
