import { deepEqual, equal } from "node:assert/strict";
import type { Answered, Asked } from "../prometheus.ts";
import { createValues } from "./values.ts";

const answer = (result: object[]): Answered => ({
  ok: true,
  text: JSON.stringify({ status: "success", data: { resultType: "vector", result } }),
});
const wanted = (query: string, instance: string) => ({
  labels: { alertname: "A", instance },
  curve: { query },
});

Deno.test("createValues asks once for all alerts of an expression, and again when it is old", async () => {
  const asked: Asked[] = [];
  let now = 0;
  const read = createValues((each) => {
    asked.push(each);
    return Promise.resolve(answer([
      { metric: { __name__: "used", instance: "a" }, value: [0, "0.5"] },
      { metric: { __name__: "used", instance: "b" }, value: [0, "NaN"] },
    ]));
  }, () => now);
  const three = ["a", "b", "c"].map((instance) => wanted("used", instance));
  deepEqual(await read(three), [0.5, undefined, undefined]);
  deepEqual(await read(three.slice(0, 1)), [0.5]);
  equal(asked.length, 1);
  now = 10_000;
  await read(three);
  deepEqual(asked.map((each) => "query" in each && each.query), ["used", "used"]);
});

Deno.test("createValues knows no value where several could be meant, Prometheus does not tell, or is late", async () => {
  const twice = [1, 2].map((i) => ({ metric: { instance: "a" }, value: [0, `${i}`] }));
  const answers: Record<string, Promise<Answered>> = {
    twice: Promise.resolve(answer(twice)),
    silent: Promise.resolve({ ok: false, status: 502, error: "gone" }),
    odd: Promise.resolve({ ok: true, text: "<html>" }),
    other: Promise.resolve(answer([{ metric: { instance: "a", device: "sda" }, value: [0, "1"] }])),
    late: new Promise(() => {}),
    good: Promise.resolve(answer([{ metric: {}, value: [0, "7"] }])),
  };
  const read = createValues((asked) => answers["query" in asked ? asked.query : ""]!, () => 0, 1);
  deepEqual(await read(Object.keys(answers).map((query) => wanted(query, "a"))), [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    7,
  ]);
});
