/** Bodies that were not understood: the newest of them. */

import type { Quarantined } from "./journal.ts";
import type { Marks } from "./memory.ts";
import type { Statements } from "./statements.ts";

const MOST_BODIES = 1_000;
const MOST_BYTES = 64 * 1_024 * 1_024;

/** Keeps one more body; the oldest ones make room. @returns the marks after it. */
export function insertQuarantined(sql: Statements, marks: Marks, one: Quarantined): Marks {
  const id = marks.quarantineId + 1;
  let quarantined = marks.quarantined + 1;
  let quarantinedBytes = marks.quarantinedBytes + one.body.length;
  sql.get(
    "INSERT OR FAIL INTO quarantine (id, received_ms, reason, detail, bytes, body) VALUES (?, ?, ?, ?, ?, ?)",
  ).run(id, one.receivedMs, one.reason, one.detail, one.bytes, one.body);
  while (quarantined > 1 && (quarantined > MOST_BODIES || quarantinedBytes > MOST_BYTES)) {
    const { bytes } = sql.get(
      "DELETE FROM quarantine WHERE id = (SELECT min(id) FROM quarantine) RETURNING length(body) AS bytes",
    ).get() as { bytes: number };
    quarantined--;
    quarantinedBytes -= bytes;
  }
  return { ...marks, quarantineId: id, quarantined, quarantinedBytes };
}
