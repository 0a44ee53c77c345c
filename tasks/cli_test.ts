import assert from "node:assert/strict";
import { asFailure, type Command, EXIT, runCommand } from "./cli.ts";

function systemErrorOf(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

Deno.test("asFailure gives what the system says no with its exit code and cure", () => {
  const cases: [Error, number, string, RegExp][] = [
    [
      systemErrorOf("ENOSPC", "No space left on device (os error 28): mkdir '/x'"),
      EXIT.lacking,
      'Cannot make the directory "/x": no space left on device',
      /^free some disk space/,
    ],
    [
      systemErrorOf("EACCES", "Permission denied (os error 13): mkdir '/x'"),
      EXIT.lacking,
      'Cannot make the directory "/x": permission denied',
      /^give your user access/,
    ],
    [
      systemErrorOf("ENOTDIR", "Not a directory (os error 20): mkdir '/x/y'"),
      EXIT.usage,
      'Cannot make the directory "/x/y": not a directory',
      /--build or --state/,
    ],
    [
      new Deno.errors.NotCapable('Requires all access to "/proc/x", run again with the --allow-all flag'),
      EXIT.usage,
      'Deno does not permit it: requires all access to "/proc/x"',
      /^run it as `deno task`/,
    ],
  ];
  for (const [error, exitCode, message, cure] of cases) {
    const failure = asFailure(error);
    assert.equal(failure?.exitCode, exitCode);
    assert.equal(failure?.message, message);
    assert.match(failure?.cure ?? "", cure);
  }
});

Deno.test("asFailure leaves a defect of Vigie's own to its stack trace", () => {
  for (const error of [new TypeError("x is undefined"), systemErrorOf("ENOENT", "x"), undefined]) {
    assert.equal(asFailure(error), undefined);
  }
});

Deno.test("runCommand ends soon after an interrupt that its command does not heed", async () => {
  const stop = new AbortController();
  const never: Command = {
    name: "never",
    summary: "never ends",
    examples: ["never"],
    run: () => {
      stop.abort();
      return new Promise(() => {});
    },
  };
  const { error } = console;
  const printed: string[] = [];
  console.error = (text: string) => printed.push(text);
  try {
    assert.equal(await runCommand(never, [], stop.signal), EXIT.interrupted);
  } finally {
    console.error = error;
  }
  assert.deepEqual(printed, ["Interrupted; run the same command again to complete it"]);
});
