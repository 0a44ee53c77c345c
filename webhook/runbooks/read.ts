/** The runbooks that the generator writes beside webhook.json: a page for each alert. */

import { dirname, join } from "node:path";
import * as z from "zod";
import { whyUnreadable } from "../../lib/system_error.ts";

/** The file's name. */
export const RUNBOOKS_FILE = "runbooks.json";

const runbookSchema = z.strictObject({
  /** The alert, and the last part of the page's path. */
  name: z.string().min(1),
  /** What it is about: the heading that it stands below in the list. */
  group: z.string(),
  /** The page's text: HTML without scripts, which the generator made. */
  html: z.string(),
});
const fileSchema = z.strictObject({
  $comment: z.string().optional(),
  /** Language of the texts. */
  language: z.string().regex(/^[a-z]{2}$/),
  runbooks: z.array(runbookSchema),
});

/** What one alert means and what to do about it. */
export type Runbook = z.output<typeof runbookSchema>;

/** Every runbook, in the order in which they are listed. */
export interface Runbooks {
  readonly language: string;
  readonly byName: ReadonlyMap<string, Runbook>;
  /** Why there are none, when a file is there. */
  readonly problem?: string;
}

/** No runbooks: the webhook was not started by Vigie. */
export const NO_RUNBOOKS: Runbooks = { language: "en", byName: new Map() };

/**
 * The runbooks beside the configuration. None when there is no such file; a file that cannot be used is no reason to tell nobody of alerts.
 *
 * @param configPath webhook.json.
 */
export async function readRunbooks(configPath: string | undefined): Promise<Runbooks> {
  if (configPath === undefined) return NO_RUNBOOKS;
  const path = join(dirname(configPath), RUNBOOKS_FILE);
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return NO_RUNBOOKS;
    return { ...NO_RUNBOOKS, problem: `Cannot read "${path}": ${whyUnreadable(error)}` };
  }
  try {
    const { language, runbooks } = fileSchema.parse(JSON.parse(text));
    return { language, byName: new Map(runbooks.map((runbook) => [runbook.name, runbook])) };
  } catch {
    return { ...NO_RUNBOOKS, problem: `Cannot use "${path}": it is not what Vigie writes there` };
  }
}

/** The content of the file. @param banner Where it comes from. */
export function runbooksText(language: string, runbooks: readonly Runbook[], banner: string): string {
  const file: z.input<typeof fileSchema> = { $comment: banner, language, runbooks: [...runbooks] };
  return JSON.stringify(file, null, 2) + "\n";
}
