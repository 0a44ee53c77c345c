/** What is drawn of an alert: its expression without the comparison, and the number that it is compared with. */

/** A graph of an expression. */
export interface GraphOf {
  readonly query: string;
  readonly operator?: string;
  readonly threshold?: number;
}

const COMPARISON = /^(.*\S)\s*(>=|<=|==|!=|>|<)\s*(-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*$/s;
const LONGEST = 8_000;

/** The expression that Prometheus puts into the link of an alert; undefined where there is none. */
export function expressionIn(generatorUrl: string): string | undefined {
  const expression = URL.parse(generatorUrl)?.searchParams.get("g0.expr")?.trim();
  return expression && expression.length <= LONGEST ? expression : undefined;
}

/** Splits off a comparison with a number at the end. What binds weaker than it (`and`, `or`, `unless`) stays whole. */
export function graphOf(expression: string): GraphOf {
  const [, query, operator, number] = COMPARISON.exec(expression) ?? [];
  if (query === undefined || !isOneOperand(query)) return { query: expression };
  return { query, operator, threshold: Number(number) };
}

/** Whether a text is balanced, and has no set operator and no comparison outside of parentheses and quotes. */
function isOneOperand(text: string): boolean {
  let depth = 0;
  for (
    const [token] of text.matchAll(
      /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|[([{]|[)\]}]|\b(?:and|or|unless|bool)\b|[<>=!]=?|./gs,
    )
  ) {
    if (/^[([{]$/.test(token)) depth++;
    else if (/^[)\]}]$/.test(token)) depth--;
    else if (depth === 0 && /^(?:and|or|unless|bool|[<>=!]=?)$/.test(token)) return false;
    if (depth < 0) return false;
  }
  return depth === 0;
}
