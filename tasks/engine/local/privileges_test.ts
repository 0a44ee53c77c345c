import assert from "node:assert/strict";
import { closedFor, mayRead, supervisorStart } from "./privileges.ts";

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

Deno.test("mayRead goes by the owner's bits, the group's or those of all others", () => {
  const user = { uid: 70_000, gid: 70_000 };
  const file = (mode: number, more = {}) => ({ uid: 0, gid: 0, mode, isDirectory: false, ...more });
  assert.equal(mayRead(file(0o644), user), true);
  assert.equal(mayRead(file(0o640), user), false);
  assert.equal(mayRead(file(0o640, { gid: 70_000 }), user), true);
  assert.equal(mayRead(file(0o600, { uid: 70_000 }), user), true);
  assert.equal(mayRead(file(0o744, { isDirectory: true }), user), false, "it cannot be passed");
  assert.equal(mayRead(file(0o755, { isDirectory: true }), user), true);
});
