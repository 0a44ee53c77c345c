/** Schema 2: a secret in a file is `url: secretFile("path")`, as every other source of a secret is written, and no longer `urlFile: "path"`. */

import { bare, type Edit, type Node, nodesOf, propertiesOf } from "./edit.ts";
import { importedName } from "./imports.ts";

const KEYS = ["url", "token", "password", "routingKey", "secret", "previousSecret", "bearer", "ca"];

/** The changes that bring a configuration of schema 1 to schema 2. */
export function secretFiles(program: Node, source: string): Edit[] {
  const found = [...holdersOf(program)].flatMap((object) => {
    const properties = propertiesOf(object);
    return KEYS.flatMap((key) => {
      const property = properties.get(`${key}File`);
      return property === undefined || properties.has(key) ? [] : [{ key, property }];
    });
  });
  if (found.length === 0) return [];
  const { call, edits } = importedName(program, "secretFile");
  return [
    ...edits,
    ...found.map(({ key, property }): Edit => ({
      start: property.start,
      end: property.end,
      text: `${key}: ${call}(${source.slice(property.value.start, property.value.end)})`,
    })),
  ];
}

/** Objects that tell where secrets lie: destinations, which have a kind, and the heartbeat. */
function* holdersOf(program: Node): Generator<Node> {
  for (const node of nodesOf(program)) {
    if (node.type === "ObjectExpression" && propertiesOf(node).has("kind")) yield node;
    if (
      node.type !== "ObjectProperty" || node.computed || (node.key.name ?? node.key.value) !== "heartbeat"
    ) continue;
    const value = bare(node.value);
    if (value.type === "ObjectExpression") yield value;
  }
}
