/** What a template of Go's text/template is made of. Places are offsets in its text, the end excluded. */

/** Where something stands. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** One operand of a command; `fields` are the names behind it: `.a.b` of `$x.a.b`. */
export type Operand =
  | Span & { readonly kind: "field"; readonly fields: readonly Name[] }
  | Span & { readonly kind: "variable"; readonly name: string; readonly fields: readonly Name[] }
  | Span & { readonly kind: "function"; readonly name: string }
  | Span & { readonly kind: "string"; readonly value: string }
  | Span & { readonly kind: "number"; readonly value: number }
  | Span & { readonly kind: "constant"; readonly value: boolean | null }
  | Span & { readonly kind: "pipeline"; readonly pipeline: Pipeline; readonly fields: readonly Name[] };

/** A name in a chain of fields. */
export interface Name extends Span {
  readonly name: string;
}

/** A function with its arguments, or one value. */
export interface Command extends Span {
  readonly operands: readonly Operand[];
}

/** Commands, each given the result of the one before as its last argument. */
export interface Pipeline extends Span {
  /** Variables that it sets, without `$`. */
  readonly sets: readonly string[];
  /** Whether they are new: `:=`. */
  readonly declares: boolean;
  readonly commands: readonly Command[];
}

/** A part of a template. */
export type TemplateNode =
  | Span & { readonly kind: "text"; readonly value: string }
  | Span & { readonly kind: "action"; readonly pipeline: Pipeline }
  | Span & {
    readonly kind: "if" | "with" | "range";
    readonly pipeline: Pipeline;
    readonly body: readonly TemplateNode[];
    readonly otherwise: readonly TemplateNode[];
  }
  | Span & { readonly kind: "template"; readonly name: string; readonly pipeline?: Pipeline }
  | Span & {
    readonly kind: "define" | "block";
    readonly name: string;
    readonly pipeline?: Pipeline;
    readonly body: readonly TemplateNode[];
  }
  | Span & { readonly kind: "break" | "continue" };
