/** The version of config.ts's schema: a number that grows when a key gets another name or another meaning. */

import * as z from "zod";

/** The one that this Vigie knows; `deno task migrate` brings an older config.ts to it. */
export const SCHEMA_VERSION = 2;

const WANTED = `expected a number from 1 to ${SCHEMA_VERSION}`;

/** The key `schema` of config.ts. */
export const schemaShape = {
  /** Version of this file's schema; `deno task migrate` raises it. 1 when left out. */
  schema: z.int(WANTED).min(1, WANTED).max(SCHEMA_VERSION, WANTED).optional().describe(
    "Version of this file's schema; `deno task migrate` raises it. 1 when left out.",
  ),
};

/** Why a configuration that is newer than this Vigie cannot be used: everything else wrong with it follows from that. */
export function newerSchema(input: unknown): string | undefined {
  const version = (input as { schema?: unknown } | null)?.schema;
  if (typeof version !== "number" || !(version > SCHEMA_VERSION)) return undefined;
  return `Cannot use a configuration of schema ${version}: this Vigie knows up to ${SCHEMA_VERSION}; ` +
    "use the Vigie that it was written for, or a newer one";
}
