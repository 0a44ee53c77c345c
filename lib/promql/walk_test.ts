import assert from "node:assert/strict";
import { parsePromql } from "./parse.ts";
import { metricOf, selectorsOf, walk } from "./walk.ts";

const TEXT =
  'sum by (a) (rate(x[5m])) > on (a) (topk(scalar(y), {__name__="z"}) + max_over_time((-w)[1h:5m]))';

function treeOf(text: string) {
  const { expr } = parsePromql(text);
  assert.ok(expr);
  return expr;
}

Deno.test("selectorsOf finds every selector, in the order of the text, with its place", () => {
  const found = selectorsOf(treeOf(TEXT));
  assert.deepEqual(found.map(metricOf), ["x", "y", "z", "w"]);
  assert.deepEqual(found.map(({ from, to }) => TEXT.slice(from, to)), ["x", "y", '{__name__="z"}', "w"]);
});

Deno.test("walk visits a node before its parts and tells what is around it, the nearest first", () => {
  const visited: string[] = [];
  walk(treeOf(TEXT), (node, parents) => {
    visited.push([node, ...parents].map(({ kind }) => kind).join(" < "));
  });
  assert.equal(visited.length, 16);
  assert.equal(visited[0], "binary");
  assert.equal(visited[4], "vector < matrix < call < aggregation < binary");
  assert.equal(visited.at(-1), "vector < unary < parens < subquery < call < binary < parens < binary");
});
