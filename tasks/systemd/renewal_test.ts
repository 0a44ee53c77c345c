import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../lib/process.ts";
import { unless } from "../../tests/unless.ts";
import { renewalUnits } from "./renewal.ts";

const PLAN = {
  stack: "vigie",
  command: ["/bin/true", "renew", "--state", "/srv/my vigie/.state"],
  environment: { HOME: "/root" },
} as const;

Deno.test("renewalUnits gives a timer that runs the task, and comes and goes with the stack where there is a target", () => {
  const alone = renewalUnits({ ...PLAN, scope: "system" });
  assert.deepEqual([...alone.keys()], ["vigie-renew.service", "vigie-renew.timer"]);
  const service = alone.get("vigie-renew.service")!;
  assert.match(service, /^ExecStart=\/bin\/true renew --state "\/srv\/my vigie\/\.state"$/m);
  assert.match(service, /^Environment="HOME=\/root"$/m);
  // It has the private key in its memory.
  assert.match(service, /^LimitCORE=0$/m);
  assert.match(alone.get("vigie-renew.timer")!, /^WantedBy=timers\.target$/m);
  const timer = renewalUnits({ ...PLAN, scope: "system", target: "vigie.target" }).get("vigie-renew.timer")!;
  assert.match(timer, /^PartOf=vigie\.target$/m);
  assert.match(timer, /^WantedBy=vigie\.target$/m);
});

const analyzer = await run("systemd-analyze", ["--version"]).then(
  () => undefined,
  () => "there is no systemd-analyze here",
);

for (const scope of ["system", "user"] as const) {
  Deno.test({
    ...unless(analyzer, `renewalUnits gives units that systemd itself takes: ${scope}`),
    async fn() {
      const directory = await Deno.makeTempDir({ prefix: "vigie-units-" });
      try {
        const paths: string[] = [];
        for (const [name, text] of renewalUnits({ ...PLAN, scope })) {
          paths.push(join(directory, name));
          await Deno.writeTextFile(paths.at(-1)!, text);
        }
        const { code, stderr } = await run("systemd-analyze", [
          ...["verify", `--${scope}`, "--man=no", ...paths],
        ], { env: { XDG_RUNTIME_DIR: directory, HOME: directory } });
        assert.deepEqual([stderr.trim(), code], ["", 0]);
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    },
  });
}
