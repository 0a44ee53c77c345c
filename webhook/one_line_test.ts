import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { oneLine, writeOut } from "./one_line.ts";

Deno.test("oneLine leaves ordinary text and emoji as they are", () => {
  for (const text of ["Disque presque plein sur db-1 — « à vider »", "👩‍💻 déployé", "磁盘已满", ""]) {
    equal(oneLine(text), text);
  }
});

Deno.test("oneLine makes line ends a space", () => {
  equal(oneLine("a\r\n\tb\u2028c"), "a b c");
});

Deno.test("oneLine writes out what controls a terminal or reorders text", () => {
  equal(oneLine("\x1b[2Jx"), "<U+001B>[2Jx");
  equal(oneLine("a\u202eb\u200bc"), "a<U+202E>b<U+200B>c");
  equal(oneLine("\u009b1m\u0007"), "<U+009B>1m<U+0007>");
});

Deno.test("oneLine cuts, and never within a character", () => {
  equal(oneLine("abcdef", 3), "abc…");
  equal(oneLine("ab🚨", 3), "ab\ufffd…");
});

Deno.test("oneLine and writeOut leave no control character in any text", () => {
  const anyText = fc.array(
    fc.oneof(fc.integer({ min: 0, max: 0x10ffff }), fc.integer({ min: 0, max: 0x3000 })),
  )
    .map((codes) => String.fromCodePoint(...codes));
  fc.assert(fc.property(anyText, (text) => {
    for (const safe of [oneLine(text), writeOut(text)]) ok(!/[\p{Cc}\p{Zl}\p{Zp}]/u.test(safe));
    ok(oneLine(text).isWellFormed());
  }));
});
