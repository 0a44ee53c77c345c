/** Whether there is room for what the stack writes. */

import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { bytes, formatBytes } from "../../lib/units.ts";
import { Skipped } from "../../lib/check.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { sumOf } from "./metrics.ts";
import type { Scene } from "./scene.ts";

const FULL_BYTES = 16 * 1024 ** 2;
const NEARLY_FULL_BYTES = 1024 ** 3;
const NEARLY_FULL_PART = 0.03;
const FEW_INODES_PART = 0.02;

const full: Diagnosis = {
  id: "doctor/disk-full",
  area: "disk",
  title: "The disk has room",
  about:
    "The filesystem that holds the stack's data is full or nearly so. Prometheus cannot write its log and drops " +
    "samples, Alertmanager loses silences, the webhook refuses alerts. Free some space; `retention.size` in config.ts limits what " +
    "Prometheus keeps.",
  weight: "error",
  async run(scene) {
    const disk = await diskOf(scene);
    const share = `${formatBytes(disk.freeBytes)} free of ${formatBytes(disk.totalBytes)}`;
    const nearly = Math.min(NEARLY_FULL_BYTES, disk.totalBytes * NEARLY_FULL_PART);
    if (disk.freeBytes >= Math.max(nearly, FULL_BYTES)) return share;
    return [{
      cause: disk.freeBytes < FULL_BYTES
        ? "The disk with the stack's data is full"
        : "The disk with the stack's data is nearly full",
      evidence: [`${disk.path}: ${share}`],
      cure:
        `free some space there (\`du -xh ${disk.path} | sort -h | tail\` shows what takes it), or lower ` +
        "retention.size in config.ts",
      weight: disk.freeBytes < FULL_BYTES ? "error" : "warning",
    }];
  },
};

const inodes: Diagnosis = {
  id: "doctor/disk-inodes",
  area: "disk",
  title: "The disk has room for more files",
  about:
    "The filesystem that holds the stack's data has no inodes left: no file can be made although there is free " +
    "space, and programs say `no space left on device`. Remove what made so many small files.",
  weight: "error",
  async run(scene) {
    const { path, files, freeFiles } = await diskOf(scene);
    // Some filesystems (btrfs, overlay) make inodes as they need them and say 0.
    if (files === 0 || freeFiles >= files * FEW_INODES_PART) return "";
    return [{
      cause: "The disk with the stack's data has no room for more files",
      evidence: [`${path}: ${freeFiles} inodes free of ${files}`],
      cure:
        `remove what made so many files: \`du --inodes -x ${path} | sort -n | tail\` shows where they are`,
    }];
  },
};

const tooSmall: Diagnosis = {
  id: "doctor/disk-retention",
  area: "disk",
  title: "What is to be kept fits on the disk",
  about:
    "Prometheus may keep more than the disk has room for: `retention.size` less what is there already is above the " +
    "free space, so the disk will be full before the limit is reached. Lower `retention.size`, or give it a larger disk.",
  weight: "warning",
  mayFollowFrom: ["doctor/disk-full", "doctor/config-unfit"],
  async run(scene) {
    const [stack, disk] = [await scene.stack(), await diskOf(scene)];
    const stored = await storedBytes(scene);
    const wanted = bytes(stack.retention.size);
    if (wanted - stored <= disk.freeBytes) return "";
    return [{
      cause: "Prometheus may keep more than the disk has room for",
      evidence: [
        `retention.size is ${stack.retention.size}, ${formatBytes(stored)} are stored, ${
          formatBytes(disk.freeBytes)
        } are free on ${disk.path}`,
      ],
      cure: `set retention.size in config.ts below ${
        formatBytes(stored + disk.freeBytes)
      }, or give it a larger disk`,
    }];
  },
};

/** Diagnoses of the disk. */
export const disk: readonly Diagnosis[] = [full, inodes];
/** Whether what is to be kept fits: after what config.ts asks of the machine. */
export const diskRetention: readonly Diagnosis[] = [tooSmall];

interface Disk {
  readonly path: string;
  readonly totalBytes: number;
  /** What an ordinary user may still write. */
  readonly freeBytes: number;
  readonly files: number;
  readonly freeFiles: number;
}

/** The filesystem with the data: Docker's own directory for its volumes, else the state directory. */
async function diskOf(scene: Scene): Promise<Disk> {
  let path = scene.paths.stateDir;
  if ((await scene.record())?.engine === "docker") {
    const result = await scene.run("docker", ["info", "--format", "{{.DockerRootDir}}"]);
    if (result?.code === 0 && result.stdout.startsWith("/")) path = result.stdout.trim();
  }
  while (true) {
    try {
      const { bsize, blocks, bavail, files, ffree } = await statfs(path);
      return { path, totalBytes: blocks * bsize, freeBytes: bavail * bsize, files, freeFiles: ffree };
    } catch (error) {
      // A directory that is not there yet will lie on the disk of its parent; one that is closed to us as well.
      if (path === "/") throw new Skipped(`no free space can be read: ${(error as Error).message}`);
      path = dirname(path);
    }
  }
}

async function storedBytes(scene: Scene): Promise<number> {
  try {
    const metrics = await scene.metrics("prometheus");
    return (sumOf(metrics, "prometheus_tsdb_storage_blocks_bytes") ?? 0) +
      (sumOf(metrics, "prometheus_tsdb_wal_storage_size_bytes") ?? 0) +
      (sumOf(metrics, "prometheus_tsdb_head_chunks_storage_size_bytes") ?? 0);
  } catch (error) {
    if (error instanceof Skipped) return 0;
    throw error;
  }
}
