import assert from "node:assert/strict";
import { grafanaSchema } from "./schema.ts";

function messagesFor(refresh: string): string[] {
  const issues = grafanaSchema.safeParse({ refresh }).error?.issues ?? [];
  return [...new Set(issues.map(({ message }) => message))];
}

Deno.test("grafanaSchema refuses a refresh that Grafana would replace", () => {
  assert.deepEqual(messagesFor("4s"), ['expected "5s" or more: Grafana allows no shorter one']);
  assert.deepEqual(messagesFor("soon"), [
    'expected a duration above zero, such as "15s", "5m" or "1h30m"',
  ]);
  assert.deepEqual(messagesFor("5s"), []);
});
