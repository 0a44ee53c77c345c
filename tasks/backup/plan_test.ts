import assert from "node:assert/strict";
import { parse } from "yaml";
import { PARTS } from "../../backup/mod.ts";
import { renderFor } from "../render.ts";
import { defineStack } from "../stack.ts";
import { OWNERS, planOf } from "./plan.ts";

const TARGET = { buildDir: "/b", stateDir: "/s", configDir: "/c" };

Deno.test("OWNERS are whom compose.yaml runs the services as", () => {
  const stack = defineStack({ tls: { mode: "internal" }, backup: {} });
  const files = renderFor(stack, { ...TARGET, engine: "docker" });
  const { services } = parse(files.get("compose.yaml")!) as { services: Record<string, { user: string }> };
  const owners = PARTS.map((part) => [part, services[part]!.user]);
  assert.deepEqual(owners, PARTS.map((part) => [part, `${OWNERS[part].uid}:${OWNERS[part].gid}`]));
});

Deno.test("planOf names secrets, and never says what they are", () => {
  const stack = defineStack({
    backup: {
      repository: "s3:https://s3.example.org/b",
      credentials: { AWS_SECRET_ACCESS_KEY: { env: "KEY" } },
    },
  });
  const plan = planOf(stack, { ...TARGET, engine: "local" });
  assert.deepEqual(plan.credentials, ["AWS_SECRET_ACCESS_KEY"]);
  assert.equal(plan.repository, "s3:https://s3.example.org/b");
  assert.equal(
    planOf(defineStack({ backup: { repository: "../r" } }), { ...TARGET, engine: "local" }).repository,
    "/r",
  );
});
