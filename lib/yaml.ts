/** The one door to the YAML library. */

import { parse, Scalar, stringify } from "yaml";

/**
 * `value` as YAML that YAML 1.1 readers (Prometheus, Compose, Alertmanager) read back unchanged.
 *
 * @param banner Comment lines to put on top, without `#`.
 */
export function toYaml(value: unknown, banner: readonly string[] = []): string {
  // yaml-1.1 makes it quote `on`, `yes` and `22:22`; lineWidth 0 keeps long expressions on one line.
  const body = stringify(value, quoteFragile, {
    compat: "yaml-1.1",
    lineWidth: 0,
    aliasDuplicateObjects: false,
    blockQuote: "literal",
  });
  return banner.map((line) => `# ${line}`.trimEnd() + "\n").join("") + body;
}

/** The library loses the white space that several lines start with, and a byte order mark: quotes keep both. */
function quoteFragile(_key: unknown, value: unknown): unknown {
  if (typeof value !== "string") return value;
  const fragile = (/^\s/.test(value) && value.includes("\n")) || value.includes("\ufeff");
  return fragile ? Object.assign(new Scalar(value), { type: Scalar.QUOTE_DOUBLE }) : value;
}

/**
 * Parses one YAML document.
 *
 * @throws {SyntaxError} with line and column when it is not YAML.
 */
export function fromYaml(text: string): unknown {
  try {
    return parse(text, { merge: true });
  } catch (error) {
    throw new SyntaxError((error as Error).message, { cause: error });
  }
}
