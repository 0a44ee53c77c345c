import { equal } from "node:assert/strict";
import { createLog, withoutSecrets } from "./log.ts";

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

Deno.test("withoutSecrets keeps secrets out of messages and facts", () => {
  const lines: string[] = [];
  const plain = createLog((line) => void lines.push(line), () => 0);
  const log = withoutSecrets(plain, (text) => text.replaceAll("t0k3n", "<secret>"));
  log.error("Cannot ask t0k3n", { reason: "401 for t0k3n", status: 401, config: undefined });
  log.info("Listening");
  equal(
    lines.join(""),
    'time=1970-01-01T00:00:00.000Z level=ERROR msg="Cannot ask <secret>" reason="401 for <secret>" status=401\n' +
      "time=1970-01-01T00:00:00.000Z level=INFO msg=Listening\n",
  );
});
