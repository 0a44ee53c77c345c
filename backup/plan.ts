/** What the agent that makes backups is told: plain data, without a secret. */

import type { BackupSettings } from "./schema.ts";

/** A service whose data is saved. */
export type Part = "prometheus" | "alertmanager" | "grafana" | "webhook" | "entry";

/** Every service whose data is saved, in the order in which it is shown. */
export const PARTS: readonly Part[] = ["prometheus", "alertmanager", "grafana", "webhook", "entry"];

/** One service's data. */
export interface PartPlan {
  /** Where its data lies, as the agent sees it. */
  readonly data: string;
  /** How the agent reaches it; left out when it does not run, and is saved as it lies there. */
  readonly url?: string;
  /** Whom its files belong to; whoever runs the agent when left out. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/** What the agent is told. */
export interface Plan {
  /** The stack's name: what its backups are told from those of other stacks by. */
  readonly stack: string;
  readonly engine: "docker" | "local";
  readonly every: string;
  readonly keep: BackupSettings["keep"];
  readonly verify: BackupSettings["verify"];
  /** The repository as restic names it; a directory by its absolute path. */
  readonly repository: string;
  /** Whether an SFTP server is signed on to with the key among the secrets. */
  readonly sftpKey: boolean;
  /** Variables of restic's environment: each has a secret of the same name. */
  readonly credentials: readonly string[];
  /** The agent's own data: what it remembers, restic's cache, and copies while it makes a backup. */
  readonly data: string;
  /** Version of each service, to be shown before a backup is restored. */
  readonly versions: Readonly<Record<string, string>>;
  readonly parts: Readonly<Partial<Record<Part, PartPlan>>>;
}

/** Names of the secrets that are no variables. */
export const SECRET = { password: "password", sftpKey: "sftp-key", knownHosts: "known-hosts" } as const;
/** Name of the file with what is saved of config.ts and the secrets, among the agent's own secrets. */
export const BUNDLE = "bundle.json";

/** A file that is no service's data. */
export interface BundledFile {
  /** `config/…` relative to the directory of config.ts, `secrets/…` to that of the secrets, `state/…` to the state directory. */
  readonly path: string;
  readonly base64: string;
  /** Permission bits. */
  readonly mode: number;
}

/** What is saved beside the services' data. */
export interface Bundle {
  /** File name of config.ts, in `config/`. */
  readonly config: string;
  readonly files: readonly BundledFile[];
}

/** Whether a repository is a directory of this machine. */
export function isDirectory(repository: string): boolean {
  return !/^[a-z0-9]+:/.test(repository) || repository.startsWith("local:");
}
