import assert from "node:assert/strict";
import { findingsOf } from "./docker.ts";
import { CONTAINER_RULES, type DockerFacts, type InspectedContainer } from "./docker_rules.ts";
import { DOCKER_EXCEPTIONS } from "./exceptions.ts";
import { sift } from "./finding.ts";

const FACTS: DockerFacts = {
  securityOptions: ["name=apparmor", "name=seccomp,profile=builtin"],
  stateDir: "/root/vigie/.state",
  buildDir: "/root/vigie/build",
};
const HOST: InspectedContainer["HostConfig"] = {
  Privileged: false,
  CapAdd: null,
  CapDrop: ["ALL"],
  SecurityOpt: ["no-new-privileges:true"],
  NetworkMode: "vigie_stack",
  PidMode: "",
  IpcMode: "private",
  UTSMode: "",
  UsernsMode: "",
  ReadonlyRootfs: true,
  Memory: 1e9,
  NanoCpus: 1e9,
  CpuQuota: 0,
  PidsLimit: 64,
  Devices: null,
  RestartPolicy: { Name: "always" },
  LogConfig: { Type: "json-file", Config: { "max-size": "10m" } },
  PortBindings: { "9090/tcp": [{ HostIp: "127.0.0.1", HostPort: "9090" }] },
};
const MOUNT = {
  Type: "bind",
  Source: "/root/vigie/build/prometheus",
  Destination: "/etc/p",
  RW: false,
  Propagation: "rprivate",
};

type Change = (container: InspectedContainer) => object;

function container(service = "prometheus"): InspectedContainer {
  return {
    Config: {
      User: "65534:65534",
      Image: "prom/prometheus:v3.5.3",
      Labels: { "com.docker.compose.service": service },
      Env: ["PATH=/bin"],
      Cmd: ["--config.file=/etc/p/p.yml"],
      Entrypoint: null,
      Healthcheck: { Test: ["CMD", "wget"] },
    },
    AppArmorProfile: "docker-default",
    HostConfig: HOST,
    Mounts: [MOUNT],
  };
}

const host = (change: Partial<InspectedContainer["HostConfig"]>): Change => () => ({
  HostConfig: { ...HOST, ...change },
});
const config = (change: Partial<InspectedContainer["Config"]>): Change => (good) => ({
  Config: { ...good.Config, ...change },
});
const mount = (change: Partial<InspectedContainer["Mounts"][number]>): Change => () => ({
  Mounts: [{ ...MOUNT, ...change }],
});

/** What breaks each rule, and what shows it. */
const BROKEN: readonly (readonly [id: string, change: Change, evidence: RegExp])[] = [
  ["security/privileged", host({ Privileged: true }), /Privileged/],
  ["security/capabilities", host({ CapDrop: null }), /without ALL/],
  ["security/capabilities", host({ CapAdd: ["CAP_SYS_ADMIN"] }), /^CapAdd: SYS_ADMIN$/],
  ["security/root-user", config({ User: "" }), /""/],
  ["security/root-user", config({ User: "0:472" }), /0:472/],
  ["security/new-privileges", host({ SecurityOpt: null }), /no-new-privileges/],
  ["security/seccomp", host({ SecurityOpt: [...HOST.SecurityOpt!, "seccomp=unconfined"] }), /unconfined/],
  ["security/apparmor", () => ({ AppArmorProfile: "unconfined" }), /unconfined/],
  ["security/docker-socket", mount({ Source: "/var/run/docker.sock" }), /docker\.sock/],
  ["security/docker-socket", mount({ Source: "/run" }), /\/run ->/],
  ["security/host-mount", mount({ Source: "/etc" }), /\/etc ->/],
  ["security/host-mount", mount({ Source: "/root/.ssh" }), /\.ssh/],
  ["security/writable-mount", mount({ RW: true }), /writable/],
  ["security/shared-mount", mount({ Propagation: "rshared" }), /build/],
  ["security/writable-root", host({ ReadonlyRootfs: false }), /Readonly/],
  ["security/host-namespace", host({ PidMode: "host" }), /PidMode: host/],
  ["security/host-namespace", host({ IpcMode: "host", UsernsMode: "host" }), /IpcMode: host/],
  ["security/default-bridge", host({ NetworkMode: "bridge" }), /bridge/],
  ["security/device", host({ Devices: [{ PathOnHost: "/dev/sda" }] }), /sda/],
  [
    "security/published-port",
    host({ PortBindings: { "9090/tcp": [{ HostIp: "", HostPort: "9090" }] } }),
    /0\.0\.0\.0:9090/,
  ],
  ["security/limits", host({ Memory: 0 }), /memory/],
  ["security/limits", host({ PidsLimit: null }), /processes/],
  ["security/log-limit", host({ LogConfig: { Type: "json-file", Config: {} } }), /max-size/],
  ["security/restart-policy", host({ RestartPolicy: { Name: "unless-stopped" } }), /unless-stopped/],
  ["security/health", config({ Healthcheck: { Test: ["NONE"] } }), /health/],
  ["security/image-version", config({ Image: "registry:5000/prom/prometheus" }), /prom/],
  ["security/image-version", config({ Image: "prom/prometheus:latest" }), /latest/],
];

Deno.test("findingsOf finds nothing but what is meant in a container as it is generated", () => {
  const { findings, excepted } = sift(findingsOf(container(), FACTS), DOCKER_EXCEPTIONS);
  assert.deepEqual(findings, []);
  assert.deepEqual(excepted.map(({ id }) => id).sort(), ["security/image-digest", "security/restart-policy"]);
});

for (const [id, change, evidence] of BROKEN) {
  Deno.test(`findingsOf finds ${id}: ${evidence.source}`, () => {
    const good = container();
    const broken = { ...good, ...change(good) } as InspectedContainer;
    const { findings } = sift(findingsOf(broken, FACTS), DOCKER_EXCEPTIONS);
    const found = findings.find((finding) => finding.id === id);
    assert.match(found?.evidence.join("\n") ?? "", evidence);
    // A socket of the engine lies in a directory of the host.
    assert.ok(findings.length === 1 || id === "security/docker-socket");
  });
}

Deno.test("every rule about containers has a case that breaks it", () => {
  const tried = new Set([...BROKEN.map(([id]) => id), "security/image-digest"]);
  assert.deepEqual(CONTAINER_RULES.filter(({ id }) => !tried.has(id)), []);
});

Deno.test("sift keeps what goes beyond an exception", () => {
  const good = container("node-exporter");
  const broken = { ...good, HostConfig: { ...HOST, NetworkMode: "host", PidMode: "host", IpcMode: "host" } };
  const { findings, excepted } = sift(findingsOf(broken, FACTS), DOCKER_EXCEPTIONS);
  assert.deepEqual(findings.map(({ evidence }) => evidence), [["IpcMode: host"]]);
  assert.ok(excepted.some(({ evidence, reason }) => evidence.includes("PidMode: host") && reason !== ""));
});
