import assert from "node:assert/strict";
import { configSchema } from "../../stack.ts";
import { freePort } from "../../../tests/free_port.ts";
import { foreignListener, insistOnPorts } from "./conflict.ts";
import { listeningInodes, portProblem } from "./port.ts";
import { notOnLinux, unless } from "../../../tests/unless.ts";

Deno.test("listeningInodes takes listening sockets of the port only", () => {
  const text =
    `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2382 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0
   1: 0100007F:2383 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 222 1 0 100 0 0 10 0
   2: 0100007F:2382 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 333 1 0 20 4 30 10 -1
   0: 00000000000000000000000000000000:2382 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 444 1 0 100 0 0 10 0`;
  assert.deepEqual(listeningInodes(text, 0x2382), ["111", "444"]);
});

Deno.test("portProblem tells a taken port from an address that this machine does not have", () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assert.equal(portProblem("127.0.0.1", listener.addr.port), "taken");
  const problem = portProblem("192.0.2.1", 9090);
  assert.match(typeof problem === "object" ? problem.reason : "", /^Can(not|'t) assign requested address/);
});

Deno.test({
  ...unless(
    notOnLinux,
    "insistOnPorts names every port that is taken, by whom, and the cure; what the stack itself holds is no matter",
  ),
  async fn() {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const port = listener.addr.port;
    const stack = configSchema.parse({ ports: { "node-exporter": port, blackbox: freePort() } });
    await assert.rejects(insistOnPorts(stack, ["node-exporter", "blackbox"], new Set()), {
      name: "Lacking",
      message: new RegExp(
        `^Port ${port} of node-exporter is taken by the process ${Deno.pid} \\(.*deno.*\\)$`,
      ),
      cure: 'stop that program, or choose another port in config.ts: `ports: { "node-exporter": … }`',
    });
    await insistOnPorts(stack, ["node-exporter", "blackbox"], new Set([Deno.pid]));
    await insistOnPorts(stack, ["blackbox"], new Set());
  },
});

Deno.test({
  ...unless(notOnLinux, "foreignListener tells our process from another that listens in its place"),
  async fn() {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    assert.equal(await foreignListener(listener.addr.port, Deno.pid), undefined);
    const sleep = new Deno.Command("sleep", { args: ["600"], stdin: "null" }).spawn();
    const foreign = await foreignListener(listener.addr.port, sleep.pid);
    sleep.kill("SIGKILL");
    await sleep.status;
    assert.match(foreign ?? "", new RegExp(`^the process ${Deno.pid} `));
  },
});
