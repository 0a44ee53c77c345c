import { equal } from "node:assert/strict";
import { visible } from "./visible.ts";

Deno.test("visible writes out what cannot be seen, and what turns text around", () => {
  equal(visible("a\u0000b\u202ec\u200bd\te\r\nf\u001b[31m"), "a\\u{0}b\\u{202e}c\\u{200b}d\te\nf\\u{1b}[31m");
  equal(visible("Température élevée 🔥 <b>"), "Température élevée 🔥 <b>");
});
