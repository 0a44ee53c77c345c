/** What a backup says of itself: it is stored with it, and a restore goes by it. */

import * as z from "zod";
import { BackupFailure } from "./failure.ts";
import type { Part } from "./plan.ts";

/** The format that this program writes. */
export const FORMAT = 1;
/** Its file name, in the directory that is stored last. */
export const MANIFEST = "manifest.json";

const fileSum = z.object({ bytes: z.number(), sha256: z.string() });

const manifestSchema = z.object({
  format: z.literal(FORMAT),
  /** The stack that it is of. */
  stack: z.string(),
  engine: z.enum(["docker", "local"]),
  /** When it was begun, ISO 8601. */
  startedAt: z.string(),
  /** Version of each service. */
  versions: z.record(z.string(), z.string()),
  /** What is in it, each with the directory that it was stored from, its files by their paths in that, and what it has to show again. */
  parts: z.record(
    z.string(),
    z.object({
      directory: z.string(),
      bytes: z.number(),
      files: z.record(z.string(), fileSum),
      facts: z.record(z.string(), z.unknown()),
    }),
  ),
  /** Parts that it should have and has not, each with the reason. */
  missing: z.record(z.string(), z.string()),
  /** File name of the configuration. */
  config: z.string(),
});

/** What a backup says of itself. */
export type Manifest = z.output<typeof manifestSchema>;
/** Every part: services' data, and what a stack is made from. */
export type AnyPart = Part | "config" | "secrets";

/** A manifest as it was stored. @throws {BackupFailure} when it is none. */
export function parseManifest(text: string, snapshot: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const format = (value as { format?: unknown } | undefined)?.format;
  if (typeof format === "number" && format > FORMAT) {
    throw new BackupFailure(
      `Cannot use the backup ${snapshot}: a newer Vigie made it (format ${format}; known up to ${FORMAT})`,
      3,
      "restore it with that version of Vigie",
    );
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BackupFailure(
    `Cannot use the backup ${snapshot}: its manifest is not one: ${
      z.prettifyError(parsed.error).split("\n")[0]
    }`,
    1,
    "restore another one: `deno task restore --list`",
  );
}
