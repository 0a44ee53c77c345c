/** Parts of YAML files of which nothing can be taken for granted: what is not as it should be, other checks say. */

import { durationMs } from "../../lib/units.ts";
import { fromYaml } from "../../lib/yaml.ts";

/** A mapping of YAML of which nothing is known. */
export type Loose = Readonly<Record<string, unknown>>;

/** `text` as a mapping; undefined when it is not YAML, which other checks say. */
export function yamlOf(text: string): Loose | undefined {
  try {
    return recordOf(fromYaml(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** `value` if it is a mapping; an empty one otherwise. */
export function recordOf(value: unknown): Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Loose : {};
}

/** The entries of a list, what is no mapping as an empty one: places are found by index. */
export function listOf(value: unknown): Loose[] {
  return Array.isArray(value) ? value.map(recordOf) : [];
}

/** The texts of a mapping; what is no text in YAML, such as a number, as one. */
export function textsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(recordOf(value)).filter(([, text]) => text !== null && typeof text !== "object").map((
      [key, text],
    ) => [key, String(text)]),
  );
}

/** The milliseconds of a duration; undefined when it is none. */
export function milliseconds(value: unknown): number | undefined {
  if (typeof value !== "string" && value !== 0) return undefined;
  try {
    return durationMs(String(value));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
