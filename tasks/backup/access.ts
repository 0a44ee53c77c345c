/** The secrets that open the repository. */

import { join } from "node:path";
import { SECRET } from "../../backup/mod.ts";
import { readIfThere } from "../../lib/files.ts";
import { whyUnreadable } from "../../lib/system_error.ts";
import type { SecretRef } from "../../lib/secret_ref.ts";
import { EXIT, Failure, type Invocation, UsageError, userPath } from "../cli.ts";
import { pathText } from "../config_issue.ts";
import { backupNeedsOf, isGiven, type SecretNeed } from "../secret_needs.ts";
import { closedDirectory } from "../secret_store.ts";
import { secretValue } from "../secret_value.ts";
import { makeSecret, writeSecret } from "../secrets.ts";
import type { Stack, Target } from "../stack.ts";
import { repositoryOf } from "./plan.ts";

/** What opens the repository. */
export interface RepositorySecrets {
  /** By their names. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Path of the file with the password, when it was made just now. */
  readonly made?: string;
}

/** How to find them. */
export interface AccessOptions {
  /** Whether a password may be made where there is none. */
  readonly make: boolean;
  /** A file with the password, instead of the one that the stack knows. */
  readonly passwordFile?: string;
}

/**
 * The secrets of the stack's repository.
 *
 * @throws {Failure} when one is not to be had.
 */
export async function repositorySecrets(
  stack: Stack,
  target: Target,
  { make, passwordFile }: AccessOptions,
): Promise<RepositorySecrets> {
  const secrets: Record<string, string> = {};
  let made: string | undefined;
  for (const need of backupNeedsOf(stack)) {
    const path = join(target.stateDir, "secrets", "backup", need.file);
    if (need.file === SECRET.password && passwordFile !== undefined) {
      secrets[need.file] = await givenFile("password-file", passwordFile);
    } else if (isGiven(need)) {
      secrets[need.file] = await given(need, target);
    } else {
      const known = await readIfThere(path);
      if (known === undefined && !make) throw noPassword(stack, target);
      secrets[need.file] = known ?? makeSecret();
      if (known !== undefined) continue;
      await closedDirectory(join(target.stateDir, "secrets"));
      await writeSecret(path, secrets[need.file]!, target);
      made = path;
    }
  }
  return { secrets, made };
}

/** How `deno task restore` is told to sign on to an SFTP server, where config.ts does not say it or is not there. */
export const SFTP_FLAGS = {
  "sftp-key": {
    type: "string",
    value: "FILE",
    help: "a private key for an SFTP repository; ssh's own otherwise",
  },
  "known-hosts": {
    type: "string",
    value: "FILE",
    help: "the SFTP server's lines of known_hosts, with --sftp-key",
  },
} as const;

/**
 * What the flags name, by the names of the repository's secrets; nothing when they are not given.
 *
 * @throws {UsageError} when one is given without the other.
 */
export async function sftpSecretsOf({ flags }: Pick<Invocation, "flags">): Promise<Record<string, string>> {
  const [key, hosts] = [flags["sftp-key"], flags["known-hosts"]] as (string | undefined)[];
  if (key === undefined && hosts === undefined) return {};
  if (key === undefined || hosts === undefined) {
    throw new UsageError(
      `Cannot use --${
        key === undefined ? "known-hosts" : "sftp-key"
      } alone: expected --sftp-key FILE and --known-hosts FILE`,
    );
  }
  return {
    [SECRET.sftpKey]: await givenFile("sftp-key", key),
    [SECRET.knownHosts]: await givenFile("known-hosts", hosts),
  };
}

/**
 * What a file holds that a flag names, white space around it left off.
 *
 * @throws {Failure} when it cannot be read.
 */
export async function givenFile(flag: string, path: string): Promise<string> {
  try {
    return (await Deno.readTextFile(userPath(path))).trim();
  } catch (error) {
    throw new Failure(
      `Cannot read --${flag} "${path}": ${whyUnreadable(error)}`,
      EXIT.usage,
      "name a file that this user can read",
    );
  }
}

/** What was put there when the stack was brought up will do where the secret cannot be had now. */
async function given(need: SecretNeed & { readonly from: SecretRef }, target: Target): Promise<string> {
  const value = await secretValue(need.from, target);
  if ("text" in value) return value.text;
  const known = await readIfThere(join(target.stateDir, "secrets", "backup", need.file));
  if (known !== undefined) return known;
  throw new Failure(
    `Cannot have the secret ${pathText(need.config ?? [need.file])}: ${value.reason}`,
    EXIT.lacking,
    value.cure,
  );
}

function noPassword(stack: Stack, target: Target): Failure {
  return new Failure(
    `Cannot open the repository "${
      repositoryOf(stack, target)
    }": its password is not in this state directory`,
    EXIT.usage,
    "name a file with it: --password-file FILE",
  );
}
