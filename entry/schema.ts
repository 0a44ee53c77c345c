/** What config.ts says about who may look, and how: TLS, and the entry that everybody comes through. */

import * as z from "zod";
import { httpUrl, port } from "../lib/schema.ts";
import { type SecretRef, secretRef } from "../lib/secret_ref.ts";

const NAME = 'expected a host name or an IP address, such as "monitoring.example.org" or "10.0.0.5"';
const PATH = 'expected the path of a PEM file, such as "tls/fullchain.pem"';

/** A host name without a port: labels of letters, digits and "-". */
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

const entryName = z.union([z.ipv4(), z.ipv6(), z.string().regex(HOST_NAME)], { error: NAME });
const pemPath = z.string(PATH).regex(/^[^\n\0]+$/, PATH);
/** A key may come from wherever a secret may; text is the path of its file. */
const keySource = z.union([pemPath.transform((file): SecretRef => ({ file })), secretRef], {
  error:
    'expected the path of a PEM file, such as "tls/key.pem", or secret("NAME"), secretEnv("VARIABLE") or secretCommand("PROGRAM", …)',
});

/** Where the entry's certificate comes from. */
export const tlsSchema = z.discriminatedUnion("mode", [
  z.strictObject({
    /** No TLS: every service answers on this machine alone. */
    mode: z.literal("off").describe("No TLS: every service answers on this machine alone."),
  }),
  z.strictObject({
    /** An authority of the stack's own, made and renewed by Caddy; browsers have to be told of its root once. */
    mode: z.literal("internal").describe(
      "An authority of the stack's own, made and renewed by Caddy; browsers have to be told of its root once.",
    ),
  }),
  z.strictObject({
    /** Files of one's own, read again when they change. */
    mode: z.literal("files").describe("Files of one's own, read again when they change."),
    /** PEM file with the certificate and those between it and the root, in this order; relative to config.ts. */
    certificate: pemPath.describe(
      "PEM file with the certificate and those between it and the root, in this order; relative to config.ts.",
    ),
    /** Its private key in PEM, without a passphrase: a path relative to config.ts, or where the secret lies. */
    key: keySource.describe(
      "Its private key in PEM, without a passphrase: a path relative to config.ts, or where the secret lies.",
    ),
  }),
  z.strictObject({
    /** A public authority that speaks ACME, such as Let's Encrypt; it has to reach the entry under its name. */
    mode: z.literal("acme").describe(
      "A public authority that speaks ACME, such as Let's Encrypt; it has to reach the entry under its name.",
    ),
    /** Where the authority writes to when something is wrong with the certificate. */
    email: z.email('expected an e-mail address such as "ops@example.org"').describe(
      "Where the authority writes to when something is wrong with the certificate.",
    ),
    /** The authority's ACME directory; Let's Encrypt's when left out. */
    directory: httpUrl.default("https://acme-v02.api.letsencrypt.org/directory").describe(
      "The authority's ACME directory; Let's Encrypt's when left out.",
    ),
    /** PEM file with the root that vouches for the directory's own certificate, when that is none of the public ones; relative to config.ts. */
    root: pemPath.optional().describe(
      "PEM file with the root that vouches for the directory's own certificate, when that is none of the public ones; relative to config.ts.",
    ),
  }),
], { error: 'expected a tls with `mode: "off"`, `"internal"`, `"files"` or `"acme"`' });

/** Keys of config.ts that belong to the entry. */
export const entryShape = {
  /** How people reach the stack: without TLS on this machine alone, or through one entry that speaks HTTPS and asks who they are. */
  tls: tlsSchema.default({ mode: "off" }).describe(
    "How people reach the stack: without TLS on this machine alone, or through one entry that speaks HTTPS and asks who they are.",
  ),
  /** The one door to every service, there when `tls` is on. */
  entry: z.strictObject({
    /** Name or IP address that people type; when left out `bind`, or `localhost` when that is this machine alone. */
    name: entryName.optional().describe(
      "Name or IP address that people type; when left out `bind`, or `localhost` when that is this machine alone.",
    ),
    /** Further names and addresses of the entry; they lead to `name`. */
    aliases: z.array(entryName).default([]).describe(
      "Further names and addresses of the entry; they lead to `name`.",
    ),
    /** Each service under a path of the name (`/grafana/`), or under a host name of its own (`grafana.` before the name). */
    layout: z.enum(["paths", "hosts"]).default("paths").describe(
      "Each service under a path of the name (`/grafana/`), or under a host name of its own (`grafana.` before the name).",
    ),
    /** Port that people type, when a router or firewall passes it on to `ports.entry`; the same as `ports.entry` when left out. */
    publicPort: port.optional().describe(
      "Port that people type, when a router or firewall passes it on to `ports.entry`; the same as `ports.entry` when left out.",
    ),
    /** Whether browsers are told to reach this name by HTTPS alone for a year, whatever the port; never said of `localhost`. */
    hsts: z.boolean().default(true).describe(
      "Whether browsers are told to reach this name by HTTPS alone for a year, whatever the port; never said of `localhost`.",
    ),
  }).prefault({}).describe("The one door to every service, there when `tls` is on."),
};

/** A valid `tls`. */
export type Tls = z.output<typeof tlsSchema>;
/** A valid `entry`. */
export type EntrySettings = z.output<typeof entryShape.entry>;
