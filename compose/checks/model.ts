/** compose.yaml as its checks see it: what is written, and where. */

import { type CheckContext, type Problem, type Severity, Skipped } from "../../lib/check.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { type YamlPath, yamlPlaces } from "../../lib/yaml_places.ts";

/** The generated file. */
export const FILE = "compose.yaml";

/** One service; any key may hold anything, as the file may have been changed by hand. */
export type Service = Readonly<Record<string, unknown>>;

/** compose.yaml. */
export interface ComposeFile {
  readonly services: readonly (readonly [name: string, service: Service])[];
  readonly networks: Readonly<Record<string, unknown>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** What is wrong at a place of compose.yaml. */
export interface Fault {
  readonly severity?: Severity;
  /** The service; undefined for the file as a whole. */
  readonly service?: string;
  readonly path: YamlPath;
  readonly message: string;
  readonly cure: string;
}

/**
 * Runs a check of what compose.yaml says.
 *
 * @param find Lists what is wrong; an error when it does not say how bad it is.
 * @throws {Skipped} when there is no such file.
 */
export function problemsIn(
  check: string,
  { files }: Pick<CheckContext, "files">,
  find: (file: ComposeFile) => readonly Fault[],
): readonly Problem[] {
  const text = files.get(FILE);
  if (text === undefined) throw new Skipped(`nothing is generated as ${FILE}`);
  const file = parsed(text);
  const faults = file ? find(file) : [];
  if (faults.length === 0) return [];
  const places = yamlPlaces(text);
  return faults.map(({ severity = "error", service, path, message, cure }) => ({
    check,
    severity,
    file: FILE,
    ...places.placeOf(path),
    subject: service,
    message,
    cure,
  }));
}

/** A list in the file; empty when it is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A map in the file; empty when it is none. */
export function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, unknown>
    : {};
}

function parsed(text: string): ComposeFile | undefined {
  try {
    const root = mapOf(fromYaml(text));
    return {
      services: Object.entries(mapOf(root.services)).map(([name, service]) => [name, mapOf(service)]),
      networks: mapOf(root.networks),
      volumes: mapOf(root.volumes),
    };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // compose/config says it.
    throw error;
  }
}
