/** The webhook's face to the generator. */

// Before anything reads a configuration.
import "./templates/at_once.ts";
import { isDeepStrictEqual } from "node:util";
import type * as z from "zod";
import { BANNER, type Files } from "../lib/files.ts";
import { type Runbook, RUNBOOKS_FILE, runbooksText } from "./runbooks/read.ts";
import { webhookSchema } from "./schema.ts";

export { escapeHtml } from "./runbooks/page.ts";
export type { Runbook } from "./runbooks/read.ts";
export { oneLine, writeOut } from "./one_line.ts";

export { NotANotification } from "./payload.ts";
export { KINDS, previewOf, type PreviewOptions, sampleOf } from "./preview.ts";
export { serviceSchema, type WebhookService } from "./service_schema.ts";
export { type SignOnIssue, signOnIssues } from "./sign_on/config_issues.ts";
export { groupDn } from "./sign_on/directory_group.ts";
export { FIRST_USER, type SignOn, signOnConfigSchema } from "./sign_on/config_schema.ts";

/** What webhook.json is to say; what it does not name has its default. */
export type WebhookInput = Omit<z.input<typeof webhookSchema>, "$comment">;

/**
 * `webhook/webhook.json` that says `config`, as far as that differs from what goes without saying, and `webhook/runbooks.json`.
 *
 * @param runbooks What each alert means, HTML without scripts, in `language`; no file without.
 */
export function renderWebhook(
  config: WebhookInput,
  runbooks?: { readonly language: string; readonly pages: readonly Runbook[] },
): Files {
  // How it is told, not what it is: a reader of the file wants to see these.
  const { locale, channels, routes, watchdog, heartbeat, ...settings } = config;
  const told = { locale, ...withoutDefaults(settings), watchdog, heartbeat, channels, routes };
  const text = JSON.stringify({ $comment: BANNER, ...told }, null, 2) + "\n";
  const files = new Map([["webhook/webhook.json", text]]);
  if (runbooks) {
    files.set(`webhook/${RUNBOOKS_FILE}`, runbooksText(runbooks.language, runbooks.pages, BANNER));
  }
  return files;
}

function withoutDefaults(settings: object): object {
  const defaults = webhookSchema.parse({}) as Record<string, unknown>;
  const differing = (value: object, usual: Readonly<Record<string, unknown>>) =>
    Object.entries(value).filter(([key, each]) => !isDeepStrictEqual(each, usual[key]));
  return Object.fromEntries(
    differing(settings, defaults).map(([key, value]) => [
      key,
      typeof value === "object" && value !== null
        ? Object.fromEntries(differing(value, defaults[key] as Record<string, unknown> ?? {}))
        : value,
    ]),
  );
}
