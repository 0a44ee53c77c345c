import assert from "node:assert/strict";
import { parsePromql } from "./parse.ts";

/** The expression, below it what is marked, then why. */
const CASES = `
up{job="node"} ==
                 ^ The expression ends after "==": expected an expression
sum(rate(x[5m])
   ^ The "(" is never closed
up{job="node"
  ^ The "{" is never closed
sum(x))
      ^ Nothing is open that ")" could close
(x]
  ^ "]" does not close "("
up{job="node}
       ^^^^^^ The text is not closed
up{job=node}
       ^^^^ The value of a label is a quoted text: "node"
up{job=="node"}
      ^^ Labels are compared with "="
up{job}
      ^ Expected "=", "!=", "=~" or "!~" after the label "job", not "}"
up{job="a" instance="b"}
           ^^^^^^^^ Expected "," or "}" after a label, not "instance"
rate(x[5min])
       ^^^^ Expected a duration such as "5m", not "5min"
rate(x[$__rate_interval])
       ^ Expected a duration such as "5m": variables are Grafana's, Prometheus knows none
rate(x)
     ^ "rate" wants a range vector, such as [5m] after it, not an instant vector
rate(sum(x)[5m])
           ^^^^ Only a selector can have a range: a subquery has a colon, such as [1h:1m]
rte(x[5m])
^^^ There is no function "rte": did you mean "rate"?
holt_winters(x[5m], 1, 1)
^^^^^^^^^^^^ There is no function "holt_winters"
x && y
  ^^ PromQL has no "&&" here: write "and"
x = 1
  ^ PromQL has no "=" here: "==" compares
x y
  ^ Unexpected "y": expected an operator or the end
1 > 2
  ^ Two numbers are compared with "> bool"
x and 1
  ^^^ "and" works with instant vectors, not with numbers
x > "5"
    ^^^ ">" works with numbers and instant vectors, not with a string
x{a=~"(b"}
  ^^^^^^^ Prometheus does not take the regular expression "(b": error parsing regexp: missing closing ): \`(b\`
x{a="\\d"}
    ^^^^ PromQL knows no escape "\\d": a backslash is written "\\\\", or the text in backquotes
x / on (a) group_left (a) y
    ^^^^^^^^^^^^^^^^^^^^^ The label "a" stands in "on" and in "group_left"
topk(x)
^^^^^^^ "topk" takes 2 arguments, not 1
round(x, 1, 2)
^^^^^^^^^^^^^^ "round" takes 1 to 2 arguments, not 3
{job=~".*"}
^^^^^^^^^^^ The selector would take every series there is: name a metric, or give one label a value that is not empty
sum(x) offset 5m
^^^^^^ An offset follows a selector or a subquery, nothing else
mad_over_time(x[5m])
^^^^^^^^^^^^^ "mad_over_time" is an experiment that Prometheus has to be told to allow
`.trim().split("\n");

for (let i = 0; i < CASES.length; i += 2) {
  const [text, expected] = CASES.slice(i, i + 2) as [string, string];
  Deno.test(`parsePromql says what is wrong with ${text}`, () => {
    const { errors } = parsePromql(text);
    const shown = errors.map(({ from, to, message }) =>
      `${" ".repeat(from)}${"^".repeat(Math.max(1, to - from))} ${message}`
    );
    assert.deepEqual(shown, [expected]);
  });
}
