import { equal } from "node:assert/strict";
import { givesSign } from "./sign_of_life.ts";

const LONG_MS = 30_000;

Deno.test("givesSign takes any answer for a sign of life", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("", { status: 503 }),
  );
  const { hostname, port } = server.addr;
  equal(await givesSign({ hostname, port, path: "/-/ready" }, LONG_MS), true);
});

Deno.test("givesSign takes a closed port for none", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  listener.close();
  equal(await givesSign({ hostname, port, path: "/" }, LONG_MS), false);
});

Deno.test("givesSign takes silence for none", async () => {
  // The kernel accepts for a process that hangs.
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  equal(await givesSign({ hostname, port, path: "/" }, 50), false);
});
