import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { parseListeners, readLineage, readListeners } from "./machine.ts";

const { signal } = new AbortController();

Deno.test("parseListeners reads IPv4, IPv6 and mapped addresses, and leaves out what does not listen", () => {
  const text = [
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
    "   0: 0100007F:2382 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0",
    "   1: 0100007F:2382 0100007F:C000 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0",
    "   0: 00000000000000000000000001000000:0BB8 00000000000000000000000000000000:0000 0A 0:0 00:0 0 472 0 4713",
    "   0: 0000000000000000FFFF00000100007F:0BB9 00000000000000000000000000000000:0000 0A 0:0 00:0 0 472 0 4714",
  ].join("\n");
  deepStrictEqual(parseListeners(text), [
    { address: "127.0.0.1", port: 9090, uid: 0, inode: "4711" },
    { address: "::1", port: 3000, uid: 472, inode: "4713" },
    { address: "127.0.0.1", port: 3001, uid: 472, inode: "4714" },
  ]);
});

Deno.test("readListeners names this process for a port that it listens on", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const found = (await readListeners(signal)).find(({ port }) => port === listener.addr.port);
  strictEqual(found?.address, "127.0.0.1");
  deepStrictEqual(found?.pids, [Deno.pid]);
});

Deno.test("readLineage begins with the process itself and goes on with its parent", async () => {
  const [own, parent] = await readLineage(Deno.pid, signal);
  strictEqual(own?.pid, Deno.pid);
  strictEqual(own?.parent, Deno.ppid);
  ok(own.command.includes("deno"), own.command);
  strictEqual(parent?.pid, Deno.ppid);
});
