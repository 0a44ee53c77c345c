/** What config.ts says about running: services, addresses, ports, versions. */

import * as z from "zod";
import { port } from "../lib/schema.ts";

const VERSION = 'expected a version without "v", such as "3.5.3"';
const version = z.string(VERSION).regex(/^\d+\.\d+\.\d+([-+].+)?$/, VERSION);

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
    /** Prometheus. */
    prometheus: port.default(9090).describe("Prometheus."),
    /** Alertmanager. */
    alertmanager: port.default(9093).describe("Alertmanager."),
    /** The webhook. */
    webhook: port.default(9094).describe("The webhook."),
    /** The node exporter. */
    "node-exporter": port.default(9100).describe("The node exporter."),
    /** The blackbox exporter. */
    blackbox: port.default(9115).describe("The blackbox exporter."),
    /** Grafana. */
    grafana: port.default(3000).describe("Grafana."),
    /** cAdvisor; docker engine only. */
    cadvisor: port.default(8080).describe("cAdvisor; docker engine only."),
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
    /** Prometheus. */
    prometheus: version.optional().describe("Prometheus."),
    /** Alertmanager. */
    alertmanager: version.optional().describe("Alertmanager."),
    /** The node exporter. */
    "node-exporter": version.optional().describe("The node exporter."),
    /** The blackbox exporter. */
    blackbox: version.optional().describe("The blackbox exporter."),
    /** Grafana. */
    grafana: version.optional().describe("Grafana."),
    /** cAdvisor; docker engine only. */
    cadvisor: version.optional().describe("cAdvisor; docker engine only."),
  }).prefault({}).describe("Versions other than the ones Vigie was tested with."),
  /** The docker engine's network. */
  network: z.strictObject({
    /** IPv4 subnet, CIDR; change it when another network of this machine uses it. */
    subnet: z.cidrv4({ error: 'expected an IPv4 subnet such as "172.31.94.0/24"' }).default("172.31.94.0/24")
      .describe("IPv4 subnet, CIDR; change it when another network of this machine uses it."),
  }).prefault({}).describe("The docker engine's network."),
};
