/** Whether the entry's own certificate is one that it can serve. */

import { certificateFaults } from "../entry/mod.ts";
import { namesOfEntry } from "./certificate.ts";
import { entryNeedsOf } from "./entry_needs.ts";
import type { MachineContext } from "./machine_check.ts";
import { secretValue } from "./secret_value.ts";
import type { ConfigIssue, Stack } from "./stack.ts";

/** What is wrong with the certificate and key of `tls.mode` "files", as far as they are there; a key that a program prints is not asked for. */
export async function certificateIssues(stack: Stack, context: MachineContext): Promise<ConfigIssue[]> {
  const { tls } = stack;
  if (tls.mode !== "files" || "command" in tls.key) return [];
  const needs = entryNeedsOf(stack);
  const texts = await Promise.all(needs.map(async ({ from, wanted }) => {
    const value = "made" in from ? undefined : await secretValue(from, context);
    return value && "text" in value && wanted?.(value.text) === undefined ? value.text : undefined;
  }));
  const [certificate, key] = texts;
  // That one is not there, or is something else, is told already.
  if (certificate === undefined || key === undefined) return [];
  return (await certificateFaults(certificate, key, namesOfEntry(stack), Date.now())).map((
    { of, message, cure },
  ) => ({
    path: ["tls", of],
    message: `Cannot use the entry's ${of}: it ${message}`,
    cure,
  }));
}
