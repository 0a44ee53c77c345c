/** Expressions for tests, good and bad: written, and made of pieces; which is which, the real promtool says. */

import { writtenExpressions } from "./written.ts";

const TYPES = ["v", "v[5m]", "1", '"a"'];
const FUNCTION_NAMES =
  "abs absent absent_over_time acos acosh asin asinh atan atanh avg_over_time ceil changes clamp clamp_max clamp_min cos cosh " +
  "count_over_time day_of_month day_of_week day_of_year days_in_month deg delta deriv exp floor histogram_avg histogram_count " +
  "histogram_fraction histogram_quantile histogram_stddev histogram_stdvar histogram_sum hour idelta increase irate label_join " +
  "label_replace last_over_time ln log10 log2 max_over_time min_over_time minute month pi predict_linear present_over_time " +
  "quantile_over_time rad rate resets round scalar sgn sin sinh sort sort_desc sqrt stddev_over_time stdvar_over_time " +
  "sum_over_time tan tanh time timestamp vector year " +
  "sum avg min max count group stddev stdvar topk bottomk quantile count_values nothing_like_it";
const OPERATORS = "+ - * / % ^ atan2 == != < <= > >= and or unless".split(" ");
const MATCHINGS = [
  "",
  "bool",
  "on (a)",
  "ignoring (a)",
  "on (a) group_left",
  "bool on (a) group_right (b)",
  "on () group_left (a)",
];

/** Every function with up to two arguments of every type, and every operator between every two types. */
function combined(): string[] {
  const lists = ["", ...TYPES, ...TYPES.flatMap((a) => TYPES.map((b) => `${a}, ${b}`))];
  const calls = FUNCTION_NAMES.split(" ").flatMap((name) => lists.map((list) => `${name}(${list})`));
  const operations = OPERATORS.flatMap((op) =>
    TYPES.flatMap((a) => TYPES.flatMap((b) => MATCHINGS.map((how) => `${a} ${op} ${how} ${b}`)))
  );
  return [...calls, ...operations];
}

const PIECES = [
  ..."( ) { } [ ] , \" ' ` \\ = ! ~ < > + - * / % ^ @ # . _ : 0 5 m s $ & | ;".split(" "),
  ...[
    "by",
    "on",
    "bool",
    "and",
    "or",
    "sum",
    "inf",
    "5m",
    "[5m]",
    '{a="b"}',
    "=~",
    "==",
    " ",
    "\n",
    "é",
    "5.",
    "0x1",
    "1e3",
  ],
];

/** `count` of the written ones with one to three pieces put in, left out or replaced: always the same ones. */
function mutated(count: number): string[] {
  let state = 20_240_229;
  // Numerical Recipes' generator: enough to choose with.
  const random = (below: number) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor(state / 2 ** 32 * below);
  };
  const found: string[] = [];
  const written = writtenExpressions();
  while (found.length < count) {
    let text = written[random(written.length)]!;
    for (let changes = 1 + random(3); changes > 0; changes--) {
      const at = random(text.length + 1);
      const [put, left] = [[1, 0], [0, 1 + random(3)], [1, 1 + random(2)]][random(3)]! as [number, number];
      text = text.slice(0, at) + (put ? PIECES[random(PIECES.length)] : "") + text.slice(at + left);
    }
    // Half a character is no text.
    if (text.trim() !== "" && text.isWellFormed()) found.push(text);
  }
  return found;
}

/** A few thousand expressions, about half of them wrong in some way, each only once. */
export function manyExpressions(): string[] {
  return [...new Set([...writtenExpressions(), ...combined(), ...mutated(3_000)])];
}
