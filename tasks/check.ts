/** `deno task check`: everything that can be proved without running. */

import { entriesOf } from "./check/entries.ts";
import { githubText } from "./check/github.ts";
import { ALL_CHECKS, areaOf, chosenIds } from "./check/registry.ts";
import { sarifLog } from "./check/sarif.ts";
import { countsOf, formatList, formatVerdicts } from "./check/text.ts";
import { type Command, EXIT, type Flag, type Invocation, main, UsageError } from "./cli.ts";
import { pathText } from "./config_issue.ts";
import { ConfigProblem } from "./config_problem.ts";
import { type Checked, checkOffline } from "./offline.ts";
import { openOnline } from "./online.ts";
import { ENGINE_FLAG, openToJudge } from "./session.ts";
import { hasErrors } from "./verify.ts";

const FLAGS: Readonly<Record<string, Flag>> = {
  ...ENGINE_FLAG,
  only: {
    type: "string",
    value: "IDS",
    help: "only these checks or areas, separated by commas, such as promql,grafana/queries",
  },
  online: {
    type: "boolean",
    help: "asks the running stack too: drift, series it has, alerts that would have fired over the last day",
  },
  list: { type: "boolean", help: "names the checks and runs none" },
  verbose: { type: "boolean", help: "a line for each check and each suppressed problem" },
  format: { type: "string", value: "NAME", help: "text, sarif, or github: annotations of a workflow (text)" },
};

const FORMATS = ["text", "sarif", "github"] as const;
type Format = typeof FORMATS[number];

/** The command. */
export const check: Command = {
  name: "check",
  summary: "prove what can be proved without running: configuration, rules, routes, dashboards, Compose",
  flags: FLAGS,
  examples: [
    "check",
    "check --only promql --verbose",
    "check --online",
    "check --format sarif > vigie.sarif",
    "check --json",
  ],
  async run(invocation) {
    const { flags, print } = invocation;
    const format = formatOf(invocation);
    const ids = chosenIds(flags.only as string | undefined);
    if (!flags.online && !flags.list && [...ids].every((id) => areaOf(id) === "online")) {
      throw new UsageError(
        `Cannot run the check "${flags.only}" without "--online": it asks the running stack`,
      );
    }
    if (flags.list) {
      const checks = ALL_CHECKS.filter(({ id }) => ids.has(id)).map(({ id, severity, title }) => ({
        id,
        severity,
        title,
      }));
      print(formatList(checks));
      return { code: EXIT.done, json: { checks } };
    }
    const started = performance.now();
    const checked = await checkedOf(invocation, format, ids);
    const { verdicts, unset } = checked;
    const text = format === "text"
      ? await formatVerdicts(checked, { verbose: flags.verbose === true, ms: performance.now() - started })
      : await formatted(format, checked);
    if (text !== "") print(text);
    const failed = hasErrors(verdicts);
    return {
      code: failed ? EXIT.wrong : EXIT.done,
      json: {
        ok: !failed,
        summary: countsOf(verdicts),
        checks: verdicts,
        ...(unset.length > 0 && { unset }),
      },
    };
  },
};

/** Runs the checks. What keeps the configuration from being used is told in `format` as well, before it ends the command. */
async function checkedOf(
  invocation: Invocation,
  format: Format,
  ids: ReadonlySet<string>,
): Promise<Checked & { readonly unset: readonly string[] }> {
  try {
    using session = await openToJudge(invocation);
    const online = invocation.flags.online ? await openOnline(session, invocation) : undefined;
    const unset = session.unset.map(({ message, path, cure }) =>
      `${pathText(path)}: ${message} (cure: ${cure})`
    );
    for (const text of unset) invocation.progress.warn(text);
    return { ...await checkOffline(session, { ...invocation, ids, online }), unset };
  } catch (error) {
    if (error instanceof ConfigProblem && format !== "text") {
      const problems = error.findings.map(({ id, cure = "", file, ...rest }) => ({
        ...rest,
        check: id,
        cure,
        file: invocation.config.endsWith(file) ? invocation.config : file,
      }));
      const verdict = { id: "config", title: "The configuration can be used", problems, ms: 0 };
      invocation.print(await formatted(format, { verdicts: [verdict], buildDirOf: () => Deno.cwd() }));
    }
    throw error;
  }
}

function formatOf({ flags, json }: Invocation): Format {
  const { format = "text" } = flags;
  const found = FORMATS.find((name) => name === format);
  if (found === undefined) {
    throw new UsageError(`Cannot use the format "${format}": expected "text", "sarif" or "github"`);
  }
  if (json && found !== "text") {
    throw new UsageError(`Cannot use "--json" and "--format ${found}" together: each is the whole output`);
  }
  return found;
}

async function formatted(
  format: Exclude<Format, "text">,
  checked: Pick<Checked, "verdicts" | "buildDirOf">,
): Promise<string> {
  const entries = entriesOf(checked);
  // Where the checkout is, paths in annotations start.
  const root = Deno.cwd();
  if (format === "github") return githubText(entries, root);
  const docs = await Deno.readTextFile(new URL("../docs/checks.md", import.meta.url));
  const log = sarifLog(entries, checked.verdicts, { checks: ALL_CHECKS, docs, docsUrl: docsUrl(), root });
  return JSON.stringify(log, null, 2);
}

/** Where docs/checks.md can be read when a workflow of GitHub runs this. */
function docsUrl(): string | undefined {
  const [server, repository, revision] = ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA"].map((
    name,
  ) => Deno.env.get(name));
  return server && repository && revision
    ? `${server}/${repository}/blob/${revision}/docs/checks.md`
    : undefined;
}

if (import.meta.main) await main(check);
