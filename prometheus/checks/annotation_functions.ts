/** What a template of an alert may call. */

/** What a value in a template is: `label` is the text of one, `data` the whole that a template is given. */
export type TemplateType =
  | "data"
  | "labels"
  | "label"
  | "text"
  | "number"
  | "samples"
  | "sample"
  | "any";

/** A function of the templates. */
export interface TemplateFunction {
  /** How many arguments it takes. */
  readonly least: number;
  readonly most: number;
  readonly gives: TemplateType;
  /** Whether its last argument must be a number, or text that is one. */
  readonly wantsNumber?: boolean;
}

const f = (least: number, most: number, gives: TemplateType, wantsNumber = false): TemplateFunction => ({
  least,
  most,
  gives,
  wantsNumber,
});
const MANY = Infinity;

/**
 * Every function, by name.
 *
 * Source: `template/template.go` of Prometheus 3.5, and `funcs.go` of Go's text/template.
 */
export const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map(Object.entries({
  query: f(1, 1, "samples"),
  first: f(1, 1, "sample"),
  label: f(2, 2, "text"),
  value: f(1, 1, "number"),
  strvalue: f(1, 1, "text"),
  sortByLabel: f(2, 2, "samples"),
  args: f(0, MANY, "any"),
  reReplaceAll: f(3, 3, "text"),
  match: f(2, 2, "any"),
  title: f(1, 1, "text"),
  toUpper: f(1, 1, "text"),
  toLower: f(1, 1, "text"),
  safeHtml: f(1, 1, "text"),
  graphLink: f(1, 1, "text"),
  tableLink: f(1, 1, "text"),
  stripPort: f(1, 1, "text"),
  stripDomain: f(1, 1, "text"),
  pathPrefix: f(0, 0, "text"),
  externalURL: f(0, 0, "text"),
  parseDuration: f(1, 1, "number"),
  humanize: f(1, 1, "text", true),
  humanize1024: f(1, 1, "text", true),
  humanizeDuration: f(1, 1, "text", true),
  humanizePercentage: f(1, 1, "text", true),
  humanizeTimestamp: f(1, 1, "text", true),
  toTime: f(1, 1, "any", true),
  and: f(1, MANY, "any"),
  or: f(1, MANY, "any"),
  not: f(1, 1, "any"),
  len: f(1, 1, "number"),
  index: f(1, MANY, "any"),
  slice: f(1, 4, "any"),
  print: f(0, MANY, "text"),
  printf: f(1, MANY, "text"),
  println: f(0, MANY, "text"),
  html: f(1, MANY, "text"),
  js: f(1, MANY, "text"),
  urlquery: f(1, MANY, "text"),
  call: f(1, MANY, "any"),
  eq: f(2, MANY, "any"),
  ne: f(2, 2, "any"),
  lt: f(2, 2, "any"),
  le: f(2, 2, "any"),
  gt: f(2, 2, "any"),
  ge: f(2, 2, "any"),
}));

/** Labels whose values are numbers. */
export const NUMERIC_LABELS: ReadonlySet<string> = new Set([
  "le",
  "quantile",
  "code",
  "cpu",
  "status",
  "port",
]);
