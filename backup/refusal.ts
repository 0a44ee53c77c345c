/** What restic says no with: its exit codes and its words, for people. */

import { BackupFailure } from "./failure.ts";
import type { Finished, Message, Repository } from "./restic.ts";

const SHOWN_COMPLAINTS = 3;

/** restic's exit codes that mean something. */
export const RESTIC = {
  incomplete: 3,
  noRepository: 10,
  locked: 11,
  wrongPassword: 12,
} as const;

/** What restic said no with. */
export function refusal(
  { repository }: Pick<Repository, "repository">,
  what: string,
  { code, complaints }: Pick<Finished, "code" | "complaints">,
): BackupFailure {
  const detail = [...new Set(complaints)].slice(-SHOWN_COMPLAINTS).join("; ") || `exit code ${code}`;
  const text = complaints.join("\n");
  const name = `the repository "${withoutUser(repository)}"`;
  if (code === RESTIC.wrongPassword) {
    return new BackupFailure(
      `Cannot ${what}: the password is not the one of ${name}`,
      2,
      "give the password that was in use when the repository was made: `backup: { password: … }` in config.ts, or --password-file",
    );
  }
  if (code === RESTIC.noRepository) {
    return new BackupFailure(
      `Cannot ${what}: there is no repository at "${withoutUser(repository)}"`,
      3,
      "mount the disk that it lies on, or name another with `backup: { repository: … }` in config.ts or --repository",
    );
  }
  if (code === RESTIC.locked) {
    return new BackupFailure(
      `Cannot ${what}: ${name} is in use: ${detail}`,
      3,
      "wait until the other run has ended, then run the same command again",
    );
  }
  if (isFull(text)) {
    return new BackupFailure(
      `Cannot ${what}: ${detail}`,
      3,
      "free some disk space, then run the same command again",
    );
  }
  if (/executable file not found/i.test(text) && repository.startsWith("sftp:")) {
    return new BackupFailure(
      `Cannot ${what}: there is no ssh client: ${detail}`,
      3,
      "install OpenSSH's client",
    );
  }
  if (UNREACHED.test(text)) {
    return new BackupFailure(
      `Cannot ${what}: the server of ${name} cannot be reached: ${detail}`,
      3,
      "mend the address of `repository`, or the network, then run the same command again",
    );
  }
  if (REFUSED.test(text)) {
    return new BackupFailure(
      `Cannot ${what}: the server of ${name} refuses: ${detail}`,
      3,
      "mend `credentials` or `sftp` of `backup` in config.ts (where that is lost: the environment, or --sftp-key and --known-hosts), then run the same command again",
    );
  }
  if (DAMAGED.test(text)) {
    return new BackupFailure(
      `Cannot ${what}: ${name} is damaged: ${detail}`,
      1,
      "restore another backup (`deno task restore --list`) or from a copy of the repository; docs/backup.md says how to mend one",
    );
  }
  return new BackupFailure(
    `Cannot ${what} with ${name}: ${detail}`,
    3,
    "mend what restic names, then run the same command again",
  );
}

/** What restic says before it tries once more. */
const RETRIED = /\w+\(.*?\) returned error, retrying after [^:]+: (?:\w+: )?/;

const UNREACHED = /^subprocess ssh: ssh: (?:connect to host|Could not resolve)/im;

const REFUSED =
  /Host key verification failed|unable to start the sftp session|Permission denied \((publickey|password)|signature we calculated does not match|access key id you provided does not exist|InvalidAccessKeyId|SignatureDoesNotMatch|no credentials found|\bAccess ?Denied\b/i;

const DAMAGED =
  /ciphertext verification failed|decrypting blob|nonce is invalid|does not match|invalid data|hash mismatch|not found in (index|repository)|unable to load index|pack .* (damaged|contains|not)|incomplete pack|error loading (tree|snapshot|index)|id .* not found|unexpected EOF|repository contains errors|no such file or directory.*\/(data|index|snapshots|keys)\/|packs? from index missing|missing blob|is truncated|invalid (char|header)|file does not exist.*(data|index|snapshots|keys)/i;

/** With `--json` it complains in JSON in some places, and in words in others. @param message The line's JSON, when it has some. */
export function complaintOf(line: string, message: Message | undefined): string {
  const nested = message?.error as { readonly message?: string } | undefined;
  const text = message === undefined ? line : String(message.message ?? nested?.message ?? "");
  return text.replace(/^Fatal: /, "").replace(RETRIED, "").split("\n")[0]!.trim();
}

/** Whether it is going to ask again, for a quarter of an hour, what it was refused by name. */
export function isInVain(line: string): boolean {
  return RETRIED.test(line) && REFUSED.test(line);
}

/** Whether a disk is full, by what somebody says of it. */
export function isFull(text: string): boolean {
  return /no space left on device|disk quota exceeded|database or disk is full/i.test(text);
}

/** restic names an SFTP user; URLs of other kinds may hold more than that. */
function withoutUser(repository: string): string {
  return repository.replace(/\/\/[^/@\s]*@/, "//");
}
