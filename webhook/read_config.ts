/** Reading webhook.json. */

import { parseWithIssues } from "../lib/issues.ts";
import { whyUnreadable } from "../lib/system_error.ts";
import { CHANNELS } from "./channels/mod.ts";
import { type WebhookConfig, webhookSchema } from "./schema.ts";
import { loadTemplating } from "./templates/on_demand.ts";

/** A webhook.json that cannot be used; the message names the file and everything that is wrong with it. */
export class BadConfig extends Error {
  override readonly name = "BadConfig";
}

// Errors are logged: what these keys say is not repeated.
const SECRETS: ReadonlySet<PropertyKey | undefined> = new Set([
  "url",
  ...CHANNELS.flatMap(({ secrets }) => secrets),
]);

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
    throw new BadConfig(`Cannot read "${path}": ${whyUnreadable(error)}`, { cause: error });
  }
  // An escape may be a letter of it.
  if (/"templates"|\\u/.test(text)) await loadTemplating();
  return parseConfig(text, path);
}

/** As `readConfig`, from the text; templates in it need what deals with them loaded. @param path Where it is from, for messages. */
export function parseConfig(text: string, path: string): WebhookConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // V8 quotes a piece of the text, which may be a secret.
    const said = (error as Error).message.replace(/, (?:\.\.\.)?"[^]*"(?:\.\.\.)? is not valid JSON$/, "");
    throw new BadConfig(`Cannot use "${path}": it is not JSON: ${said}`);
  }
  const parsed = parseWithIssues(webhookSchema, value, {
    whole: "the configuration",
    isSecret: (key) => SECRETS.has(key),
  });
  if ("data" in parsed) return parsed.data;
  const issues = parsed.issues.map(({ message }) => `  ${message}`);
  throw new BadConfig([`Cannot use "${path}":`, ...issues].join("\n"));
}
