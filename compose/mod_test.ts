import assert from "node:assert/strict";
import { join } from "node:path";
import { BANNER } from "../lib/files.ts";
import { run } from "../lib/process.ts";
import { fromYaml } from "../lib/yaml.ts";
import { type ComposePlan, renderCompose } from "./mod.ts";
import { byService, DEFINITIONS, hostPortOf, portsOf, type Service, SERVICES } from "./services/mod.ts";
import { VERSIONS } from "./versions.ts";
import { noCompose, unless } from "../tests/unless.ts";

interface ComposeService {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile_inline: string };
  readonly user: string;
  readonly command?: readonly string[];
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly cap_add?: unknown;
  readonly privileged?: unknown;
  readonly security_opt: readonly string[];
  readonly mem_limit: string;
  readonly cpus: number;
  readonly pids_limit: number;
  readonly restart: string;
  readonly stop_grace_period: string;
  readonly network_mode?: string;
  readonly networks?: readonly string[];
  readonly ports?: readonly {
    readonly host_ip: string;
    readonly published: string;
    readonly target: number;
  }[];
  readonly volumes?: readonly {
    readonly type: string;
    readonly source: string;
    readonly target: string;
    readonly read_only?: boolean;
    readonly bind?: { readonly propagation?: string };
  }[];
  readonly healthcheck: { readonly test?: readonly string[]; readonly interval: string };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly logging: { readonly driver: string; readonly options: Readonly<Record<string, string>> };
  readonly environment?: Readonly<Record<string, string>>;
}

interface ComposeFile {
  readonly name: string;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: {
    readonly stack: {
      readonly driver_opts: Readonly<Record<string, string>>;
      readonly ipam: { readonly config: readonly { readonly subnet: string; readonly gateway: string }[] };
    };
  };
  readonly volumes: Readonly<Record<string, unknown>>;
}

const PORTS = Object.fromEntries(
  SERVICES.flatMap((service) => portsOf(service).map(([key, { default: shipped }]) => [key, shipped])),
) as ComposePlan["ports"];
/** What a service may beyond the rest, each with its reason in compose/checks/privileges.ts. */
const CAPABILITIES: Readonly<Record<string, string[]>> = {
  entry: ["NET_BIND_SERVICE"],
  backup: ["DAC_OVERRIDE"],
};

function plan(changes: Partial<ComposePlan> = {}): ComposePlan {
  return {
    name: "vigie",
    delivery: "mount",
    bind: "127.0.0.1",
    ports: PORTS,
    services: new Set(SERVICES),
    versions: Object.fromEntries(
      Object.entries(VERSIONS).map(([name, { version }]) => [name, version]),
    ) as ComposePlan[
      "versions"
    ],
    subnet: "172.31.94.0/24",
    retention: { time: "15d", size: "5GB" },
    urls: byService((service) => `http://127.0.0.1:${PORTS[service]}`),
    secretsDir: "/srv/vigie/.state/secrets",
    secrets: new Set(["alertmanager", "grafana"]),
    mounts: [{ source: "/srv/targets", target: "/etc/prometheus-file-sd/0" }],
    entry: { bind: "127.0.0.1", command: ["caddy", "run"] },
    backup: [{ type: "volume", source: "prometheus-data", target: "/volumes/prometheus", readOnly: false }],
    grafana: { environment: { GF_SECURITY_ADMIN_USER: "admin" } },
    ...changes,
  };
}

function specOf(name: string) {
  return DEFINITIONS[name as Service].compose(plan());
}

function render(changes: Partial<ComposePlan> = {}): ComposeFile {
  return fromYaml(renderCompose(plan(changes)).get("compose.yaml")!) as ComposeFile;
}

const MINIMAL = {
  services: new Set<Service>(["prometheus", "alertmanager", "webhook"]),
  secrets: new Set<Service>(),
  mounts: [],
};
const VARIANTS: Readonly<Record<string, Partial<ComposePlan>>> = {
  "full, mounted": {},
  "full, baked": { delivery: "image" },
  "minimal, mounted": MINIMAL,
  "minimal, baked": { ...MINIMAL, delivery: "image" },
  "strange names": {
    name: "a_-b_",
    secretsDir: "/srv/with $sign/and space",
    grafana: { environment: { GF_SECURITY_ADMIN_USER: "${USER}" } },
  },
  "IPv6": { bind: "::1" },
};

for (const [variant, changes] of Object.entries(VARIANTS)) {
  Deno.test(`renderCompose hardens, limits and checks every service: ${variant}`, () => {
    const { services } = render(changes);
    assert.deepEqual(
      Object.keys(services),
      SERVICES.filter((service) => plan(changes).services.has(service)),
    );
    for (const [name, service] of Object.entries(services)) {
      assert.equal(service.read_only, true, name);
      assert.deepEqual(service.cap_drop, ["ALL"], name);
      assert.deepEqual(service.cap_add, CAPABILITIES[name], name);
      assert.equal(service.privileged, undefined, name);
      assert.deepEqual(service.security_opt, ["no-new-privileges:true"], name);
      // cAdvisor reads the engine's socket, which is root's; the backup reads what belongs to the others.
      assert.equal(service.user.startsWith("0:"), name === "cadvisor" || name === "backup", name);
      assert.match(service.mem_limit, /^\d+[mg]$/, name);
      assert.ok(service.cpus > 0 && service.cpus <= 1, `${name}: more processors than a small machine has`);
      assert.ok(service.pids_limit > 0, name);
      assert.equal(service.restart, "always", name);
      assert.match(service.stop_grace_period, /^\d+[sm]$/, name);
      assert.equal(service.logging.driver, "json-file", name);
      assert.deepEqual(Object.keys(service.logging.options).sort(), ["max-file", "max-size"], name);
      assert.equal(service.healthcheck.interval, "30s", name);
      assert.equal(
        service.healthcheck.test === undefined,
        specOf(name).health === "image",
        `${name}: only its image may bring one`,
      );
    }
  });

  Deno.test(`renderCompose pins every image: ${variant}`, () => {
    for (const { image, build } of Object.values(render(changes).services)) {
      const base = build ? /^FROM (\S+)$/m.exec(build.dockerfile_inline)![1]! : image;
      for (const reference of [image, base]) {
        assert.match(reference, /:(v?\d+\.\d+\.\d+|local)$/);
        assert.ok(!reference.endsWith(":local") || reference.startsWith("localhost/"), reference);
      }
    }
  });

  Deno.test(`renderCompose publishes on the bind address only: ${variant}`, () => {
    const { bind, ports, entry } = plan(changes);
    for (const [name, service] of Object.entries(render(changes).services)) {
      assert.equal(service.network_mode, name === "node-exporter" ? "host" : undefined);
      if (service.network_mode === "host") continue;
      assert.deepEqual(service.networks, ["stack"]);
      assert.deepEqual(service.ports!.map(({ host_ip, published }) => ({ host_ip, published })), [
        { host_ip: bind, published: String(ports[hostPortOf(name as Service)]) },
        ...(name === "entry"
          ? [ports.entry, ports["entry-http"]].map((port) => ({
            host_ip: entry.bind,
            published: String(port),
          }))
          : []),
      ]);
    }
  });

  Deno.test(`renderCompose waits for healthy services that are there: ${variant}`, () => {
    const { services } = render(changes);
    for (const { depends_on = {} } of Object.values(services)) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        assert.ok(other in services);
        assert.equal(condition, "service_healthy");
      }
    }
  });

  Deno.test(`renderCompose declares the volumes it uses: ${variant}`, () => {
    const { services, volumes } = render(changes);
    const used = Object.values(services).flatMap(({ volumes = [] }) =>
      volumes.filter(({ type }) => type === "volume").map(({ source }) => source)
    );
    assert.deepEqual([...new Set(used)].sort(), Object.keys(volumes).sort());
  });

  Deno.test({
    ...unless(
      await noCompose(),
      `renderCompose is accepted by docker compose config: ${variant}`,
    ),
    async fn() {
      const directory = await Deno.makeTempDir();
      try {
        for (const [path, text] of renderCompose(plan(changes))) {
          await Deno.writeTextFile(join(directory, path), text);
        }
        const { code, stdout, stderr } = await run("docker", [
          "compose",
          "--file",
          join(directory, "compose.yaml"),
          "config",
          "--format",
          "json",
        ]);
        assert.equal(stderr, "");
        assert.equal(code, 0);
        // What it prints is a compose file again, in which a "$" is written twice.
        const parsed = JSON.parse(stdout.replaceAll("$$", "$")) as ComposeFile;
        assert.equal(parsed.name, plan(changes).name);
        // What Compose reads is what was meant: nothing in it is a variable.
        const secrets = parsed.services.alertmanager!.volumes!.find(({ target }) =>
          target === "/run/secrets/vigie"
        );
        if (secrets?.type === "bind") {
          assert.equal(secrets.source, `${plan(changes).secretsDir}/alertmanager`);
        }
        const user = parsed.services.grafana?.environment?.GF_SECURITY_ADMIN_USER;
        if (user !== undefined) assert.equal(user, plan(changes).grafana.environment.GF_SECURITY_ADMIN_USER);
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    },
  });
}

Deno.test("renderCompose mounts whole directories, read-only", () => {
  for (const [name, { volumes = [] }] of Object.entries(render().services)) {
    for (const { type, source, read_only } of volumes.filter(({ type }) => type === "bind")) {
      assert.equal(type, "bind");
      assert.equal(read_only, true, `${name}: ${source}`);
      assert.doesNotMatch(
        source,
        /\.(ya?ml|json)$/,
        `${name}: a single file keeps its old content when it is replaced`,
      );
    }
  }
});

Deno.test('renderCompose mounts nothing of this machine for configuration with delivery "image"', () => {
  for (const [name, { volumes = [], build }] of Object.entries(render({ delivery: "image" }).services)) {
    const binds = volumes.filter(({ type }) => type === "bind").map(({ source }) => source);
    // The two that look at the host have nothing else to look at.
    const host: Record<string, string[]> = { "node-exporter": ["/"], cadvisor: ["/", "/sys", "/var/run"] };
    assert.deepEqual(binds, host[name] ?? [], name);
    assert.equal(build === undefined, specOf(name).config === undefined, name);
  }
});

Deno.test('renderCompose bakes configuration and file_sd directories with delivery "image"', () => {
  const { prometheus, grafana } = render({ delivery: "image" }).services;
  assert.equal(
    prometheus!.build!.dockerfile_inline,
    [
      `FROM prom/prometheus:v${VERSIONS.prometheus.version}`,
      "COPY . /etc/prometheus/",
      "COPY --from=file-sd-0 *.json *.yml *.yaml /etc/prometheus-file-sd/0/",
      "",
    ].join("\n"),
  );
  assert.match(grafana!.build!.dockerfile_inline, /^COPY provisioning \/etc\/grafana\/provisioning\/$/m);
  assert.match(grafana!.build!.dockerfile_inline, /^COPY dashboards \/etc\/grafana\/dashboards\/$/m);
});

Deno.test("renderCompose shows the node exporter the host, and the node exporter to the stack and this machine only", () => {
  const exporter = render({ ports: { ...PORTS, "node-exporter": 9200 } }).services["node-exporter"]!;
  assert.deepEqual(listensOf(exporter), ["172.31.94.1:9200", "127.0.0.1:9200"]);
  const [host] = exporter.volumes!;
  assert.deepEqual({ source: host!.source, target: host!.target, propagation: host!.bind!.propagation }, {
    source: "/",
    target: "/host",
    propagation: "rslave",
  });
});

Deno.test("renderCompose lets the node exporter listen on the bind address too, once each", () => {
  const listens = (bind: string) => listensOf(render({ bind }).services["node-exporter"]!);
  assert.deepEqual(listens("10.0.0.5"), ["172.31.94.1:9100", "127.0.0.1:9100", "10.0.0.5:9100"]);
  assert.deepEqual(listens("::1"), ["172.31.94.1:9100", "127.0.0.1:9100", "[::1]:9100"]);
  assert.deepEqual(listens("172.31.94.1"), ["172.31.94.1:9100", "127.0.0.1:9100"]);
  // A wildcard would refuse the others their port.
  assert.deepEqual(listens("0.0.0.0"), ["0.0.0.0:9100"]);
  assert.deepEqual(listens("::"), ["[::]:9100"]);
});

Deno.test("renderCompose gives Grafana its password as a file", () => {
  const environment = render().services.grafana!.environment!;
  assert.equal(environment.GF_SECURITY_ADMIN_PASSWORD__FILE, "/run/secrets/vigie/admin-password");
  assert.equal(environment.GF_SECURITY_ADMIN_PASSWORD, undefined);
});

Deno.test("renderCompose keeps Alertmanager out of a cluster", () => {
  assert.ok(render().services.alertmanager!.command!.includes("--cluster.listen-address="));
});

Deno.test("renderCompose is deterministic and says where the file comes from", () => {
  const text = renderCompose(plan()).get("compose.yaml")!;
  assert.equal(renderCompose(plan()).get("compose.yaml"), text);
  assert.ok(text.startsWith(`# ${BANNER}\n`));
});

function listensOf({ command = [] }: ComposeService): string[] {
  const flag = "--web.listen-address=";
  return command.filter((argument) => argument.startsWith(flag)).map((argument) =>
    argument.slice(flag.length)
  );
}
