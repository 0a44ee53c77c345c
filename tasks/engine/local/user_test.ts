import assert from "node:assert/strict";
import { Lacking } from "../engine.ts";
import { isMapped, namedUser, ownUsers } from "./user.ts";

Deno.test("isMapped knows a whole machine and a container with few users", () => {
  assert.equal(isMapped("         0          0 4294967295\n", 65_536, 99_999), true);
  assert.equal(isMapped("         0     100000      65536\n", 65_536, 99_999), false);
  assert.equal(isMapped("         0     100000      65536\n", 60_706, 61_183), true);
  assert.equal(isMapped("0 1000 1\n1 100000 65536\n", 60_706, 61_183), true);
  assert.equal(isMapped("", 1, 2), false);
});

Deno.test({
  name: "ownUsers gives each service another one, the same ones each time, and other stacks others",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const users = await ownUsers("/srv/vigie/.state/local", 8);
    assert.equal(new Set(users.map(({ uid }) => uid)).size, 8);
    assert.deepEqual(await ownUsers("/srv/vigie/.state/local", 8), users);
    const others = await ownUsers("/srv/staging/.state/local", 8);
    assert.equal(users.some(({ uid }) => others.some((other) => other.uid === uid)), false);
    assert.ok(users.every(({ uid, gid }) => uid === gid && uid > 60_000 && uid < 100_000));
  },
});

Deno.test({
  name: "namedUser finds a user's numbers, and says what to do when there is none of that name",
  ignore: Deno.build.os !== "linux",
  async fn() {
    assert.deepEqual(await namedUser("root"), { uid: 0, gid: 0 });
    await assert.rejects(
      namedUser("nobody-of-that-name"),
      (error: Lacking) => error instanceof Lacking && error.cure.includes("useradd --system"),
    );
  },
});
