/** What is wrong with the rules that config.ts brings besides the stack's own. */

import { type Issue, pathText } from "../../lib/issues.ts";
import { parsePromql, type PromqlError, typeOf, unwrap } from "../../lib/promql/mod.ts";
import type { OwnAlert, OwnRecording } from "../rule_schema.ts";
import { isAlert, type Rule } from "./rule.ts";
import type { Path } from "./settings.ts";

/** Everything wrong with `alerts` and `recordings`. @param shipped The stack's own rules. */
export function ownIssues(
  { alerts, recordings }: {
    readonly alerts: readonly OwnAlert[];
    readonly recordings: readonly OwnRecording[];
  },
  shipped: readonly Rule[],
): Issue[] {
  return [
    ...alerts.flatMap((alert, i) => [
      ...alertNameIssues(alert, i, alerts, shipped),
      ...labelIssues(alert, i),
      ...exprIssues(alert.expr, ["alerts", i, "expr"], "alert"),
    ]),
    ...recordings.flatMap((recording, i) => [
      ...recordNameIssues(recording, i, recordings, shipped),
      ...exprIssues(recording.expr, ["recordings", i, "expr"], "record"),
    ]),
  ];
}

function alertNameIssues(
  own: OwnAlert,
  i: number,
  all: readonly OwnAlert[],
  shipped: readonly Rule[],
): Issue[] {
  const path = ["alerts", i, "alert"];
  if (shipped.some((rule) => isAlert(rule) && rule.alert === own.alert)) {
    return [{
      path,
      message: `Cannot name an alert ${JSON.stringify(own.alert)}: the stack has one of that name`,
      cure: `change that one under rules: { ${own.alert}: { … } }, or give this one another name`,
    }];
  }
  const earlier = all.findIndex((other, j) =>
    j < i && other.alert === own.alert && identity(other) === identity(own)
  );
  if (earlier < 0) return [];
  return [{
    path,
    message: `Cannot name two alerts ${
      JSON.stringify(own.alert)
    }: alerts[${earlier}] has that name, the same severity and the same labels`,
  }];
}

/** What Prometheus tells two alerts apart by. */
function identity({ alert, severity, labels }: OwnAlert): string {
  return JSON.stringify([alert, severity, Object.entries(labels).sort()]);
}

function labelIssues({ labels }: OwnAlert, i: number): Issue[] {
  return ["alertname", "severity"].filter((label) => Object.hasOwn(labels, label)).map((label) => ({
    path: ["alerts", i, "labels", label],
    at: "key",
    message: `Cannot put the label ${JSON.stringify(label)} on an alert: its key ${
      label === "severity" ? "`severity`" : "`alert`"
    } gives it`,
  }));
}

function recordNameIssues(
  { record }: OwnRecording,
  i: number,
  all: readonly OwnRecording[],
  shipped: readonly Rule[],
): Issue[] {
  const earlier = all.slice(0, i).findIndex((other) => other.record === record);
  const isShipped = shipped.some((rule) => !isAlert(rule) && rule.record === record);
  if (earlier < 0 && !isShipped) return [];
  return [{
    path: ["recordings", i, "record"],
    message: `Cannot record ${JSON.stringify(record)}: ${
      isShipped ? "the stack has a rule that does" : `recordings[${earlier}] does`
    }`,
  }];
}

function exprIssues(text: string, path: Path, kind: "alert" | "record"): Issue[] {
  const { expr, errors } = parsePromql(text);
  const at = ({ message, from, to }: PromqlError): Issue => ({
    path,
    message: `Wrong PromQL in ${pathText(path)}: ${inside(message)}`,
    span: { text, from, to },
  });
  if (expr === undefined) return errors.map(at);
  const type = typeOf(unwrap(expr));
  const whole = { from: expr.from, to: expr.to };
  if (type === "string" || type === "range vector") {
    return [at({ ...whole, message: `it gives a ${type}, expected one number for each series` })];
  }
  if (type === "scalar" && kind === "alert") {
    return [at({ ...whole, message: "it gives a number, which is always there: the alert would never end" })];
  }
  return [];
}

/** A sentence behind a colon; names keep their capital. */
function inside(sentence: string): string {
  return !sentence.startsWith("Prometheus") ? sentence[0]!.toLowerCase() + sentence.slice(1) : sentence;
}
