/** What config.ts says about running: services, addresses, ports, versions. */

import * as z from "zod";
import { port } from "../lib/schema.ts";

const version = z.string().regex(/^\d+\.\d+\.\d+([-+].+)?$/, {
  error: 'expected a version without "v", such as "3.5.3"',
});

/** Top-level keys of config.ts that belong to running the services. */
export const runShape = {
  /** Which engine runs the stack: `docker`, `local` (plain processes), or `auto`: Docker when it answers. */
  engine: z.enum(["auto", "docker", "local"]).default("auto")
    .describe(
      "Which engine runs the stack: `docker`, `local` (plain processes), or `auto`: Docker when it answers.",
    ),
  /** How the docker engine hands configuration to its services: `mount` directories, or bake it into an `image` of their own. */
  delivery: z.enum(["mount", "image"]).default("mount")
    .describe(
      "How the docker engine hands configuration to its services: `mount` directories, or bake it into an `image` of their own.",
    ),
  /** The address that every port is bound to. */
  bind: z.union([z.ipv4(), z.ipv6()], { error: 'expected an IP address such as "127.0.0.1"' }).default(
    "127.0.0.1",
  )
    .describe("The address that every port is bound to."),
  /** TCP port of each service on this machine. */
  ports: z.strictObject({
    prometheus: port.default(9090),
    alertmanager: port.default(9093),
    webhook: port.default(9094),
    "node-exporter": port.default(9100),
    blackbox: port.default(9115),
    grafana: port.default(3000),
    cadvisor: port.default(8080),
  }).prefault({}).describe("TCP port of each service on this machine."),
  /** Services that can be switched off. */
  services: z.strictObject({
    /** Dashboards in the browser. */
    grafana: z.boolean().default(true).describe("Dashboards in the browser."),
    /** This machine's processors, memory, disks and network. */
    "node-exporter": z.boolean().default(true).describe(
      "This machine's processors, memory, disks and network.",
    ),
    /** HTTP, TCP, ICMP and DNS probes. */
    blackbox: z.boolean().default(true).describe("HTTP, TCP, ICMP and DNS probes."),
    /** Containers' processors and memory; docker engine only. */
    cadvisor: z.boolean().default(true).describe("Containers' processors and memory; docker engine only."),
  }).prefault({}).describe("Services that can be switched off."),
  /** Versions other than the ones Vigie was tested with. */
  versions: z.strictObject({
    prometheus: version.optional(),
    alertmanager: version.optional(),
    "node-exporter": version.optional(),
    blackbox: version.optional(),
    grafana: version.optional(),
    cadvisor: version.optional(),
  }).prefault({}).describe("Versions other than the ones Vigie was tested with."),
  /** The docker engine's network. */
  network: z.strictObject({
    /** IPv4 subnet, CIDR; change it when another network of this machine uses it. */
    subnet: z.cidrv4({ error: 'expected an IPv4 subnet such as "172.31.94.0/24"' }).default("172.31.94.0/24")
      .describe("IPv4 subnet, CIDR; change it when another network of this machine uses it."),
  }).prefault({}).describe("The docker engine's network."),
};
