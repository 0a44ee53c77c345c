/** Alertmanager's matchers: `severity="critical"`. */

/** A label that an alert must or must not carry. */
export interface Matcher {
  readonly label: string;
  readonly operator: "=" | "!=" | "=~" | "!~";
  readonly value: string;
}

const MATCHER = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|[^\s"{},]*)\s*$/s;

/**
 * Reads one matcher, its value quoted or not. As Alertmanager does, an unknown escape such as `\.` is kept as it is.
 *
 * Source: `pkg/labels/parse.go` of Alertmanager 0.33.
 *
 * @throws {SyntaxError} when it is none.
 */
export function parseMatcher(text: string): Matcher {
  const match = MATCHER.exec(text);
  if (!match) {
    throw new SyntaxError(`Cannot read the matcher "${text}": expected one such as severity="critical"`);
  }
  const [, label, operator, raw] = match as unknown as [string, string, Matcher["operator"], string];
  return { label, operator, value: unescape(raw.startsWith('"') ? raw.slice(1, -1) : raw) };
}

/** Prints a matcher as Alertmanager does, so that what runs can be compared with it. */
export function printMatcher({ label, operator, value }: Matcher): string {
  const escaped = value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
  return `${label}${operator}"${escaped}"`;
}

/**
 * A function that tells whether labels fit all of `matchers`. A label that is not there counts as empty. Regular expressions are RE2's,
 * anchored at both ends, and take time in proportion to the text, whatever that is; their engine is loaded only when there is one.
 *
 * Source: `pkg/labels/matcher.go` of Alertmanager 0.34.
 *
 * @throws {SyntaxError} when a regular expression is none.
 */
export async function compileMatchers(
  matchers: readonly Matcher[],
): Promise<(labels: Readonly<Record<string, string>>) => boolean> {
  const tests = await Promise.all(matchers.map(async (matcher) => {
    const fits = await compileValue(matcher);
    return (labels: Readonly<Record<string, string>>) =>
      fits(Object.hasOwn(labels, matcher.label) ? labels[matcher.label]! : "");
  }));
  return (labels) => tests.every((test) => test(labels));
}

async function compileValue(matcher: Matcher): Promise<(value: string) => boolean> {
  const { operator, value: wanted } = matcher;
  if (operator === "=") return (value) => value === wanted;
  if (operator === "!=") return (value) => value !== wanted;
  const { RE2JS } = await import("re2js");
  try {
    const pattern = RE2JS.compile(`^(?:${wanted})$`);
    return operator === "=~" ? (value) => pattern.test(value) : (value) => !pattern.test(value);
  } catch (error) {
    throw new SyntaxError(
      `Cannot use the matcher ${printMatcher(matcher)}: its regular expression is not one of RE2: ${
        (error as Error).message
      }`,
      { cause: error },
    );
  }
}

function unescape(text: string): string {
  return text.replace(/\\([\\"n])/g, (_, character) => character === "n" ? "\n" : character);
}
