import assert from "node:assert/strict";
import { type CheckContext, Skipped } from "../../lib/check.ts";
import { toYaml } from "../../lib/yaml.ts";
import { composeChecks } from "./mod.ts";

// deno-lint-ignore no-explicit-any -- bad files have any shape
type Anything = any;

const HARDENED = {
  cap_drop: ["ALL"],
  security_opt: ["no-new-privileges:true"],
  read_only: true,
  restart: "unless-stopped",
  mem_limit: "2g",
  cpus: 1,
  pids_limit: 64,
  logging: { driver: "json-file", options: { "max-size": "10m" } },
  healthcheck: { test: ["CMD", "wget"] },
};

/** A correct file: one service with all there is, and one in the host's network. */
function good(): Anything {
  return structuredClone({
    services: {
      prometheus: {
        ...HARDENED,
        image: "localhost:5000/prom/prometheus:v3.5.3",
        command: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
        ports: [{ target: 9090, published: "9090", host_ip: "127.0.0.1", protocol: "tcp" }],
        volumes: [
          { type: "bind", source: "./prometheus", target: "/etc/prometheus", read_only: true },
          { type: "volume", source: "prometheus-data", target: "/prometheus" },
        ],
        depends_on: { "node-exporter": { condition: "service_healthy" } },
      },
      "node-exporter": {
        ...HARDENED,
        image: `prom/node-exporter@sha256:${"0".repeat(64)}`,
        network_mode: "host",
        command: ["--web.listen-address=172.31.94.1:9100", "--web.listen-address=127.0.0.1:9100"],
        volumes: [{ type: "bind", source: "/", target: "/host", read_only: true }],
      },
    },
    networks: { stack: { ipam: { config: [{ subnet: "172.31.94.0/24", gateway: "172.31.94.1" }] } } },
    volumes: { "prometheus-data": {} },
  });
}

const ROWS: readonly [
  id: string,
  what: string,
  spoil: (file: Anything) => void,
  expected: string | string[],
][] = [
  [
    "compose/images",
    "no tag",
    (f) => f.services.prometheus.image = "localhost:5000/prom/prometheus",
    'The service "prometheus" runs "localhost:5000/prom/prometheus", which has no tag: that is whatever is newest',
  ],
  [
    "compose/images",
    "latest",
    (f) => f.services.prometheus.image = "prom/prometheus:latest",
    'The service "prometheus" runs "prom/prometheus:latest", whose tag is whatever is newest',
  ],
  [
    "compose/images",
    "none at all",
    (f) => delete f.services.prometheus.image,
    'The service "prometheus" names no image',
  ],
  [
    "compose/ports",
    "a port that another has",
    (f) => f.services.prometheus.ports[0].published = "9100",
    'The service "node-exporter" takes the port 9100, which "prometheus" has already',
  ],
  [
    "compose/ports",
    "a port that it takes twice",
    (f) => f.services.prometheus.ports.push("127.0.0.1:9090:9091"),
    'The service "prometheus" takes the port 9090, which "prometheus" has already',
  ],
  [
    "compose/ports",
    "a port of root's",
    (f) => f.services.prometheus.ports[0].published = "80",
    'The service "prometheus" takes the port 80, which only root may open',
  ],
  [
    "compose/ports",
    "what is no port",
    (f) => f.services.prometheus.ports[0].published = "90900",
    'The service "prometheus" publishes "90900", which is no port',
  ],
  [
    "compose/exposed",
    "every address",
    (f) => f.services.prometheus.ports[0].host_ip = "0.0.0.0",
    'The service "prometheus" listens on every address of this machine: others could reach it without TLS and without a password',
  ],
  [
    "compose/exposed",
    "no address",
    (f) => f.services.prometheus.ports = ["9090:9090"],
    'The service "prometheus" listens on every address of this machine: others could reach it without TLS and without a password',
  ],
  [
    "compose/exposed",
    "the address of a network card",
    (f) => f.services["node-exporter"].command[0] = "--web.listen-address=192.168.1.5:9100",
    'The service "node-exporter" listens on 192.168.1.5: others could reach it without TLS and without a password',
  ],
  ["compose/privileges", "everything allowed", (f) => {
    Object.assign(f.services.prometheus, {
      privileged: true,
      cap_add: ["NET_ADMIN"],
      cap_drop: [],
      read_only: false,
    });
    delete f.services.prometheus.security_opt;
  }, [
    'The service "prometheus" is privileged: it may do anything to this machine',
    'The service "prometheus" has the capabilities NET_ADMIN',
    'The service "prometheus" keeps Docker\'s default capabilities',
    'The service "prometheus" may gain privileges',
    'The service "prometheus" may write to its own root',
  ]],
  [
    "compose/privileges",
    "Docker's socket",
    (f) => f.services.prometheus.volumes.push("/var/run/docker.sock:/var/run/docker.sock:ro"),
    'The service "prometheus" holds Docker\'s socket: whoever is in it is root on this machine',
  ],
  [
    "compose/privileges",
    "a root that may be written to",
    (f) => f.services["node-exporter"].volumes[0].read_only = false,
    'The service "node-exporter" may write to / of this machine',
  ],
  ["compose/limits", "no limits", (f) => {
    f.services.prometheus.mem_limit = "0";
    delete f.services.prometheus.cpus;
    delete f.services.prometheus.logging;
  }, 'The service "prometheus" has no limit for memory, processors, its log'],
  [
    "compose/health",
    "no health check",
    (f) => delete f.services.prometheus.healthcheck,
    'The service "prometheus" has no health check: nobody notices when it hangs',
  ],
  [
    "compose/health",
    "a health check that is switched off",
    (f) => f.services.prometheus.healthcheck = { test: ["NONE"] },
    'The service "prometheus" has no health check: nobody notices when it hangs',
  ],
  [
    "compose/health",
    "no restart",
    (f) => f.services.prometheus.restart = "no",
    'The service "prometheus" does not start again by itself: restart is "no", expected "always"',
  ],
  [
    "compose/health",
    "waiting for nobody",
    (f) => f.services.prometheus.depends_on = ["grafana"],
    'The service "prometheus" waits for "grafana", which does not exist',
  ],
  [
    "compose/mounts",
    "no configuration",
    (f) => f.services.prometheus.volumes.shift(),
    'The service "prometheus" reads /etc/prometheus/prometheus.yml, which no mount brings',
  ],
  [
    "compose/mounts",
    "a directory in which nothing is generated",
    (f) => f.services.prometheus.volumes[0].source = "./prom",
    [
      'The service "prometheus" mounts "./prom", in which nothing is generated',
      'The service "prometheus" reads /etc/prometheus/prometheus.yml, which is not generated',
    ],
  ],
  [
    "compose/mounts",
    "a file that is not generated",
    (f) => f.services.prometheus.command[0] = "--config.file=/etc/prometheus/prom.yml",
    'The service "prometheus" reads /etc/prometheus/prom.yml, which is not generated',
  ],
  [
    "compose/mounts",
    "a single file",
    (f) => f.services.prometheus.volumes[0] = "./prometheus/prometheus.yml:/etc/prometheus/prometheus.yml:ro",
    'The service "prometheus" mounts the single file "./prometheus/prometheus.yml": it would go on reading the old one after a change',
  ],
  ["compose/mounts", "data in no volume", (f) => f.services.prometheus.volumes.pop(), [
    'The service "prometheus" keeps its data in /prometheus, which is in no volume: an update would lose it',
    'No service uses the volume "prometheus-data"',
  ]],
  [
    "compose/mounts",
    "a volume that is not declared",
    (f) => f.volumes = {},
    'The service "prometheus" keeps /prometheus in the volume "prometheus-data", which is not declared',
  ],
];

/** The offline checks that need no program. */
const OWN = composeChecks.filter(({ id }) => id !== "compose/config");

async function problems(id: string, text: string) {
  const files = new Map([["compose.yaml", text], ["prometheus/prometheus.yml", "{}\n"]]);
  return await OWN.find((check) => check.id === id)!.run({ files } as unknown as CheckContext);
}

for (const { id } of OWN) {
  Deno.test(`${id} finds nothing wrong in a correct file`, async () => {
    assert.deepEqual(await problems(id, toYaml(good())), []);
  });

  Deno.test(`${id} leaves to others what is not YAML or no map, and is skipped without the file`, async () => {
    for (const text of ["a: [", "", "- 1\n", "services: 3\n", "services:\n  a: 3\n"]) {
      const found = await problems(id, text);
      assert.ok(text.includes("a: 3") || found.length === 0, text);
    }
    const check = OWN.find((one) => one.id === id)!;
    await assert.rejects(
      async () => await check.run({ files: new Map() } as unknown as CheckContext),
      Skipped,
    );
  });
}

for (const [id, what, spoil, expected] of ROWS) {
  Deno.test(`${id} finds ${what}`, async () => {
    const file = good();
    spoil(file);
    const text = toYaml(file);
    const found = await problems(id, text);
    assert.deepEqual(found.map(({ message }) => message), [expected].flat());
    for (const { line, column } of found) assert.ok(text.split("\n")[line! - 1]!.length >= column!);
  });
}
