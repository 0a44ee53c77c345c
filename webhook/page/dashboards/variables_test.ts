import { deepEqual, equal, match } from "node:assert/strict";
import type { Asked } from "../prometheus.ts";
import type { Variable } from "./model.ts";
import { fill, fillQuery, readChoices } from "./variables.ts";

const RANGE = { from: 0, to: 60_000, fromText: "now-1m", toText: "now" };

function variable(given: Partial<Variable>): Variable {
  const plain = {
    label: "",
    type: "query",
    query: "",
    multi: false,
    includeAll: false,
    current: [],
    hidden: false,
  };
  return { ...plain, name: "host", ...given };
}

function read(
  variables: readonly Variable[],
  address: string,
  values: readonly string[] = ["b", "a10", "a9"],
) {
  const asked: Asked[] = [];
  const choices = readChoices({ variables }, new URLSearchParams(address), RANGE, (each) => {
    asked.push(each);
    return Promise.resolve({ ok: true, text: JSON.stringify({ status: "success", data: values }) });
  });
  return { asked, choices };
}

Deno.test("readChoices offers the values of a label, and asks for them with what was chosen before", async () => {
  const { asked, choices } = read([
    variable({ name: "job", type: "custom", query: "node, web" }),
    variable({ query: 'label_values(up{job=~"$job"}, instance)' }),
  ], "var-job=web");
  const [, host] = await choices;
  deepEqual([host!.options, host!.chosen], [["a9", "a10", "b"], ["a9"]]);
  deepEqual(asked, [{
    path: "label_values",
    label: "instance",
    match: ['up{job=~"web"}'],
    start: 0,
    end: 60,
  }]);
});

Deno.test("readChoices takes what the address says, even what is gone, and the model's own choice otherwise", async () => {
  const query = "label_values(up, instance)";
  const chosen = async (given: Partial<Variable>, address: string) =>
    (await read([variable({ query, ...given })], address).choices)[0]!.chosen;
  deepEqual(await chosen({}, "var-host=gone"), ["gone"]);
  deepEqual(await chosen({ current: ["b"] }, ""), ["b"]);
  deepEqual(await chosen({ current: ["gone"] }, ""), ["a9"]);
  deepEqual(await chosen({ multi: true, includeAll: true }, ""), ["$__all"]);
  deepEqual(await chosen({ multi: true, includeAll: true }, "var-host=a&var-host=b&var-host=a"), ["a", "b"]);
  deepEqual(await chosen({}, "var-host=$__all"), ["a9"]);
});

Deno.test("readChoices says why there is nothing to choose from", async () => {
  const [choice] = await read([variable({ query: "metrics(up)" })], "").choices;
  match(choice!.failure!, /metrics\(up\)/);
});

Deno.test("fillQuery keeps chosen values inside their quotes", async () => {
  const hostile = 'x"} or up{a="\\';
  const [one] = await read([variable({})], new URLSearchParams({ "var-host": hostile }).toString()).choices;
  equal(fillQuery('up{i="$host"}', [one!]), 'up{i="x\\"} or up{a=\\"\\\\"}');
  const many = variable({ multi: true, includeAll: true });
  const [some] = await read([many], "var-host=10.0.0.1&var-host=b").choices;
  equal(fillQuery('up{i=~"${host}"}', [some!]), 'up{i=~"(10\\\\.0\\\\.0\\\\.1|b)"}');
  const [all] = await read([{ ...many, allValue: ".*" }], "").choices;
  equal(
    fillQuery('up{i=~"[[host]]"}[$__rate_interval]', [all!], { __rate_interval: "1m" }),
    'up{i=~".*"}[1m]',
  );
});

Deno.test("fill leaves groups of label_replace and unknown names alone", () => {
  equal(fill("$1 $other ${a.b} $a", (name) => name === "a" ? "A" : undefined), "$1 $other A A");
});
