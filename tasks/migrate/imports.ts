/** Having a function of "vigie" at hand in a configuration. */

import { type Edit, type Node, nodesOf } from "./edit.ts";

/**
 * What `name` of "vigie" is called in the module, and what has to be put into it for that.
 *
 * @param program The module's syntax tree.
 */
export function importedName(
  program: Node,
  name: string,
): { readonly call: string; readonly edits: readonly Edit[] } {
  const imports = (program.body as Node[]).filter(({ type, source, importKind }) =>
    type === "ImportDeclaration" && source.value === "vigie" && importKind !== "type"
  );
  const specifiers = imports.flatMap((declaration) => declaration.specifiers as Node[]);
  const present = specifiers.find(({ type, imported }) =>
    type === "ImportSpecifier" && (imported.name ?? imported.value) === name
  );
  if (present) return { call: present.local.name, edits: [] };
  const whole = specifiers.find(({ type }) => type === "ImportNamespaceSpecifier");
  if (whole) return { call: `${whole.local.name}.${name}`, edits: [] };
  const call = isTaken(program, name) ? `${name}OfVigie` : name;
  const written = call === name ? name : `${name} as ${call}`;
  const last = specifiers.filter(({ type }) => type === "ImportSpecifier").at(-1);
  const edit = last
    ? { start: last.end, end: last.end, text: `, ${written}` }
    : { start: program.start, end: program.start, text: `import { ${written} } from "vigie";\n` };
  return { call, edits: [edit] };
}

/** Whether something else in the module has the name already: a variable, a function, a parameter. */
function isTaken(program: Node, name: string): boolean {
  const keys = new Set<Node>();
  for (const node of nodesOf(program)) {
    // The key of a property is no name of its own.
    if (node.type === "ObjectProperty" && !node.computed && !node.shorthand) keys.add(node.key);
    if (node.type === "MemberExpression" && !node.computed) keys.add(node.property);
  }
  return [...nodesOf(program)].some((node) =>
    node.type === "Identifier" && node.name === name && !keys.has(node)
  );
}
