/** smoke/rules: every rule group was evaluated since Prometheus started, and is healthy. */

import { fromYaml } from "../../lib/yaml.ts";
import { formatElapsed } from "../../lib/units.ts";
import { failed, smokeCheck, type SmokeContext, type Step } from "./check.ts";
import { askPrometheus, Unanswered } from "./http.ts";
import { poll } from "./poll.ts";

const ID = "smoke/rules";

/** A rule group as Prometheus's API tells it. */
export interface RuleGroup {
  readonly name: string;
  readonly file: string;
  /** Seconds. */
  readonly interval: number;
  /** RFC 3339; year 1 before the first evaluation. */
  readonly lastEvaluation: string;
  /** Seconds. */
  readonly evaluationTime: number;
  readonly rules: readonly {
    readonly name: string;
    readonly type: "alerting" | "recording";
    readonly health: "ok" | "err" | "unknown";
    readonly lastError?: string;
  }[];
}

/** The rule groups that Prometheus has loaded. @throws {Unanswered} */
export async function ruleGroups(context: SmokeContext): Promise<readonly RuleGroup[]> {
  return (await askPrometheus<{ groups: RuleGroup[] }>(context, "/api/v1/rules")).groups;
}

/**
 * Proves that Prometheus has loaded every rule group and rule of the generated files, has evaluated each since it started, and
 * that no evaluation ended in an error. A group whose first evaluation is still to come is waited for.
 *
 * When it fails: a group or rule that is missing means that Prometheus runs an older configuration, which `deno task up`
 * replaces; an evaluation error is Prometheus's own message about the expression.
 */
export const rules = smokeCheck(ID, "Every rule group is evaluated and healthy", async function* (context) {
  const { intervals, marginMs, progress } = context;
  try {
    const { startTime } = await askPrometheus<{ startTime: string }>(context, "/api/v1/status/runtimeinfo");
    const evaluated = ({ lastEvaluation, rules }: RuleGroup) =>
      Date.parse(lastEvaluation) >= Date.parse(startTime) &&
      rules.every(({ health }) => health !== "unknown");
    const first = await ruleGroups(context);
    const intervalMs = Math.max(intervals.evaluationMs, ...first.map(({ interval }) => interval * 1_000));
    const { seen } = await poll(() => ruleGroups(context), (groups) => groups.every(evaluated), {
      ...context,
      deadlineMs: intervalMs + marginMs,
      waiting: () => progress.step("Waiting for the first evaluation of every rule"),
    });
    yield* missing(context, seen);
    for (const group of seen) yield* stepsOf(group, evaluated(group));
    if (seen.length === 0) {
      yield failed(
        ID,
        "rules",
        "Prometheus has loaded no rule at all, so that no alert can ever fire",
        "run `deno task up`, which makes Prometheus load the generated configuration",
        { file: "prometheus/prometheus.yml" },
      );
    }
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    yield failed(
      ID,
      "prometheus",
      `Cannot ask Prometheus for its rules: ${error.message}`,
      "run `deno task up`",
    );
  }
});

function* stepsOf(group: RuleGroup, evaluated: boolean): Iterable<Step> {
  const { name, interval, evaluationTime, lastEvaluation } = group;
  const elapsedMs = evaluationTime * 1_000;
  const broken = group.rules.filter(({ health }) => health === "err");
  for (const rule of broken) {
    yield failed(
      ID,
      `${name}: ${rule.name}`,
      `The rule "${rule.name}" of the group "${name}" cannot be evaluated: ${rule.lastError}`,
      "correct its expression; `deno task check` proves rules before they run",
      { elapsedMs },
    );
  }
  if (!evaluated) {
    yield failed(
      ID,
      name,
      `Prometheus has not evaluated the rule group "${name}" since it started (last: ${lastEvaluation})`,
      "read `deno task logs prometheus`: the machine may be overloaded",
      { elapsedMs },
    );
  } else if (evaluationTime > interval) {
    yield failed(
      ID,
      name,
      `The rule group "${name}" takes ${formatElapsed(elapsedMs)}, longer than its interval of ${interval} s`,
      "make its expressions cheaper, or evaluation.interval in config.ts longer",
      { elapsedMs },
    );
  } else if (broken.length === 0) {
    const { length } = group.rules;
    yield { name, outcome: "passed", elapsedMs, detail: `${length} ${length === 1 ? "rule" : "rules"}` };
  }
}

/** Groups and rules of the generated files that Prometheus does not have. */
function* missing({ files }: SmokeContext, loaded: readonly RuleGroup[]): Iterable<Step> {
  for (const [file, text] of files) {
    if (!/^prometheus\/rules\/[^/]+\.ya?ml$/.test(file)) continue;
    const { groups = [] } = (fromYaml(text) ?? {}) as {
      groups?: { name: string; rules?: { alert?: string; record?: string }[] }[];
    };
    for (const group of groups) {
      const have = loaded.filter(({ name }) => name === group.name).flatMap(({ rules }) => rules);
      const names = new Set(have.map(({ name }) => name));
      for (const rule of group.rules ?? []) {
        const name = rule.alert ?? rule.record ?? "";
        if (names.has(name)) continue;
        yield failed(
          ID,
          `${group.name}: ${name}`,
          `Prometheus does not have the rule "${name}" of the group "${group.name}"`,
          "run `deno task up`, which makes Prometheus load the generated rules",
          { file },
        );
      }
    }
  }
}
