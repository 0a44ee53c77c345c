import { deepEqual, rejects } from "node:assert/strict";
import { createPrint } from "./print.ts";

/** An output that takes a few bytes at a time, when it is told to. */
function slowOutput(bytesAtOnce: number) {
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  return {
    pieces,
    async write(bytes: Uint8Array): Promise<number> {
      await Promise.resolve();
      const taken = bytes.subarray(0, bytesAtOnce);
      pieces.push(decoder.decode(taken));
      return taken.length;
    },
  };
}

Deno.test("createPrint keeps texts whole and in order when the output takes little at a time", async () => {
  const output = slowOutput(2);
  const print = createPrint(output);
  await Promise.all([print("abcde\n"), print("fgh\n"), print("i\n")]);
  deepEqual(output.pieces.join(""), "abcde\nfgh\ni\n");
});

Deno.test("createPrint writes what came during a write in one piece", async () => {
  const output = slowOutput(1_000);
  const print = createPrint(output);
  await Promise.all([print("a\n"), print("b\n"), print("c\n")]);
  deepEqual(output.pieces, ["a\n", "b\nc\n"]);
});

Deno.test("createPrint rejects what cannot be written and goes on with the next", async () => {
  const output = slowOutput(1_000);
  const write = output.write;
  output.write = () => Promise.reject(new Error("Broken pipe"));
  const print = createPrint(output);
  await rejects(print("a\n"), /Broken pipe/);
  output.write = write;
  await print("b\n");
  deepEqual(output.pieces, ["b\n"]);
});
