/** The outside programs that the local engine and the checks need, and where each project and Debian put them. */

import type { LocalService } from "../../compose/services/mod.ts";
import { VERSIONS } from "../../compose/versions.ts";

/** Name of an outside program. */
export type BinaryName =
  | "prometheus"
  | "promtool"
  | "alertmanager"
  | "amtool"
  | "node_exporter"
  | "blackbox_exporter"
  | "grafana"
  | "caddy"
  | "restic";

/** Every name of an outside program. */
export const BINARIES: readonly BinaryName[] = [
  "prometheus",
  "promtool",
  "alertmanager",
  "amtool",
  "node_exporter",
  "blackbox_exporter",
  "grafana",
  "caddy",
  "restic",
];

/** A project's release archive: several programs may come in one. */
export interface Archive {
  /** Its name in the cache. */
  readonly unit: string;
  /** Path of the archive below its site, and of the file with its SHA-256 sum. */
  paths(version: string, os: string, arch: string): { readonly archive: string; readonly sums: string };
  readonly site: "github" | "grafana";
  /** Whether what is in it lies at its top; left out when it lies in one directory. */
  readonly flat?: true;
  /** Path of each program in the archive, its top directory left out. */
  readonly programs: Partial<Readonly<Record<BinaryName, string>>>;
}

/** An outside program. */
export interface Program {
  readonly name: BinaryName;
  /** The service whose version it has. */
  readonly service: Exclude<LocalService, "webhook">;
  /** File names under which it may be on PATH, the project's own first. */
  readonly fileNames: readonly string[];
  /** The argument that makes it print its version; `--version` when left out. */
  readonly versionArgument?: string;
  /** What it prints then starts with this; the first group is the version. */
  readonly versionLine: RegExp;
  readonly archive: Archive;
  /** Debian's package, and the program's path in it; none for what Debian does not have. */
  readonly debian?: { readonly package: string; readonly path: string; readonly wantsShare?: true };
}

/** A release on GitHub as every project of the Prometheus family makes it. */
function prometheusRelease(repository: string, programs: readonly BinaryName[]): Archive {
  return {
    unit: repository,
    site: "github",
    paths: (version, os, arch) => {
      const directory = `prometheus/${repository}/releases/download/v${version}`;
      return {
        archive: `${directory}/${repository}-${version}.${os}-${arch}.tar.gz`,
        sums: `${directory}/sha256sums.txt`,
      };
    },
    programs: Object.fromEntries(programs.map((name) => [name, name])),
  };
}

const prometheus = prometheusRelease("prometheus", ["prometheus", "promtool"]);
const alertmanager = prometheusRelease("alertmanager", ["alertmanager", "amtool"]);

/** Every program. */
export const PROGRAMS: Readonly<Record<BinaryName, Program>> = {
  prometheus: {
    name: "prometheus",
    service: "prometheus",
    fileNames: ["prometheus"],
    versionLine: /^prometheus, version (\S+)/,
    archive: prometheus,
    debian: { package: "prometheus", path: "usr/bin/prometheus" },
  },
  promtool: {
    name: "promtool",
    service: "prometheus",
    fileNames: ["promtool"],
    versionLine: /^promtool, version (\S+)/,
    archive: prometheus,
    debian: { package: "promtool", path: "usr/bin/promtool" },
  },
  alertmanager: {
    name: "alertmanager",
    service: "alertmanager",
    fileNames: ["alertmanager", "prometheus-alertmanager"],
    versionLine: /^alertmanager, version (\S+)/,
    archive: alertmanager,
    // Debian's build reads its default templates from /usr/share and ends at once without them.
    debian: { package: "prometheus-alertmanager", path: "usr/bin/prometheus-alertmanager", wantsShare: true },
  },
  amtool: {
    name: "amtool",
    service: "alertmanager",
    fileNames: ["amtool"],
    versionLine: /^amtool, version (\S+)/,
    archive: alertmanager,
    debian: { package: "prometheus-alertmanager", path: "usr/bin/amtool" },
  },
  node_exporter: {
    name: "node_exporter",
    service: "node-exporter",
    fileNames: ["node_exporter", "prometheus-node-exporter"],
    versionLine: /^node_exporter, version (\S+)/,
    archive: prometheusRelease("node_exporter", ["node_exporter"]),
    debian: { package: "prometheus-node-exporter", path: "usr/bin/prometheus-node-exporter" },
  },
  blackbox_exporter: {
    name: "blackbox_exporter",
    service: "blackbox",
    fileNames: ["blackbox_exporter", "prometheus-blackbox-exporter"],
    versionLine: /^blackbox_exporter, version (\S+)/,
    archive: prometheusRelease("blackbox_exporter", ["blackbox_exporter"]),
    debian: { package: "prometheus-blackbox-exporter", path: "usr/bin/prometheus-blackbox-exporter" },
  },
  grafana: {
    name: "grafana",
    service: "grafana",
    fileNames: ["grafana", "grafana-server"],
    versionLine: /^(?:grafana(?:-server)? version|Version) (\S+)/i,
    archive: {
      unit: "grafana",
      site: "grafana",
      paths: (version, os, arch) => {
        const archive = `oss/release/grafana-${version}.${os}-${arch}.tar.gz`;
        return { archive, sums: `${archive}.sha256` };
      },
      programs: { grafana: "bin/grafana" },
    },
  },
  caddy: {
    name: "caddy",
    service: "entry",
    fileNames: ["caddy"],
    versionLine: /^(?:caddy version )?v?(\d\S*)/i,
    archive: {
      unit: "caddy",
      site: "github",
      paths: (version, os, arch) => {
        const directory = `caddyserver/caddy/releases/download/v${version}`;
        return {
          archive: `${directory}/caddy_${version}_${os === "darwin" ? "mac" : os}_${arch}.tar.gz`,
          sums: `${directory}/caddy_${version}_checksums.txt`,
        };
      },
      programs: { caddy: "caddy" },
      flat: true,
    },
    debian: { package: "caddy", path: "usr/bin/caddy" },
  },
  restic: {
    name: "restic",
    service: "backup",
    fileNames: ["restic"],
    versionArgument: "version",
    versionLine: /^restic (\S+) compiled/,
    archive: {
      unit: "restic",
      site: "github",
      paths: (version, os, arch) => {
        const directory = `restic/restic/releases/download/v${version}`;
        return {
          archive: `${directory}/restic_${version}_${os}_${arch}.bz2`,
          sums: `${directory}/SHA256SUMS`,
        };
      },
      programs: { restic: "restic" },
    },
    debian: { package: "restic", path: "usr/bin/restic" },
  },
};

/** The service whose version the program has: promtool's is Prometheus's. */
export function serviceOf(name: BinaryName): Program["service"] {
  return PROGRAMS[name].service;
}

/** The version of `program` that the version table names. */
export function tableVersion(program: Program): string {
  return VERSIONS[program.service].version;
}
