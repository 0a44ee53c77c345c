import { equal } from "node:assert/strict";
import { createLog } from "./log.ts";

Deno.test("createLog writes one line of logfmt, whatever a value holds", () => {
  const lines: string[] = [];
  const log = createLog((line) => void lines.push(line), () => Date.parse("2026-11-22T10:00:00.000Z"));
  log.info("Listening", { address: "127.0.0.1:9094", config: undefined });
  log.error("Two words", { reason: 'a "quote"\nand \x1b[2J\u202e', status: 400, empty: "" });
  equal(lines[0], "time=2026-11-22T10:00:00.000Z level=INFO msg=Listening address=127.0.0.1:9094\n");
  equal(
    lines[1],
    'time=2026-11-22T10:00:00.000Z level=ERROR msg="Two words" reason="a \\"quote\\"\\nand \\u001b[2J<U+202E>" status=400 empty=""\n',
  );
});
