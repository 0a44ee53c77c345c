/** What config.ts says about measuring: what to scrape, how often, how long to keep it, when to alert. */

import * as z from "zod";
import { address, duration, httpUrl, labels, name, size } from "../lib/schema.ts";
import { accessShape } from "./access_schema.ts";
import { ruleShape } from "./rule_schema.ts";

const host = z.strictObject({
  /** The host's name: the `instance` label of everything measured on it. */
  name: name.describe("The host's name: the `instance` label of everything measured on it."),
  /** Where its node exporter listens, `host:port`; left out for this machine, whose exporter the stack runs. */
  address: address.optional().describe(
    "Where its node exporter listens, `host:port`; left out for this machine, whose exporter the stack runs.",
  ),
  /** Labels to put on all of its samples. */
  labels: labels.default({}).describe("Labels to put on all of its samples."),
  ...accessShape,
});

const job = z.strictObject({
  /** The `job` label. */
  name: name.describe("The `job` label."),
  /** Addresses to scrape, `host:port`. */
  targets: z.array(address).default([]).describe("Addresses to scrape, `host:port`."),
  /** Files with targets in Prometheus's file_sd format (JSON or YAML), as this machine sees them; read again when they change. */
  files: z.array(z.string()).default([])
    .describe(
      "Files with targets in Prometheus's file_sd format (JSON or YAML), as this machine sees them; read again when they change.",
    ),
  /** Labels to put on all samples of `targets`. */
  labels: labels.default({}).describe("Labels to put on all samples of `targets`."),
  /** Path of the metrics. */
  path: z.string().startsWith("/", { error: 'expected a path that starts with "/"' }).default("/metrics")
    .describe("Path of the metrics."),
  /** `http` or `https`. */
  scheme: z.enum(["http", "https"]).default("http").describe("`http` or `https`."),
  /** How often, when other than `scrape.interval`. */
  interval: duration.optional().describe("How often, when other than `scrape.interval`."),
  ...accessShape,
});

const probeCommon = {
  /** The probe's name: its `instance` label. */
  name: name.describe("The probe's name: its `instance` label."),
  /** Labels to put on all of its samples. */
  labels: labels.default({}).describe("Labels to put on all of its samples."),
};

const probe = z.discriminatedUnion("kind", [
  z.strictObject({
    ...probeCommon,
    /** Gets a URL and looks at the answer. */
    kind: z.literal("http").describe("Gets a URL and looks at the answer."),
    /** The URL to get. */
    target: httpUrl.describe("The URL to get."),
    /** Status codes that are right; any 2xx when left out. */
    status: z.array(z.int().min(100).max(599)).default([]).describe(
      "Status codes that are right; any 2xx when left out.",
    ),
    /** A regular expression that the body must match. */
    body: z.string().optional().describe("A regular expression that the body must match."),
  }),
  z.strictObject({
    ...probeCommon,
    /** Opens a connection. */
    kind: z.literal("tcp").describe("Opens a connection."),
    /** `host:port` to connect to. */
    target: address.describe("`host:port` to connect to."),
    /** Whether to speak TLS and check the certificate. */
    tls: z.boolean().default(false).describe("Whether to speak TLS and check the certificate."),
  }),
  z.strictObject({
    ...probeCommon,
    /** Pings. */
    kind: z.literal("icmp").describe("Pings."),
    /** Host to ping. */
    target: address.describe("Host to ping."),
  }),
  z.strictObject({
    ...probeCommon,
    /** Asks a DNS server. */
    kind: z.literal("dns").describe("Asks a DNS server."),
    /** DNS server to ask, `host` or `host:port`. */
    target: address.describe("DNS server to ask, `host` or `host:port`."),
    /** Name to look up. */
    query: z.string().min(1).describe("Name to look up."),
    /** Record type. */
    type: z.enum(["A", "AAAA", "MX", "TXT", "NS", "SOA", "CNAME"]).default("A").describe("Record type."),
  }),
], { error: 'expected a probe with `kind: "http"`, `"tcp"`, `"icmp"` or `"dns"`' });

const percent = z.number().gt(0, "expected a percentage above 0").max(
  100,
  "expected a percentage, at most 100",
);

/** Top-level keys of config.ts that belong to measuring. */
export const measureShape = {
  /** How often targets are scraped, and how long one may take. */
  scrape: z.strictObject({
    /** Time between two scrapes of a target. */
    interval: duration.default("15s").describe("Time between two scrapes of a target."),
    /** How long a scrape may take; not longer than `interval`. */
    timeout: duration.default("10s").describe("How long a scrape may take; not longer than `interval`."),
  }).prefault({}).describe("How often targets are scraped, and how long one may take."),
  /** How often rules are evaluated. */
  evaluation: z.strictObject({
    /** Time between two evaluations of a rule. */
    interval: duration.default("15s").describe("Time between two evaluations of a rule."),
  }).prefault({}).describe("How often rules are evaluated."),
  /** How long measurements are kept: whichever limit is reached first. */
  retention: z.strictObject({
    /** At most this long. */
    time: duration.default("15d").describe("At most this long."),
    /** At most this much disk. */
    size: size.default("5GB").describe("At most this much disk."),
  }).prefault({}).describe("How long measurements are kept: whichever limit is reached first."),
  /** Hosts to watch; one without an address is this machine. */
  hosts: z.array(host).default([{ name: "localhost", labels: {} }]).describe(
    "Hosts to watch; one without an address is this machine.",
  ),
  /** Other things that expose Prometheus metrics. */
  jobs: z.array(job).default([]).describe("Other things that expose Prometheus metrics."),
  /** Questions to ask from outside: does the site answer, is the port open. */
  probes: z.array(probe).default([]).describe(
    "Questions to ask from outside: does the site answer, is the port open.",
  ),
  /** Where the alerts' lines are drawn. Percentages are 0–100. */
  thresholds: z.strictObject({
    /** Processors busy, percent, for 15 minutes. */
    cpu: percent.default(90).describe("Processors busy, percent, for 15 minutes."),
    /** Memory used, percent, for 15 minutes. */
    memory: percent.default(90).describe("Memory used, percent, for 15 minutes."),
    /** Free space of a filesystem, percent, below which a warning goes out. */
    diskFreeWarning: percent.default(10).describe(
      "Free space of a filesystem, percent, below which a warning goes out.",
    ),
    /** Free space of a filesystem, percent, below which it is critical. */
    diskFreeCritical: percent.default(5).describe(
      "Free space of a filesystem, percent, below which it is critical.",
    ),
    /** Load average over one minute per processor, for 15 minutes. */
    loadPerCpu: z.number().gt(0).default(2).describe(
      "Load average over one minute per processor, for 15 minutes.",
    ),
    /** Days before a certificate's end from which on a warning goes out. */
    certificateDays: z.number().gt(0).default(20).describe(
      "Days before a certificate's end from which on a warning goes out.",
    ),
    /** How long a target may be unreachable before it is critical. */
    targetDownFor: duration.default("2m").describe(
      "How long a target may be unreachable before it is critical.",
    ),
  }).prefault({}).describe("Where the alerts' lines are drawn. Percentages are 0–100."),
  ...ruleShape,
};

/** The measuring part of a valid configuration. */
export type Measure = z.output<z.ZodObject<typeof measureShape>>;
/** A host to watch. */
export type Host = z.output<typeof host>;
/** An extra scrape job. */
export type Job = z.output<typeof job>;
/** A probe. */
export type Probe = z.output<typeof probe>;
/** The alerts' thresholds. */
export type Thresholds = Measure["thresholds"];
