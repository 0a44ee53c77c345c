/** What config.ts says about running: services, addresses, ports, versions. */

import * as z from "zod";
import { port } from "../lib/schema.ts";
import { type Definition, DEFINITIONS, portsOf, SERVICES, type VersionedService } from "./services/mod.ts";
import { VERSIONS } from "./versions.ts";

const VERSION = 'expected a version without "v", such as "3.5.3"';
const version = z.string(VERSION).regex(/^\d+\.\d+\.\d+([-+].+)?$/, VERSION);

const USER = 'expected the name of a user, such as "vigie"';

type Merged<Parts> = (Parts extends unknown ? (part: Parts) => void : never) extends (all: infer All) => void
  ? All
  : never;
// Mapped over the definitions' own keys, so that an editor finds the comments above these.
type Keys<Part, Schema> = { readonly [Key in keyof Merged<Part>]: Schema };
type Ports = Keys<
  Definition["ports"] | Extract<Definition, { morePorts: unknown }>["morePorts"],
  z.ZodDefault<typeof port>
>;
type Switches = Keys<Extract<Definition, { services: unknown }>["services"], z.ZodDefault<z.ZodBoolean>>;
type Versions = Keys<
  Extract<Definition, { name: VersionedService }>["ports"],
  z.ZodOptional<typeof version>
>;

const ports = Object.fromEntries(
  SERVICES.flatMap((service) =>
    portsOf(service).map(([key, { default: shipped, about }]) => [key, port.default(shipped).describe(about)])
  ),
) as Ports;

const switches = Object.fromEntries(SERVICES.flatMap((service) => {
  const key = DEFINITIONS[service].services?.[service];
  return key ? [[service, z.boolean().default(key.default).describe(key.about)]] : [];
})) as Switches;

const versions = Object.fromEntries(
  SERVICES.filter((service) => service in VERSIONS).map((service) => [
    service,
    version.optional().describe(DEFINITIONS[service].ports[service].about),
  ]),
) as Versions;

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
  /** The address that every port is bound to; with TLS the entry alone, and everything else to this machine. */
  bind: z.union([z.ipv4(), z.ipv6()], { error: 'expected an IP address such as "127.0.0.1"' }).default(
    "127.0.0.1",
  )
    .describe(
      "The address that every port is bound to; with TLS the entry alone, and everything else to this machine.",
    ),
  /** TCP port of each service on this machine. */
  ports: z.strictObject(ports).prefault({}).describe("TCP port of each service on this machine."),
  /** Services that can be switched off. */
  services: z.strictObject(switches).prefault({}).describe("Services that can be switched off."),
  /** Versions other than the ones Vigie was tested with. */
  versions: z.strictObject(versions).prefault({}).describe(
    "Versions other than the ones Vigie was tested with.",
  ),
  /** The local engine. */
  local: z.strictObject({
    /** User that services run as when root runs `up`; left out, each gets a user of its own. `root` keeps root, which `doctor --security` names. */
    user: z.string(USER).regex(/^[A-Za-z_][\w.-]*\$?$/, USER).optional().describe(
      "User that services run as when root runs `up`; left out, each gets a user of its own. `root` keeps root, which `doctor --security` names.",
    ),
  }).prefault({}).describe("The local engine."),
  /** The docker engine's network. */
  network: z.strictObject({
    /** IPv4 subnet, CIDR; change it when another network of this machine uses it. */
    subnet: z.cidrv4({ error: 'expected an IPv4 subnet such as "172.31.94.0/24"' }).default("172.31.94.0/24")
      .describe("IPv4 subnet, CIDR; change it when another network of this machine uses it."),
  }).prefault({}).describe("The docker engine's network."),
};
