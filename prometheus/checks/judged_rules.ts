/** What the real promtool says of the rule files: asked once for all checks, in one process while nothing is wrong. */

import { basename, join } from "node:path";
import type { CheckContext } from "../../lib/check.ts";
import type { Complaint } from "../../lib/checker_output.ts";
import { matchingFiles } from "../../lib/glob.ts";
import { promtool } from "./promtool.ts";

/** What promtool says of rules. */
export interface Judgement {
  readonly complaints: readonly Complaint[];
  /** Whether a file holds no rule, which promtool takes. */
  readonly isEmpty: boolean;
}

/** A rule file, and what promtool says of it. */
export interface JudgedFile extends Judgement {
  /** Path relative to the build directory. */
  readonly file: string;
  readonly text: string;
}

const CLEAN: Judgement = { complaints: [], isEmpty: false };
/** How many processes run side by side. */
const AT_ONCE = 8;

const judged = new WeakMap<CheckContext, Promise<readonly JudgedFile[]>>();

/**
 * Every rule file with what promtool says of it.
 *
 * @throws {Skipped} when promtool cannot be had.
 */
export function judgedRules(context: CheckContext): Promise<readonly JudgedFile[]> {
  const known = judged.get(context) ?? judge(context);
  judged.set(context, known);
  return known;
}

async function judge(context: CheckContext): Promise<readonly JudgedFile[]> {
  const paths = await matchingFiles(join(context.buildDir, "prometheus"), "rules/*.yml");
  if (paths.length === 0) return []; // prometheus/rule-files says so.
  const short = paths.map((path) => path.slice(join(context.buildDir, "prometheus").length + 1));
  const all = await lint(context, short);
  const isDoubtful = doubtfulIn(all);
  const judgements: JudgedFile[] = [];
  for (let i = 0; i < short.length; i += AT_ONCE) {
    // Each by itself: what promtool says of several files at once does not always name the file.
    judgements.push(
      ...await Promise.all(
        short.slice(i, i + AT_ONCE).map(async (name, j): Promise<JudgedFile> => ({
          file: `prometheus/${name}`,
          text: await Deno.readTextFile(paths[i + j]!),
          ...isDoubtful(name) ? await lint(context, [name]) : CLEAN,
        })),
      ),
    );
  }
  return judgements;
}

/** Which files have to be asked for again, after what was said of all of them together. */
function doubtfulIn({ complaints, isEmpty }: Judgement): (name: string) => boolean {
  if (complaints.length === 0 && !isEmpty) return () => false;
  const named = new Set(complaints.map(({ file }) => file));
  const isNamed = !isEmpty &&
    complaints.every(({ file, message }) => file !== "" && !message.startsWith("Duplicate"));
  return (name) => !isNamed || named.has(basename(name));
}

async function lint(
  context: CheckContext,
  files: readonly string[],
): Promise<Judgement> {
  const { stdout, complaints } = await promtool(context, ["check", "rules", "--lint=all", ...files]);
  return { complaints, isEmpty: /SUCCESS: 0 rules found/.test(stdout) };
}

/** The rule whose expression promtool refuses, as `group name`; undefined for another complaint. */
export function refusedRule({ message }: Complaint): string | undefined {
  const match = /^Group "(.*)", rule \d+, "(.*?)": could not parse expression: /s.exec(message);
  return match ? `${match[1]} ${match[2]}` : undefined;
}
