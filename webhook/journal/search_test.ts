import { equal, match, ok } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { matchOfValues, parseSearch, searchText, TOKENIZER } from "./search.ts";

Deno.test("searchText gives words as they are compared, and the parts of those in camel case", () => {
  equal(
    searchText({
      labels: { alertname: "HostDiskFull", instance: "db-1.example.org:9100" },
      annotations: { summary: "Élevé\n«HTTPError»" },
    }),
    " hostdiskfull db 1 example org 9100 eleve httperror host disk full http error ",
  );
  equal(searchText({ labels: {}, annotations: { x: "-- \u0301 !" } }), "  ");
});

Deno.test("parseSearch tells a text with no word in it", () => {
  for (const text of ["", " ", "--- !", "\u0301"]) equal(parseSearch(text), undefined);
});

Deno.test("parseSearch takes a last word of one letter for a whole word", () => {
  ok(parseSearch("db-1")!.test(" db 1 "));
  ok(!parseSearch("db-1")!.test(" db 12 "));
  ok(parseSearch("db-12")!.test(" db 123 "));
});

Deno.test("searchText marks what it cuts, and matchOfValues finds that too", () => {
  const text = searchText({ labels: { long: "x ".repeat(10_000), last: "needle" }, annotations: {} });
  ok(!text.includes("needle"));
  const marker = /OR "(\w+)"\)$/.exec(matchOfValues(["needle"])!)![1]!;
  match(text, new RegExp(` ${marker} $`));
  equal(matchOfValues(["", "-"]), undefined);
});

/** Texts with what words are made of and what stands between them, some of it odd. */
const texts = fc.string({
  unit: fc.oneof(
    fc.constantFrom(..."aAbBZé1 -_.:\"'*()^\u0000İß½ﷺ\u0301\u200d日𞤀"),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
  ),
  maxLength: 40,
});

Deno.test("the index finds what parseSearch and matchOfValues say, whatever the texts", () => {
  const database = new DatabaseSync(":memory:");
  database.exec(
    `CREATE VIRTUAL TABLE t USING fts5 (text, content = '', contentless_delete = 1, tokenize = '${TOKENIZER}')`,
  );
  const insert = database.prepare("INSERT INTO t (rowid, text) VALUES (1, ?)");
  const found = database.prepare("SELECT count(*) AS n FROM t WHERE t MATCH ?");
  const remove = database.prepare("DELETE FROM t");
  const isFound = (query: string) => (found.get(query) as { n: number }).n === 1;
  fc.assert(
    fc.property(texts, texts, fc.nat(), fc.nat(), (value, other, from, length) => {
      const text = searchText({ labels: { value }, annotations: { other } });
      remove.run();
      insert.run(text);
      // A piece of the text is found as often as not, the other text hardly ever.
      for (
        const query of [
          value,
          value.slice(from % (value.length + 1)).slice(0, length % 10),
          other,
          `${other} ${value}`,
        ]
      ) {
        const search = parseSearch(query.toWellFormed());
        if (search !== undefined) equal(isFound(search.match), search.test(text), JSON.stringify(query));
      }
      const values = matchOfValues([value]);
      if (values !== undefined) ok(isFound(values), JSON.stringify(value));
    }),
    { numRuns: 500 },
  );
  database.close();
});
