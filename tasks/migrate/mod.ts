/** Bringing a config.ts of an older schema to the one that this Vigie knows. */

import { SCHEMA_VERSION } from "../schema_version.ts";
import { bare, type Edit, edited, type Node, parseModule, propertiesOf, stackObject } from "./edit.ts";
import { secretFiles } from "./secret_files.ts";

/** A step from one schema to the next. */
export interface Migration {
  /** The schema that it leads to. */
  readonly to: number;
  /** What changes, a few words. */
  readonly title: string;
  /** The changes of a module. */
  edits(program: Node, source: string): Edit[];
}

/** Every step, the oldest first. */
export const MIGRATIONS: readonly Migration[] = [
  {
    to: 2,
    title: 'secrets in files: `urlFile: "path"` is now `url: secretFile("path")`',
    edits: secretFiles,
  },
];

/** A migrated text. */
export interface Migrated {
  readonly text: string;
  /** The schema that it had. */
  readonly from: number;
  /** The steps that were made, with whether each found something to change. */
  readonly steps: readonly { readonly title: string; readonly changed: boolean }[];
}

/**
 * The text of a config.ts, brought to the newest schema. What no step is about stays as it is, comments and spaces too.
 *
 * @throws {SyntaxError} when it is no TypeScript. @throws {RangeError} when its schema is not one that could be brought further.
 */
export function migrate(source: string): Migrated {
  const from = schemaOf(source);
  let text = source;
  const steps = MIGRATIONS.filter(({ to }) => to > from).map(({ title, edits }) => {
    const changes = edits(parseModule(text), text);
    text = edited(text, changes);
    return { title, changed: changes.length > 0 };
  });
  return { text: steps.length === 0 ? source : withSchema(text), from, steps };
}

function schemaOf(source: string): number {
  const object = stackObject(parseModule(source));
  if (!object) {
    throw new RangeError(
      "Cannot find the object that is given to defineStack: it is not written in this file",
    );
  }
  const property = propertiesOf(object).get("schema");
  if (!property) return 1;
  const value = bare(property.value);
  if (value.type !== "NumericLiteral") {
    throw new RangeError(
      "Cannot tell the schema of this configuration: expected a number, such as `schema: 1`",
    );
  }
  if (value.value > SCHEMA_VERSION) {
    throw new RangeError(
      `Cannot migrate a configuration of schema ${value.value}: this Vigie knows up to ${SCHEMA_VERSION}`,
    );
  }
  return value.value;
}

function withSchema(source: string): string {
  const object = stackObject(parseModule(source))!;
  const written = propertiesOf(object).get("schema");
  if (written) {
    const { start, end } = written.value as Node;
    return edited(source, [{ start, end, text: String(SCHEMA_VERSION) }]);
  }
  const first = (object.properties as Node[])[0];
  const at = object.start + 1;
  const newline = source.includes("\r\n") ? "\r\n" : "\n";
  const between = source.slice(at, first?.start ?? at);
  // On a line of its own where the other keys are, indented as the first one is.
  const indent = /\n([ \t]*)\S?[^\n]*$/.exec(between.replace(/\/\*[^]*?\*\/|\/\/[^\n]*/g, ""))?.[1];
  const text = first === undefined
    ? ` schema: ${SCHEMA_VERSION} `
    : indent === undefined
    ? ` schema: ${SCHEMA_VERSION},`
    : `${newline}${indent}schema: ${SCHEMA_VERSION},`;
  return edited(source, [{ start: at, end: at, text }]);
}
