/** `signOn` of webhook.json together with the secrets that it names. */

import { durationMs } from "../../lib/units.ts";
import type { GroupRoles, Role } from "./role.ts";
import type { SignOnConfig } from "./schema.ts";

/** A user that Vigie knows by itself. */
export interface LocalUser {
  readonly name: string;
  readonly role: Role;
  /** The password, or its bcrypt hash. */
  readonly secret: string;
}

/** How a directory is asked. */
export interface DirectorySettings extends Omit<NonNullable<SignOnConfig["ldap"]>, "timeout"> {
  readonly bindPassword?: string;
  /** PEM. */
  readonly ca?: string;
  readonly timeoutMs: number;
}

/** How a provider is asked. */
export interface ProviderSettings extends Omit<NonNullable<SignOnConfig["openId"]>, "clockTolerance"> {
  readonly clientSecret?: string;
  /** PEM. */
  readonly ca?: string;
  readonly clockToleranceSeconds: number;
}

/** Everything that the gate goes by. */
export interface SignOnSettings {
  /** Base URL of each service as people reach it. */
  readonly urls: Readonly<Record<string, string>>;
  readonly users: readonly LocalUser[];
  readonly directory?: DirectorySettings;
  readonly provider?: ProviderSettings;
  readonly roles: GroupRoles;
  readonly idleMs: number;
  readonly longestMs: number;
}

/**
 * Reads the files that `config` names.
 *
 * @param read Gives the text of a file; tells by itself that it cannot.
 */
export async function readSignOn(
  { urls, users, ldap, openId, roles, session }: SignOnConfig,
  read: (file: string, where: string) => Promise<string>,
): Promise<SignOnSettings> {
  const optional = async (file: string | undefined, where: string) =>
    file === undefined ? undefined : await read(file, `signOn.${where}`);
  const known: LocalUser[] = [];
  for (const [i, { name, role, passwordFile }] of users.entries()) {
    known.push({ name, role, secret: await read(passwordFile, `signOn.users[${i}].passwordFile`) });
  }
  return {
    urls,
    users: known,
    directory: ldap && {
      ...ldap,
      bindPassword: await optional(ldap.bindPasswordFile, "ldap.bindPasswordFile"),
      ca: await optional(ldap.caFile, "ldap.caFile"),
      timeoutMs: durationMs(ldap.timeout),
    },
    provider: openId && {
      ...openId,
      clientSecret: await optional(openId.clientSecretFile, "openId.clientSecretFile"),
      ca: await optional(openId.caFile, "openId.caFile"),
      clockToleranceSeconds: durationMs(openId.clockTolerance) / 1_000,
    },
    roles,
    idleMs: durationMs(session.idle),
    longestMs: durationMs(session.longest),
  };
}

/** What of `settings` must not be shown. */
export function secretsOf({ users, directory, provider }: SignOnSettings): string[] {
  return [
    ...users.map(({ secret }) => secret),
    directory?.bindPassword ?? "",
    provider?.clientSecret ?? "",
  ].filter((secret) => secret !== "");
}
