import assert from "node:assert/strict";
import { FORMAT, type Manifest, parseManifest } from "./manifest.ts";

const MANIFEST: Manifest = {
  format: FORMAT,
  stack: "vigie",
  engine: "local",
  startedAt: "2026-11-22T00:00:00.000Z",
  versions: { prometheus: "3.9.1" },
  parts: {
    webhook: { directory: "/d", bytes: 1, files: { "journal.db": { bytes: 1, sha256: "00" } }, facts: {} },
  },
  missing: {},
  config: "config.ts",
};

function refused(value: unknown, message: RegExp, code: number): void {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  assert.throws(() => parseManifest(text, "abcd1234"), (error: Error & { code: number }) => {
    assert.match(error.message, message);
    assert.equal(error.message.split("\n").length, 1);
    assert.equal(error.code, code);
    return true;
  });
}

Deno.test("parseManifest reads what was stored", () => {
  assert.deepEqual(parseManifest(JSON.stringify(MANIFEST), "abcd1234"), MANIFEST);
});

Deno.test("parseManifest refuses what a newer Vigie made, and what is no manifest", () => {
  const newer = /^Cannot use the backup abcd1234: a newer Vigie made it \(format 2; known up to 1\)$/;
  refused({ ...MANIFEST, format: FORMAT + 1 }, newer, 3);
  const none = /^Cannot use the backup abcd1234: its manifest is not one: /;
  refused("{", none, 1);
  refused("null", none, 1);
  refused({ ...MANIFEST, parts: undefined }, none, 1);
  refused({ ...MANIFEST, format: 0 }, none, 1);
});
