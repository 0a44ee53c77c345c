/** What a PromQL expression is made of. Places are offsets in the text, counted from 0, the end excluded. */

/** Where an expression stands in its text. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** How a label is compared. */
export interface LabelMatcher extends Span {
  readonly name: string;
  readonly op: "=" | "!=" | "=~" | "!~";
  /** The value, unquoted. */
  readonly value: string;
}

/** `5`, `1e3`, `Inf`, and `5m`, which is 300. */
export interface NumberLiteral extends Span {
  readonly kind: "number";
  readonly value: number;
  /** Whether it is written as a duration: `value` is in seconds. */
  readonly isDuration?: boolean;
}

/** `"text"`. */
export interface StringLiteral extends Span {
  readonly kind: "string";
  readonly value: string;
}

/** `@ 1609746000` in milliseconds since 1970, `@ start()`, `@ end()`. */
export type AtModifier = number | "start" | "end";

/** `up{job="node"} offset 5m`: one value a series. */
export interface VectorSelector extends Span {
  readonly kind: "vector";
  /** The metric's name; undefined when only matchers choose. */
  readonly metric: string | undefined;
  /** Whether the name stands between the braces, `{"my.metric"}`. */
  readonly isQuoted?: boolean;
  /** All but the one of `__name__` that a plain name stands for. */
  readonly matchers: readonly LabelMatcher[];
  /** How long ago; less than 0 is later. */
  readonly offsetMs?: number;
  readonly at?: AtModifier;
}

/** `x[5m]`: many values a series. */
export interface MatrixSelector extends Span {
  readonly kind: "matrix";
  readonly selector: VectorSelector;
  readonly rangeMs: number;
}

/** `expr[1h:5m]`. */
export interface Subquery extends Span {
  readonly kind: "subquery";
  readonly expr: Expr;
  readonly rangeMs: number;
  /** The evaluation interval when left out. */
  readonly stepMs?: number;
  /** How long ago; less than 0 is later. */
  readonly offsetMs?: number;
  readonly at?: AtModifier;
}

/** `rate(x[5m])`. */
export interface FunctionCall extends Span {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Expr[];
}

/** `by (job)`, `without (instance)`. */
export interface Grouping extends Span {
  readonly mode: "by" | "without";
  readonly labels: readonly string[];
}

/** `sum by (job) (x)`, `topk(3, x)`. */
export interface Aggregation extends Span {
  readonly kind: "aggregation";
  /** `sum`, `topk` and so on, in lower case. */
  readonly op: string;
  /** How labels are chosen; undefined when neither is written: all are lost. */
  readonly grouping?: Grouping;
  /** The first of two arguments: the count of `topk`, the label of `count_values`. */
  readonly param?: Expr;
  readonly expr: Expr;
}

/** How the two sides of an operator find one another. */
export interface VectorMatching extends Span {
  readonly mode: "on" | "ignoring";
  readonly labels: readonly string[];
  /** `group_left` or `group_right`, and the labels that come along. */
  readonly group?: { readonly side: "left" | "right"; readonly include: readonly string[] };
}

/** `a / on (instance) b`, `x > bool 3`, `a and b`. */
export interface BinaryOperation extends Span {
  readonly kind: "binary";
  /** `+`, `>`, `and` and so on, in lower case. */
  readonly op: string;
  /** Where `op` stands. */
  readonly operator: Span;
  /** Whether a comparison gives 0 or 1 instead of filtering. */
  readonly bool: boolean;
  readonly matching?: VectorMatching;
  readonly left: Expr;
  readonly right: Expr;
}

/** `-x`. */
export interface UnaryOperation extends Span {
  readonly kind: "unary";
  readonly op: "+" | "-";
  readonly expr: Expr;
}

/** `(x)`. */
export interface Parenthesised extends Span {
  readonly kind: "parens";
  readonly expr: Expr;
}

/** An expression. */
export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | FunctionCall
  | Aggregation
  | BinaryOperation
  | UnaryOperation
  | Parenthesised;
