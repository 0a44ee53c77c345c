/** What a channel sends, kept in files that were looked at and found right. */

import { fail } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { ChannelKind } from "../channel.ts";
import { CASE_NAMES, caseMessage, type CaseName } from "./cases.ts";

const GOLDEN = new URL("../testdata/golden/", import.meta.url);

/**
 * Compares `out` with the file `NAME.json` in webhook/channels/testdata/golden; `UPDATE_GOLDEN=1` writes it anew. A body that is JSON
 * is kept as what it holds, so that a person can read it.
 *
 * @param name Such as `slack-fr-firing`.
 * @throws {AssertionError} when they differ, or when there is no such file.
 */
export async function golden(name: string, out: unknown): Promise<void> {
  const file = fileURLToPath(new URL(`${name}.json`, GOLDEN));
  const text = `${JSON.stringify(out, (key, value) => key === "body" ? readable(value) : value, 2)}\n`;
  if (Deno.env.get("UPDATE_GOLDEN")) await Deno.writeTextFile(file, text);
  const kept = await Deno.readTextFile(file).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  });
  if (text === kept) return;
  const [now, before] = [text.split("\n"), kept.split("\n")];
  const line = now.findIndex((each, i) => each !== before[i]);
  fail(
    `${name}.json is different: run again with UPDATE_GOLDEN=1, and look at what git says has changed\n` +
      `line ${line + 1} was ${before[line]?.slice(0, 500)}\nand is      ${now[line]?.slice(0, 500)}`,
  );
}

/** Their files are long, and say in French what they say in English. */
const ENGLISH_ONLY: readonly CaseName[] = ["long", "huge"];

/**
 * Tests that `kind` tells every case, in both languages, as its golden files have it.
 *
 * @param settings The kind's own, with whatever secrets: none may be in what it renders.
 * @param show What is kept of the requests; all of them by default.
 */
export function testGolden<Out>(
  // deno-lint-ignore no-explicit-any -- settings are the kind's own matter
  kind: ChannelKind<string, any, Out>,
  settings: Record<string, unknown>,
  show: (parts: readonly Out[]) => unknown = (parts) => parts,
): void {
  for (const locale of ["fr", "en"] as const) {
    Deno.test(`${kind.kind} tells every case in ${locale} as its golden files have it`, async () => {
      for (const name of CASE_NAMES) {
        if (locale === "fr" && ENGLISH_ONLY.includes(name)) continue;
        await golden(
          `${kind.kind}-${locale}-${name}`,
          show(kind.render(caseMessage(name, locale), settings)),
        );
      }
    });
  }
}

function readable(body: unknown): unknown {
  if (typeof body !== "string" || !/^[{[]/.test(body)) return body;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
