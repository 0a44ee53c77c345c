import { equal } from "node:assert/strict";
import { createRedactor } from "./redact.ts";

Deno.test("createRedactor hides a secret wherever it stands", () => {
  const redact = createRedactor(["xoxb-123-abc", 'quo"te']);
  equal(redact("token xoxb-123-abc was refused: xoxb-123-abc"), "token <secret> was refused: <secret>");
  equal(redact(JSON.stringify({ token: 'quo"te' })), '{"token":"<secret>"}');
});

Deno.test("createRedactor hides a secret URL and what is secret in it", () => {
  const redact = createRedactor(["https://hooks.example.org/services/T0/B0/key?sig=a%2Fb"]);
  equal(redact("POST https://hooks.example.org/services/T0/B0/key?sig=a%2Fb"), "POST <secret>");
  equal(redact("404 for /services/T0/B0/key?sig=a%2Fb"), "404 for <secret>");
  equal(redact("cannot reach hooks.example.org"), "cannot reach hooks.example.org");
});

Deno.test("createRedactor hides the longer of two secrets first, and leaves words alone", () => {
  const redact = createRedactor(["abcdef", "abcdefgh", "is", ""]);
  equal(redact("this abcdefgh is"), "this <secret> is");
});
