/** PromQL: an expression as a tree, what is wrong with it, and what can be known of it without running it. */

export { type Parsed, parsePromql, type PromqlError } from "./parse.ts";
export { childrenOf, mapSelectors, metricOf, selectorsOf, unwrap, walk } from "./walk.ts";
export { narrow } from "./narrow.ts";
export { printMatcher, printNumber, printPromql } from "./print.ts";
export { typeOf } from "./type_check.ts";
export type { ValueType } from "./functions.ts";
export { canHave, eitherOf, fitsEmpty, type LabelSchema, type LabelSet, labelsOf } from "./labels.ts";
export { either, type RangeOfSelector, type ValueRange, valueRange } from "./value_range.ts";
export { pinsOf } from "./pins.ts";
export { compileRegex } from "./regex.ts";
export { COMPARISONS, SET_OPERATORS } from "./functions.ts";
export type * from "./ast.ts";
