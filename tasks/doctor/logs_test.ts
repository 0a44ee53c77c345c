import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { ServiceStatus } from "../engine/engine.ts";
import type { Sighting } from "./diagnosis.ts";
import { logs, timeOf } from "./logs.ts";
import type { Scene } from "./scene.ts";

const NOW = Date.parse("2026-05-01T12:00:00Z");

/** What each diagnosis of the logs says of a Prometheus that logged `lines`. */
async function idsOf(lines: readonly string[], status: Partial<ServiceStatus> = {}): Promise<string[]> {
  const scene = {
    now: () => NOW,
    site: () => Promise.resolve({ services: ["prometheus"] }),
    status: () => Promise.resolve([{ service: "prometheus", state: "starting", ...status }]),
    logs: () => Promise.resolve(lines),
  } as unknown as Scene;
  const found = await Promise.all(logs.map(async ({ id, run }) => ({ id, sightings: await run(scene) })));
  return found.filter(({ sightings }) => (sightings as Sighting[]).length > 0).map(({ id }) => id);
}

for (
  const [line, wanted] of [
    [
      'level=ERROR msg="opening storage failed" err="lock DB directory: open data/lock: permission denied"',
      "doctor/log-permission",
    ],
    [
      'msg="compaction failed" err="write /prometheus/wal/00000001: no space left on device"',
      "doctor/log-no-space",
    ],
    ["listen tcp 127.0.0.1:9090: bind: address already in use", "doctor/log-address"],
    [
      'msg="Error loading config" err="yaml: unmarshal errors: field x not found in type config.plain"',
      "doctor/log-config",
    ],
    ["runtime: out of memory: cannot allocate 4194304-byte block", "doctor/log-memory"],
    ["x509: certificate signed by unknown authority", "doctor/log-tls"],
    ["dial tcp: lookup webhook on 127.0.0.11:53: no such host", "doctor/log-dns"],
  ] as const
) {
  Deno.test(`logs recognise a line for ${wanted}, and no other pattern takes it`, async () => {
    deepStrictEqual(await idsOf([`time=2026-05-01T11:59:00Z ${line}`]), [wanted]);
  });
}

Deno.test("logs leave out what is old, what came before the last start, and what was overcome", async () => {
  const line = (time: string, text: string) => `time=2026-05-01T${time}Z ${text}`;
  deepStrictEqual(await idsOf([line("11:50:00", "permission denied")]), []);
  const ready = { state: "ready", since: "2026-05-01T11:59:30Z" } as const;
  deepStrictEqual(await idsOf([line("11:59:00", "permission denied")], ready), []);
  deepStrictEqual(await idsOf([line("11:59:40", "permission denied")], ready), ["doctor/log-permission"]);
  deepStrictEqual(await idsOf([line("11:59:40", "bind: address already in use")], ready), []);
});

Deno.test("timeOf reads the times that services write", () => {
  strictEqual(timeOf("time=2026-05-01T12:00:00.123Z level=INFO"), NOW + 123);
  strictEqual(timeOf("2026-05-01T14:00:00+02:00 started"), NOW);
  strictEqual(timeOf("no time"), undefined);
});
