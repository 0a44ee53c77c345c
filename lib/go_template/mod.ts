/** Templates of Go's text/template: parsed, without running them. */

export type * from "./ast.ts";
export { TemplateError } from "./lex.ts";
export { parseTemplate } from "./parse.ts";
export { walkPipelines } from "./walk.ts";
