import { deepEqual, equal, match } from "node:assert/strict";
import { showBytes, SHOWN_BYTES } from "./bytes.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const same = (text: string) => text;

Deno.test("showBytes shows UTF-8 as text and everything else by its bytes", () => {
  deepEqual(showBytes(bytes('{"a":"é"}'), same), { kind: "text", text: '{"a":"é"}', isCut: false });
  deepEqual(showBytes(Uint8Array.of(0x1f, 0x8b, 0x41, 0x3c), same), {
    kind: "bytes",
    text: "000000  1f 8b 41 3c                                      ..A<",
    isCut: false,
  });
  equal(showBytes(new Uint8Array(), same).text, "");
});

Deno.test("showBytes shows no secret, whatever it stands in", () => {
  const redact = (text: string) => text.replaceAll("hunter2", "<secret>");
  equal(showBytes(bytes("password=hunter2;"), redact).text, "password=<secret>;");
  const shown = showBytes(Uint8Array.of(0xff, ...bytes("hunter2"), 0xff), redact);
  match(shown.text, /\.<secret>\.$/);
  const atTheCut = bytes("x".repeat(SHOWN_BYTES - 3) + "hunter2" + "y".repeat(SHOWN_BYTES));
  equal(/hun/.test(showBytes(atTheCut, redact).text), false);
});

Deno.test("showBytes cuts what is long, also through a letter", () => {
  const { kind, text, isCut } = showBytes(bytes("a" + "é".repeat(SHOWN_BYTES)), same);
  deepEqual([kind, isCut, text.length <= SHOWN_BYTES], ["text", true, true]);
  const dump = showBytes(new Uint8Array(SHOWN_BYTES * 3).fill(0xff), same);
  deepEqual([dump.kind, dump.isCut, dump.text.split("\n").length], ["bytes", true, SHOWN_BYTES / 16]);
});
