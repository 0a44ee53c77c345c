/** Reading webhook.json. */

import type * as z from "zod";
import { type WebhookConfig, webhookSchema } from "./schema.ts";

/** A webhook.json that cannot be used; the message names the file and everything that is wrong with it. */
export class BadConfig extends Error {
  override readonly name = "BadConfig";
}

/** The configuration without a file: the console. */
export function defaultConfig(): WebhookConfig {
  return webhookSchema.parse({});
}

/**
 * The configuration in the file at `path`.
 *
 * @throws {BadConfig} when it cannot be read, is not JSON, or does not fit the schema.
 */
export async function readConfig(path: string): Promise<WebhookConfig> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw new BadConfig(`Cannot read "${path}": ${why(error)}`, { cause: error });
  }
  return parseConfig(text, path);
}

/** As `readConfig`, from the text. @param path Where it is from, for messages. */
export function parseConfig(text: string, path: string): WebhookConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BadConfig(`Cannot use "${path}": it is not JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const parsed = webhookSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `  ${at(issue.path)}${explain(issue)}`);
  throw new BadConfig([`Cannot use "${path}":`, ...issues].join("\n"));
}

function explain(issue: z.core.$ZodIssue): string {
  if (issue.code !== "unrecognized_keys") return issue.message;
  return `unknown ${issue.keys.length > 1 ? "keys" : "key"} ${
    issue.keys.map((key) => `"${key}"`).join(", ")
  }`;
}

/** `channels[0].name: `; nothing for the top. */
function at(path: readonly PropertyKey[]): string {
  const text = path.map((key) => typeof key === "number" ? `[${key}]` : `.${String(key)}`).join("");
  return text === "" ? "" : `${text.replace(/^\./, "")}: `;
}

function why(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
    return "it may not be read";
  }
  return (error as Error).message;
}
