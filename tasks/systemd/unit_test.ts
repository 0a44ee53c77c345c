import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../lib/process.ts";
import type { LocalService } from "../../compose/services/mod.ts";
import type { Binary } from "../binaries/mod.ts";
import type { Plan } from "../engine/local/command.ts";
import { KEPT_BY_ROOT } from "../engine/local/privileges.ts";
import { configSchema } from "../stack.ts";
import { unless } from "../../tests/unless.ts";
import { unitsOf } from "./plan.ts";
import { hiddenFrom, quoted, type Scope } from "./unit.ts";

const SERVICES: readonly LocalService[] = [
  "webhook",
  "alertmanager",
  "node-exporter",
  "blackbox",
  "prometheus",
  "grafana",
  "backup",
  "entry",
];
/** systemd's own scale goes from 0 (best) to 10; 2.0 is where it still says OK. Ours, times ten. */
const MOST_EXPOSED = 20;
/** The backup reads what all others keep. */
const MOST_EXPOSED_AS_ROOT = 45;

function units(scope: Scope, tls: Plan["stack"]["tls"] = { mode: "off" }) {
  const directory = "/srv/vigie/.state";
  const plan: Plan = {
    stack: configSchema.parse({ bind: "127.0.0.1", tls }),
    target: { engine: "local", buildDir: "/srv/vigie/build", stateDir: directory, configDir: "/srv/vigie" },
    directory: join(directory, "local"),
    environment: { HOME: "/root", PATH: "/bin", SECRET: "x" },
    start: (service) =>
      scope === "user"
        ? { as: "self", root: false }
        : service === "backup"
        ? { as: "self", root: true, capabilities: KEPT_BY_ROOT.backup }
        : {
          as: "other",
          confinement: {
            uid: 70_000 + SERVICES.indexOf(service),
            gid: 70_000,
            capabilities: service === "blackbox"
              ? ["net_raw"]
              : service === "entry"
              ? ["net_bind_service"]
              : [],
            data: join(directory, "local", "data", service),
            stage: join(directory, "local", "stage"),
            closed: [{ path: join(directory, "local"), keep: [join(directory, "local", "data", service)] }, {
              path: join(directory, "secrets"),
              keep: [join(directory, "secrets", service)],
            }],
          },
        },
    hasUdev: true,
    hasSystemd: true,
    webhook: { command: ["/bin/true", "run"], fingerprint: "", files: [] },
  };
  const binaries = new Map(SERVICES.map((service) => [
    service,
    service === "webhook" ? undefined : {
      name: "prometheus",
      path: "/bin/true",
      version: "1.0.0",
      source: "path",
      home: "/usr/share/grafana",
      overlay: service === "alertmanager" ? "/var/cache/vigie/share" : undefined,
    } as Binary,
  ]));
  return unitsOf({ scope, plan, services: SERVICES, binaries });
}

Deno.test("unitsOf gives each service a unit, and a target that starts them all", () => {
  const files = units("system");
  assert.equal(files.size, SERVICES.length + 1);
  const target = files.get("vigie.target")!;
  for (const service of SERVICES) assert.ok(target.includes(`Wants=vigie-${service}.service`), target);
  const prometheus = files.get("vigie-prometheus.service")!.split("\n");
  for (
    const line of [
      "User=70004",
      "NoNewPrivileges=yes",
      "CapabilityBoundingSet=",
      "ProtectSystem=strict",
      "After=vigie-alertmanager.service",
      "Restart=always",
      "LimitCORE=0",
      "TemporaryFileSystem=/srv/vigie/.state/secrets:ro",
      "BindReadOnlyPaths=/srv/vigie/.state/secrets/prometheus",
      "BindPaths=/srv/vigie/.state/local/data/prometheus",
      "MemoryDenyWriteExecute=yes",
    ]
  ) assert.ok(prometheus.includes(line), line);
  assert.ok(!prometheus.some((line) => line.includes("secrets/webhook") || line.includes("SECRET")));
});

Deno.test("unitsOf looks whether a certificate of one's own was renewed, as no supervisor does", () => {
  const key = { file: "key.pem" };
  const files = units("system", { mode: "files", certificate: "/etc/tls/cert.pem", key });
  assert.equal(files.size, SERVICES.length + 3);
  assert.match(files.get("vigie-renew.service")!, /^ExecStart=.* --state \/srv\/vigie\/\.state$/m);
  assert.match(files.get("vigie.target")!, /^Wants=vigie-renew\.timer$/m);
  assert.match(files.get("vigie-renew.timer")!, /^PartOf=vigie\.target$/m);
});

Deno.test("unitsOf leaves a capability to who needs one, and gives Grafana its password as a credential", () => {
  const files = units("system");
  assert.match(files.get("vigie-blackbox.service")!, /^CapabilityBoundingSet=CAP_NET_RAW$/m);
  assert.match(files.get("vigie-entry.service")!, /^AmbientCapabilities=CAP_NET_BIND_SERVICE$/m);
  const grafana = files.get("vigie-grafana.service")!;
  assert.match(
    grafana,
    /^LoadCredential=admin-password:\/srv\/vigie\/\.state\/secrets\/grafana\/admin-password$/m,
  );
  assert.match(grafana, /GF_SECURITY_ADMIN_PASSWORD=\$__file\{%d\/admin-password\}"$/m);
  assert.doesNotMatch(grafana, /MemoryDenyWriteExecute/);
});

Deno.test("unitsOf for one's own manager names no other user", () => {
  for (const [name, text] of units("user")) assert.doesNotMatch(text, /^(User|Group|ExecStartPre)=/m, name);
});

Deno.test("hiddenFrom leaves the node exporter the file systems that it measures", () => {
  assert.deepEqual(hiddenFrom("node-exporter"), []);
  assert.ok(hiddenFrom("prometheus").includes("/home"));
});

Deno.test("quoted keeps what systemd would take for something else", () => {
  assert.equal(quoted("--a=/b.c"), "--a=/b.c");
  assert.equal(quoted("50% of $HOME"), '"50%% of $$HOME"');
  assert.equal(quoted('say "\\n"'), '"say \\"\\\\n\\""');
});

const analyzer = await run("systemd-analyze", ["--version"]).then(
  () => undefined,
  () => "there is no systemd-analyze here",
);

for (const scope of ["system", "user"] as const) {
  Deno.test({
    ...unless(analyzer, `unitsOf gives units that systemd itself takes and finds little exposed: ${scope}`),
    async fn() {
      const directory = await Deno.makeTempDir({ prefix: "vigie-units-" });
      try {
        const paths: string[] = [];
        for (const [name, text] of units(scope)) {
          paths.push(join(directory, name));
          await Deno.writeTextFile(paths.at(-1)!, text);
        }
        const verified = await run("systemd-analyze", ["verify", `--${scope}`, "--man=no", ...paths], {
          env: { XDG_RUNTIME_DIR: directory, HOME: directory },
        });
        assert.equal(verified.stderr.trim(), "");
        assert.equal(verified.code, 0);
        if (scope === "user") return;
        for (const path of paths.filter((each) => each.endsWith(".service"))) {
          const most = path.includes("backup") ? MOST_EXPOSED_AS_ROOT : MOST_EXPOSED;
          const rated = await run("systemd-analyze", [
            ...["security", "--offline=true", "--no-pager", `--threshold=${most}`, path],
          ]);
          assert.equal(
            rated.code,
            0,
            rated.stdout.split("\n").filter((line) => line.includes("✗")).join("\n"),
          );
          assert.match(rated.stdout, /Overall exposure level for vigie-[\w-]+\.service: \d\.\d OK/);
        }
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    },
  });
}
