import assert from "node:assert/strict";
import { closedFor, supervisorStart } from "./privileges.ts";

Deno.test("closedFor hides the outermost closed directories, and keeps of each what is needed, once", () => {
  const paths = ["/root/.cache/p/bin", "/root/.cache/p", "/srv/s/local/data/x", "/usr/bin/y"];
  assert.deepEqual(closedFor(paths, ["/root", "/root/.cache", "/srv/s/local", "/home/me"]), [
    { path: "/root", keep: ["/root/.cache/p"] },
    { path: "/srv/s/local", keep: ["/srv/s/local/data/x"] },
  ]);
  assert.deepEqual(closedFor(paths, []), []);
});

Deno.test("supervisorStart leaves a supervisor its privileges when one of its services keeps some", async () => {
  assert.deepEqual(await supervisorStart([["setpriv", "--no-new-privs", "--", "/p"], ["/q"]]), []);
});
