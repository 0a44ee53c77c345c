/** The one door to the YAML library. */

import { parse, stringify } from "yaml";

/**
 * `value` as YAML that YAML 1.1 readers (Prometheus, Compose, Alertmanager) read back unchanged.
 *
 * @param banner Comment lines to put on top, without `#`.
 */
export function toYaml(value: unknown, banner: readonly string[] = []): string {
  // yaml-1.1 makes it quote `on`, `yes` and `22:22`; lineWidth 0 keeps long expressions on one line.
  const body = stringify(value, {
    compat: "yaml-1.1",
    lineWidth: 0,
    aliasDuplicateObjects: false,
    blockQuote: "literal",
  });
  return banner.map((line) => `# ${line}`.trimEnd() + "\n").join("") + body;
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
