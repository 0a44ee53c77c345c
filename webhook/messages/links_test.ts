import { deepEqual, equal } from "node:assert/strict";
import { safeUrl } from "./links.ts";

Deno.test("safeUrl gives http and https addresses, normalised", () => {
  equal(safeUrl(" HTTPS://A.Example:443/x?y=z#w "), "https://a.example/x?y=z#w");
  equal(safeUrl("http://[::1]:9093/#/alerts"), "http://[::1]:9093/#/alerts");
  equal(safeUrl("https://例え.jp/ü"), "https://xn--r8jz45g.jp/%C3%BC");
});

Deno.test("safeUrl encodes what markup is made of", () => {
  equal(
    safeUrl("https://a.example/a|b<c>(d)[e]'f\"`g{h}\\^ ?q=(|)#(|)"),
    "https://a.example/a%7Cb%3Cc%3E%28d%29%5Be%5D%27f%22%60g%7Bh%7D/%5E%20?q=%28%7C%29#%28%7C%29",
  );
});

Deno.test("safeUrl takes names and passwords out", () => {
  equal(safeUrl("https://user:secret@a.example/"), "https://a.example/");
});

Deno.test("safeUrl refuses everything else", () => {
  const refused = [
    "",
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://a.example/",
    "tg://resolve?domain=x",
    "//a.example/",
    "a.example",
    "https://",
    "https://a*b.example/",
    "https://a'(b.example/",
    `https://a.example/${"x".repeat(2_000)}`,
    `https://a.example/${"é".repeat(1_000)}`,
  ];
  deepEqual(refused.map(safeUrl), refused.map(() => undefined));
});
