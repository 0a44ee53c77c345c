/** What is wrong with the names in an expression: metrics that nothing exposes, labels that a metric does not carry. */

import { nearest } from "../../lib/nearest.ts";
import type { Expr, LabelMatcher, Span, VectorSelector } from "../../lib/promql/ast.ts";
import { metricOf, selectorsOf } from "../../lib/promql/mod.ts";
import { judgeLabels, labelsGiven } from "./judge_labels.ts";
import { fits } from "./matching.ts";
import { ANY_JOB, findMetric, type FoundMetric, seriesNames } from "./mod.ts";
import type { Scraped, ScrapedJob } from "./scraped.ts";

/** A name that leads nowhere. */
export interface Misnomer extends Span {
  readonly kind: "metric" | "label";
  /** The name itself, of a metric that the catalogue does not have. */
  readonly name?: string;
  /** Whether it certainly selects nothing; otherwise it is only suspicious. */
  readonly certain: boolean;
  /** One sentence, capital first, no full stop. */
  readonly message: string;
  /** One sentence. */
  readonly cure: string;
}

/** Whose series a selector may choose. */
export interface Origins {
  readonly jobs: readonly ScrapedJob[];
  /** What the catalogue has of them; empty when nothing is known. */
  readonly found: readonly FoundMetric[];
}

/** Where the series of a selector come from: programs, a recording rule whose labels are known, or nobody knows. */
export type Source = Origins | { readonly recorded: ReadonlySet<string> } | "any";

// Programs that expose nothing but what the catalogue has of them: no textfile, no plugin, no setting adds to it.
const CLOSED = /^(?:prometheus|alertmanager|blackbox_exporter|vigie|probe)_/;
// Longer than this a name is something else, not a misspelling.
const MISSPELT = 1 / 6;

/**
 * The names in `expr` that lead nowhere when `scraped` is all that there is.
 *
 * What only a job of the user's own could expose is not judged: nobody knows what that exposes.
 */
export function misnomersOf(expr: Expr, scraped: Scraped): Misnomer[] {
  return judge(expr, scraped).wrong;
}

/** Like `misnomersOf`, and the selectors that only a job of the user's own could serve: nothing is said of them. */
export function judge(expr: Expr, scraped: Scraped): { wrong: Misnomer[]; unjudged: VectorSelector[] } {
  const origins = new Map<VectorSelector, Source>();
  const judged = selectorsOf(expr).map((selector) => {
    const one = judgeSelector(selector, scraped);
    origins.set(selector, one.origins);
    return { selector, ...one };
  });
  return {
    wrong: [...judged.flatMap(({ wrong }) => wrong), ...judgeLabels(expr, origins)],
    unjudged: judged.flatMap(({ selector, isTheirs }) => isTheirs ? [selector] : []),
  };
}

function judgeSelector(
  selector: VectorSelector,
  scraped: Scraped,
): { wrong: Misnomer[]; origins: Source; isTheirs?: boolean } {
  const name = metricOf(selector);
  const byJob = selector.matchers.filter((matcher) => matcher.name === "job");
  const jobs = scraped.jobs.filter((job) => byJob.every((matcher) => fits(matcher, job.name)));
  if (name === "ALERTS" || name === "ALERTS_FOR_STATE") {
    return { wrong: unknownAlert(selector, scraped), origins: "any" };
  }
  if (name === undefined) return { wrong: namelessMisnomers(selector, byJob, jobs, scraped), origins: "any" };
  if (scraped.recordings.has(name)) return { wrong: [], origins: recordedSource(name, scraped) };
  if (jobs.length === 0 && byJob.length > 0) return { wrong: [unknownJob(byJob, scraped)], origins: "any" };
  const all = findMetric(name);
  const found = all.filter(({ job }) => job === ANY_JOB || jobs.some((each) => each.name === job));
  if (found.length > 0) return { wrong: [], origins: { jobs, found } };
  const mayBeTheirs = jobs.some(({ known }) => !known);
  const misnomer = unknownMetric(name, selector, all, scraped, jobs);
  const isJudged = !mayBeTheirs || (all.length === 0 && misnomer.near);
  return {
    wrong: isJudged ? [{ ...misnomer.wrong, certain: misnomer.wrong.certain && !mayBeTheirs }] : [],
    origins: "any",
    isTheirs: !isJudged,
  };
}

/** A selector without a metric's name: whether anything fits it. */
function namelessMisnomers(
  { from, to, matchers }: VectorSelector,
  byJob: readonly LabelMatcher[],
  jobs: readonly ScrapedJob[],
  scraped: Scraped,
): Misnomer[] {
  if (jobs.length === 0 && byJob.length > 0) return [unknownJob(byJob, scraped)];
  const byName = matchers.filter(({ name }) => name === "__name__");
  const isSomething = [...seriesNames(), ...scraped.recordings].some((name) =>
    byName.every((matcher) => fits(matcher, name))
  );
  if (isSomething || jobs.some(({ known }) => !known)) return [];
  return [{
    kind: "metric",
    from,
    to,
    certain: false,
    message: "Nothing that is scraped is known to expose a metric of such a name",
    cure: "Correct the name; `deno task check --online` asks what runs",
  }];
}

const recorded = new WeakMap<Scraped, Map<string, Source>>();

/** The labels that the rules of this name store, from their expressions. */
function recordedSource(name: string, scraped: Scraped): Source {
  const known = recorded.get(scraped) ?? new Map<string, Source>();
  recorded.set(scraped, known);
  const found = known.get(name);
  if (found !== undefined) return found;
  // Until it is known: a rule may select what it stores.
  known.set(name, "any");
  const sets = scraped.rulesOf(name).map(({ tree, labels }) => {
    if (tree === undefined) return undefined;
    const origins = new Map(
      selectorsOf(tree).map((selector) => [selector, judgeSelector(selector, scraped).origins]),
    );
    const given = labelsGiven(tree, origins);
    return given && [...given, ...labels];
  });
  const source: Source = sets.length > 0 && sets.every((set) => set !== undefined)
    ? { recorded: new Set(sets.flat()) }
    : "any";
  known.set(name, source);
  return source;
}

function unknownMetric(
  name: string,
  selector: VectorSelector,
  all: readonly FoundMetric[],
  scraped: Scraped,
  jobs: readonly ScrapedJob[],
): { wrong: Misnomer; near: boolean } {
  const at = {
    kind: "metric" as const,
    from: selector.from,
    to: selector.metric === undefined ? selector.to : selector.from + name.length,
  };
  if (all.length > 0) {
    const exposers = [...new Set(all.map(({ job }) => job))];
    const asked = exposers.filter((job) => scraped.jobs.some((each) => each.name === job));
    const message = asked.length > 0
      ? `${quoted(jobs.map((job) => job.name))} exposes no "${name}": ${quoted(asked)} does`
      : `Nothing that is scraped exposes "${name}": the job ${quoted(exposers)} would`;
    const cure = asked.length > 0
      ? `Select ${asked.map((job) => `job="${job}"`).join(" or ")}`
      : "Switch that service on under `services`, or select a metric of what is scraped";
    return { wrong: { ...at, certain: true, message, cure }, near: false };
  }
  const parts = findMetric(`${name}_bucket`)[0] ?? findMetric(`${name}_count`)[0];
  if (parts) {
    const suffixes = parts.part === "bucket" ? ["_bucket", "_sum", "_count"] : ["_sum", "_count"];
    return {
      wrong: {
        ...at,
        certain: true,
        message: `"${name}" is a ${parts.metric.type}: no series has that name`,
        cure: `Select one of its series: ${suffixes.map((suffix) => name + suffix).join(", ")}`,
      },
      near: true,
    };
  }
  const near = nearest(name, [...seriesNames(), ...scraped.recordings], MISSPELT);
  return {
    wrong: {
      ...at,
      name,
      certain: near !== undefined || CLOSED.test(name) || name.includes(":"),
      message: name.includes(":")
        ? `No rule records "${name}"`
        : `Nothing that is scraped is known to expose "${name}"`,
      cure: near
        ? `Did you mean "${near}"?`
        : "Correct the name; `deno task check --online` asks what runs, which knows textfiles and collectors that are off by default",
    },
    near: near !== undefined,
  };
}

function unknownJob(byJob: readonly LabelMatcher[], { jobs }: Scraped): Misnomer {
  const matcher = byJob[0]!;
  const near = nearest(matcher.value, jobs.map(({ name }) => name));
  return {
    kind: "label",
    from: matcher.from,
    to: matcher.to,
    certain: true,
    message: `No scrape job fits job${matcher.op}"${matcher.value}"`,
    cure: near ? `Did you mean "${near}"?` : `The jobs are ${quoted(jobs.map(({ name }) => name))}`,
  };
}

function unknownAlert({ matchers }: VectorSelector, { alerts }: Scraped): Misnomer[] {
  return matchers.filter((matcher) =>
    matcher.name === "alertname" && /^=~?$/.test(matcher.op) &&
    ![...alerts].some((alert) => fits(matcher, alert))
  ).map(({ from, to, op, value }) => {
    const near = nearest(value, [...alerts]);
    return {
      kind: "label",
      from,
      to,
      certain: true,
      message: `No alert fits alertname${op}"${value}"`,
      cure: near ? `Did you mean "${near}"?` : "Name an alert of the rules, or one of `alerts` in config.ts",
    };
  });
}

function quoted(names: readonly string[]): string {
  return [...names].sort().map((name) => `"${name}"`).join(", ");
}
