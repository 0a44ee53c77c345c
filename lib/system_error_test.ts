import assert from "node:assert/strict";
import { aboutPath, systemError } from "./system_error.ts";

async function errorOf(action: () => Promise<unknown>): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing failed");
}

Deno.test("systemError tells what Deno could not do, and why", async () => {
  const file = await Deno.makeTempFile();
  try {
    assert.deepEqual(systemError(await errorOf(() => Deno.mkdir(`${file}/x`, { recursive: true }))), {
      code: "ENOTDIR",
      message: `Cannot make the directory "${file}/x": not a directory`,
    });
    const error = aboutPath(await errorOf(() => Deno.open(`${file}/x`)), "lock", `${file}/x`);
    assert.deepEqual(systemError(error), {
      code: "ENOTDIR",
      message: `Cannot lock "${file}/x": not a directory`,
    });
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("systemError tells of a full disk, with the file where it is known", () => {
  const told = (message: string) =>
    systemError(Object.assign(new Error(message), { code: "ENOSPC" }))?.message;
  assert.equal(
    told("No space left on device (os error 28): writefile '/x'"),
    'Cannot write "/x": no space left on device',
  );
  assert.equal(
    told("No space left on device (os error 28), rename '/x' -> '/y'"),
    'Cannot rename "/x": no space left on device',
  );
  assert.equal(told("No space left on device (os error 28)"), "Cannot use a file: no space left on device");
});

Deno.test("systemError keeps a message that names the file already", () => {
  const error = Object.assign(new Error('Cannot write "/x": no space left on device'), { code: "ENOSPC" });
  assert.deepEqual(systemError(error), {
    code: "ENOSPC",
    message: 'Cannot write "/x": no space left on device',
  });
});

Deno.test("systemError leaves other errors alone", () => {
  for (
    const error of [new Error("x"), Object.assign(new Error("x"), { code: "ERR_X" }), "x", null, undefined]
  ) {
    assert.equal(systemError(error), undefined);
  }
});
