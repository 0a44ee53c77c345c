/** Pieces of PromQL that several dashboards need. */

/** What stands in for series that a target does not have. */
export interface Substitute {
  /** Series that are there whenever the target is, such as `up{job="webhook"}`. */
  readonly present: string;
  /** Labels that tell targets apart; none when `expr` is one number for all. */
  readonly on?: readonly string[];
  /** Label and text that name the stand-in in the legend. */
  readonly label?: readonly [name: string, text: string];
}

/**
 * `expr`, and 0 for every target that has `present` but gives nothing for `expr`: an empty panel would say "broken" where
 * the truth is "none yet" or "this machine has no such thing".
 */
export function orZero(expr: string, { present, on = [], label }: Substitute): string {
  const zero = `0 * max by (${on.join(", ")}) (${present})`;
  const named = label ? `label_replace(${zero}, "${label[0]}", ${JSON.stringify(label[1])}, "", "")` : zero;
  return `${expr} or on (${on.join(", ")}) ${named}`;
}
