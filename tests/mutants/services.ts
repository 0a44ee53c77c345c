/** Defects in compose.yaml and in config.ts. */

import { type Anything, editIn, type Mutant, pick } from "./mutant.ts";

// Made up, and put together here so that scanners of this repository find none.
const TOKEN = ["xoxb", "-123456789012-1234567890123-", "abcdefghijklmnopqrstuvwx"].join("");

/** Mutants of compose.yaml; which service is hit follows from the numbers. */
export function serviceMutants(random: () => number): readonly Mutant[] {
  const mutant = (
    name: string,
    expect: Mutant["expect"],
    edit: (service: Anything, root: Anything) => void,
    fits: (service: Anything) => boolean = () => true,
  ): Mutant => {
    const draw = random();
    return {
      name,
      expect,
      files: (files) =>
        editIn(
          files,
          "compose.yaml",
          (root) => edit(pick(Object.values(root.services).filter(fits), () => draw, name) as Anything, root),
        ),
    };
  };
  const published = ({ ports }: Anything) => ports?.length > 0;
  const configured = ({ command = [] }: Anything) =>
    command.some((word: string) => word.startsWith("--config.file="));
  return [
    mutant(
      "an image without a tag",
      "compose/images",
      (service) => service.image = service.image.replace(/:[^:/]*$/, ""),
    ),
    mutant(
      "the latest image",
      "compose/images",
      (service) => service.image = service.image.replace(/:[^:/]*$/, ":latest"),
    ),
    mutant("a port that another has", "compose/ports", (service, { services }) => {
      const other = Object.values(services).find((one) => one !== service && published(one)) as Anything;
      service.ports[0].published = other.ports[0].published;
    }, published),
    mutant("a port of root's", "compose/ports", (service) => service.ports[0].published = "443", published),
    mutant(
      "a port for everybody",
      "compose/exposed",
      (service) => service.ports[0].host_ip = "0.0.0.0",
      published,
    ),
    mutant(
      "a port without an address",
      "compose/exposed",
      (service) => delete service.ports[0].host_ip,
      published,
    ),
    mutant("a privileged container", "compose/privileges", (service) => service.privileged = true),
    mutant("capabilities that are kept", "compose/privileges", (service) => delete service.cap_drop),
    mutant(
      "Docker's socket",
      "compose/privileges",
      (service) => (service.volumes ??= []).push("/var/run/docker.sock:/var/run/docker.sock"),
    ),
    mutant("no limit of memory", "compose/limits", (service) => delete service.mem_limit),
    mutant("no limit of processes", "compose/limits", (service) => delete service.pids_limit),
    mutant("a log without end", "compose/limits", (service) => delete service.logging),
    mutant("no health check", "compose/health", (service) => delete service.healthcheck),
    mutant("no restart", "compose/health", (service) => service.restart = "no"),
    mutant(
      "waits for a service that is not there",
      "compose/health",
      (service) => service.depends_on = { "grafanna": { condition: "service_healthy" } },
    ),
    mutant(
      "configuration that is not mounted",
      "compose/mounts",
      (service) => service.volumes.shift(),
      configured,
    ),
    mutant(
      "a directory that is not generated",
      "compose/mounts",
      (service) => service.volumes[0].source += "s",
      configured,
    ),
    mutant(
      "data in no volume",
      "compose/mounts",
      (service) => service.volumes = service.volumes.filter(({ type }: Anything) => type !== "volume"),
      ({ command = [] }: Anything) => command.some((word: string) => word.startsWith("--storage")),
    ),
    mutant(
      "a password in the environment",
      "config/secrets",
      (service) => service.environment = { GF_SECURITY_ADMIN_PASSWORD: "correct-horse" },
    ),
  ];
}

/** Mutants of config.ts. */
export function configMutants(): readonly Mutant[] {
  const mutant = (name: string, expect: Mutant["expect"], config: NonNullable<Mutant["config"]>): Mutant => ({
    name,
    expect,
    config,
  });
  return [
    mutant("a misspelt key", "config", (input) => input.treshold = { cpu: 90 }),
    mutant("a misspelt alert in rules", "config", (input) => input.rules.HostMemoryHihg = { threshold: 3 }),
    mutant("a port that two services have", "config", (input) => input.ports = { grafana: 9090 }),
    mutant("a bind beyond this machine", "config", (input) => input.bind = "0.0.0.0"),
    mutant(
      "a route to nobody that there is",
      "config",
      (input) => input.notify.routes = [{ matchers: ['team="web"'], receiver: "wbe" }],
    ),
    mutant("a job that is there twice", "config", (input) => input.jobs.push({ ...input.jobs[0] })),
    mutant("a token in a label", "config/secrets", (input) => input.hosts[0].labels = { note: TOKEN }),
    mutant(
      "a password in an address",
      "config/secrets",
      (input) => input.probes[0].target = "https://probe:hunter2hunter@example.org/",
    ),
    mutant(
      "a secret in a text",
      "config/secrets",
      (input) => input.alerts[0].description = `Restart it with ${TOKEN}`,
    ),
    mutant(
      "a suppression that ran out",
      "suppression/expired",
      (input) =>
        input.checks = { ignore: [{ check: "promql/unknown-metric", reason: "x", until: "2026-01-01" }] },
    ),
    mutant(
      "a suppression of nothing",
      "suppression/unused",
      (input) =>
        input.checks = { ignore: [{ check: "promql/unknown-metric", reason: "x", until: "2027-01-01" }] },
    ),
    mutant(
      "a suppression of an unknown check",
      "config",
      (input) =>
        input.checks = { ignore: [{ check: "promql/unknown-metrics", reason: "x", until: "2027-01-01" }] },
    ),
    mutant(
      "a probe's pattern that Go does not take",
      "blackbox/config",
      (input) => input.probes[0].body = "(?=ok)",
    ),
    mutant(
      "measurements that do not fit",
      "cost/series",
      (input) => input.retention = { time: "5y", size: "1GB" },
    ),
    mutant(
      "an own alert with a wrong metric",
      "promql/unknown-metric",
      (input) => input.alerts[0].expr = "job:node_load1:mx > 12",
    ),
    mutant(
      "an own alert with a wrong text",
      "annotations/template",
      (input) => input.alerts[0].summary = "{{ $value | humanise }}",
    ),
    mutant(
      "an own alert that loses its host",
      "annotations/labels",
      (input) => input.alerts[0].expr = "sum(job:node_load1:max) > 12",
    ),
    mutant(
      "an own recording with a wrong label",
      "promql/unknown-label",
      (input) => input.recordings[0].expr = 'max by (job, instnace) (node_load1{job="node"})',
    ),
    mutant(
      "an own alert with a window too short",
      "promql/rate-window",
      (input) => input.alerts[0].expr = 'rate(node_network_receive_bytes_total{job="node"}[20s]) > 1e9',
    ),
  ];
}
