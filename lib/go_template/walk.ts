/** Looking at every part of a template. */

import type { Pipeline, TemplateNode } from "./ast.ts";

/** Every pipeline of `nodes` that stands for itself, in reading order; those in parentheses belong to theirs. */
export function* walkPipelines(
  nodes: readonly TemplateNode[],
): Generator<{ pipeline: Pipeline; node: TemplateNode }> {
  for (const node of nodes) {
    if ("pipeline" in node && node.pipeline) yield { pipeline: node.pipeline, node };
    if ("body" in node) yield* walkPipelines(node.body);
    if ("otherwise" in node) yield* walkPipelines(node.otherwise);
  }
}
