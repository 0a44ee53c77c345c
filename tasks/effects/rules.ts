/** What becomes of alerts and recordings. */

import type { Files } from "../../lib/files.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { compareNamed, type Effect, type FieldChange, fieldChanges, named } from "./effect.ts";

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What becomes of the rules of `prometheus/rules/`. */
export function ruleEffects(before: Files, after: Files): Effect[] {
  const [was, is] = [rulesOf(before), rulesOf(after)];
  const alerts = (rules: readonly Rule[]) =>
    named(
      rules.filter(({ alert }) => alert !== undefined),
      ({ alert, labels }) => labels?.severity === undefined ? alert! : `${alert} (${labels.severity})`,
    );
  const recordings = (rules: readonly Rule[]) =>
    named(rules.filter(({ record }) => record !== undefined), ({ record }) => record!);
  const worth = ({ expr, for: wait }: Rule) => ({ expression: expr, for: wait });
  return [
    ...compareNamed("alert", alerts(was), alerts(is), alertFields, worth),
    ...compareNamed("recording", recordings(was), recordings(is), alertFields, worth),
  ];
}

function rulesOf(files: Files): Rule[] {
  return [...files].filter(([path]) => /^prometheus\/rules\/[^/]+\.ya?ml$/.test(path)).flatMap(([, text]) =>
    ((fromYaml(text) as { groups?: { rules?: Rule[] }[] } | null)?.groups ?? []).flatMap(({ rules = [] }) =>
      rules
    )
  );
}

function alertFields(before: Rule, after: Rule): FieldChange[] {
  const lines = [
    ...expressionFields(before.expr, after.expr),
    ...fieldChanges(before.for ?? "0s", after.for ?? "0s", "for"),
  ];
  const { annotations: said = {} } = before;
  const { annotations: says = {} } = after;
  // That a text names the new threshold or the new time goes without saying.
  const texts = fieldChanges(said, says).filter(({ before, after }) =>
    lines.length === 0 || numberless(before) !== numberless(after)
  );
  return [...lines, ...fieldChanges(before.labels ?? {}, after.labels ?? {}, "label"), ...texts];
}

/** The numbers in which two expressions differ, when they differ in nothing else. */
function expressionFields(before: string, after: string): FieldChange[] {
  if (before === after) return [];
  const [was, is] = [tokensOf(before), tokensOf(after)];
  const differing = was.flatMap((token, i) => token === is[i] ? [] : [[token, is[i]!] as const]);
  const numbers = was.length === is.length &&
    differing.every((pair) => pair.every((token) => NUMBER.test(token)));
  if (!numbers || differing.length === 0) {
    return was.join(" ") === is.join(" ") ? [] : [{ field: "expression", before, after }];
  }
  return differing.map(([left, right]) => ({
    field: "threshold",
    before: Number(left),
    after: Number(right),
  }));
}

const NUMBER = /^\d+(\.\d+)?(e[+-]?\d+)?$/i;
// Text, ranges and names are whole: numbers in them are no thresholds.
const TOKEN =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\[[^\]]*\]|[a-zA-Z_:][\w:]*|\d[\w.]*(?:e[+-]?\d+)?|\S/gi;

function tokensOf(expression: string): string[] {
  return expression.match(TOKEN) ?? [];
}

function numberless(text: unknown): string {
  // Words of a time go with its number: "15 minutes", "1 hour".
  return String(text ?? "").replace(/\d+([.,]\d+)?(\s*\p{L}+)?/gu, "#");
}
