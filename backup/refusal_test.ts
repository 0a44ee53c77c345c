import assert from "node:assert/strict";
import { complaintOf, isFull, isInVain, refusal, RESTIC } from "./refusal.ts";

const RETRIED = "Load(<config/0000000000>, 0, 0) returned error, retrying after 720ms: Stat: Access Denied.";

/** What restic says, and what is made of it: the message, who has to mend it, and how. */
const CASES: readonly (readonly [says: string, code: number, message: RegExp, exit: number, cure: RegExp])[] =
  [
    [
      "",
      RESTIC.wrongPassword,
      /: the password is not the one of the repository "x:r"$/,
      2,
      /--password-file/,
    ],
    ["", RESTIC.noRepository, /: there is no repository at "x:r"$/, 3, /^mount the disk/],
    ["locked by PID 7", RESTIC.locked, / is in use: locked by PID 7$/, 3, /^wait/],
    ["write /r/data: no space left on device", 1, /: write .* left on device$/, 3, /^free some disk space/],
    ["subprocess ssh: ssh: connect to host h port 22: refused", 1, / cannot be reached: /, 3, /the network/],
    ["Host key verification failed.", 1, /: the server of .* refuses: Host key/, 3, /--known-hosts/],
    // "does not match" alone would be damage.
    ["The request signature we calculated does not match the key", 1, / refuses: /, 3, /^mend `credentials`/],
    ["ciphertext verification failed", 1, / is damaged: ciphertext/, 1, /^restore another backup/],
    ["pack 12ab contains 2 errors", 1, / is damaged: pack/, 1, /^restore another backup/],
    [
      "the moon is full",
      1,
      /^Cannot save with the repository "x:r": the moon is full$/,
      3,
      /what restic names/,
    ],
    ["", 7, /: exit code 7$/, 3, /what restic names/],
  ];

Deno.test("refusal says who has to mend what, by restic's exit codes and words", () => {
  for (const [says, code, message, exit, cure] of CASES) {
    const found = refusal({ repository: "x:r" }, "save", { code, complaints: says === "" ? [] : [says] });
    assert.match(found.message, message);
    assert.equal(found.code, exit, says);
    assert.match(found.cure, cure);
  }
});

Deno.test("refusal names no user of a repository, and says once what restic says often", () => {
  const complaints = ["Access Denied.", "Access Denied."];
  const { message } = refusal({ repository: "rest:https://user:word@host/r" }, "save", {
    code: 1,
    complaints,
  });
  assert.equal(
    message,
    'Cannot save: the server of the repository "rest:https://host/r" refuses: Access Denied.',
  );
});

Deno.test("complaintOf takes restic's words out of its JSON, and what it tried out of its words", () => {
  assert.equal(complaintOf("Fatal: it is wrong\nat all", undefined), "it is wrong");
  assert.equal(complaintOf("{}", { message_type: "exit_error", message: "Fatal: no" }), "no");
  assert.equal(complaintOf("{}", { message_type: "error", error: { message: "inside" } }), "inside");
  assert.equal(complaintOf(RETRIED, undefined), "Access Denied.");
});

Deno.test("isInVain is what is refused by name and asked for again, and nothing else", () => {
  assert.equal(isInVain(RETRIED), true);
  assert.equal(isInVain(RETRIED.replace("Access Denied", "connection reset")), false);
  assert.equal(isInVain("Fatal: Access Denied."), false);
});

Deno.test("isFull knows a full disk by the words of restic, the system and SQLite", () => {
  for (
    const text of ["No space left on device (os error 28)", "disk quota exceeded", "database or disk is full"]
  ) {
    assert.equal(isFull(text), true, text);
  }
  assert.equal(isFull("the moon is full"), false);
});
