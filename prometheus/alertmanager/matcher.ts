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

function unescape(text: string): string {
  return text.replace(/\\([\\"n])/g, (_, character) => character === "n" ? "\n" : character);
}
