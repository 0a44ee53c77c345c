/** The one door to the YAML library. */

import {
  CORE_SCHEMA,
  DEFAULT_SCALAR_STYLE_RULES,
  dump,
  loadAll,
  mergeTag,
  SCALAR_STYLE,
  type ScalarStyleRule,
  YAMLException,
} from "js-yaml";

const SCHEMA = CORE_SCHEMA.withTags(mergeTag);

/** What some readers lose or misread where the library would not quote: white space that several lines start with, and dots alone. */
const quoteFragile: ScalarStyleRule = (layout) => {
  const { style, node: { value } } = layout;
  const fragile = (/^\s/.test(value) && value.includes("\n")) || /^[-+]?\.[\d._]*$/.test(value);
  if (style === SCALAR_STYLE.PLAIN && fragile) layout.style = SCALAR_STYLE.DOUBLE_QUOTED;
};
const STYLE_RULES = [quoteFragile, ...Object.values(DEFAULT_SCALAR_STYLE_RULES)];

/**
 * `value` as YAML that readers of YAML 1.1 (Prometheus, Compose, Alertmanager) and of 1.2 read back unchanged: the library quotes what
 * either would take for something else than text, such as `on` and `22:22`.
 *
 * @param value Plain data. A key whose value is undefined is left out.
 * @param banner Comment lines to put on top, without `#`.
 */
export function toYaml(value: unknown, banner: readonly string[] = []): string {
  // Lines are not folded: a long expression stays on one line. What occurs twice is written twice, not referred to.
  const body = dump(value, { lineWidth: -1, noRefs: true, scalarStyleRules: STYLE_RULES });
  return banner.map((line) => `# ${line}`.trimEnd() + "\n").join("") + body;
}

/**
 * Parses one YAML document; null when there is none.
 *
 * @throws {SyntaxError} with line and column when it is not YAML.
 */
export function fromYaml(text: string): unknown {
  try {
    const documents = loadAll(text, { schema: SCHEMA });
    if (documents.length > 1) throw new SyntaxError(`Expected one YAML document, found ${documents.length}`);
    return documents[0] ?? null;
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const place = error.mark ? ` at line ${error.mark.line + 1}, column ${error.mark.column + 1}` : "";
    throw new SyntaxError(`${error.reason}${place}`, { cause: error });
  }
}
