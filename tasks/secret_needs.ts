/** What each service must be able to read: the one list of the stack's secrets. */

import { SECRET } from "../backup/mod.ts";
import type { Service } from "../compose/services/mod.ts";
import type { SecretRef } from "../lib/secret_ref.ts";
import { HTTP_URL, isHttpUrl, kindOf, wantedSecret } from "../webhook/channels/mod.ts";
import { toldSecrets } from "./destinations.ts";
import { accessNeedsOf } from "./access_needs.ts";
import { entryNeedsOf } from "./entry_needs.ts";
import { signOnNeedsOf } from "./sign_on.ts";
import { servicesOf, type Stack, type Target } from "./stack.ts";

/** One secret of one service. */
export interface SecretNeed {
  readonly service: Service;
  /** File name in the service's secrets directory. */
  readonly file: string;
  /** `made`: by the generator when it is missing, and kept afterwards. */
  readonly from: SecretRef | { readonly made: "password" | "key" };
  /** Its place in config.ts; left out for what config.ts does not name. */
  readonly config?: readonly (string | number)[];
  /** What it should have held; undefined when it may hold `text`, or anything when left out. */
  readonly wanted?: (text: string) => string | undefined;
  /** Why `deno task secret rotate` does not give it a new value, and what to do instead. */
  readonly keep?: { readonly reason: string; readonly cure: string };
}

/** Grafana's administrator's password, in the secrets directory. */
export const GRAFANA_PASSWORD_FILE = "admin-password";

/** Every secret of the services that run on the engine of `target`; no two have the same file of one service. */
export function secretNeedsOf(stack: Stack, { engine }: Pick<Target, "engine">): SecretNeed[] {
  const running = servicesOf(stack, engine);
  const needs: SecretNeed[] = [
    {
      service: "grafana",
      file: GRAFANA_PASSWORD_FILE,
      ...(stack.grafana.adminPassword === undefined
        ? { from: { made: "password" } }
        : { from: stack.grafana.adminPassword, config: ["grafana", "adminPassword"] }),
    },
    ...toldSecrets(stack).map(({ service, file, from, config, key, kind }): SecretNeed => ({
      service,
      file,
      from,
      config,
      wanted: (text) => kind === undefined ? wantedUrl(text) : wantedSecret(kindOf(kind), key, text),
    })),
  ];
  return [
    ...needs,
    ...backupNeedsOf(stack),
    ...signOnNeedsOf(stack),
    ...entryNeedsOf(stack),
    ...accessNeedsOf(stack),
  ].filter((
    { service },
  ) => running.has(service));
}

const KEEP_PASSWORD = {
  reason: "nothing else opens the backups that were made with it",
  cure:
    "name another `backup.repository` in config.ts and take the file away: the next `up` begins it with a new password",
};

/** What a backup takes, whether it is made by the stack or by hand. */
export function backupNeedsOf({ backup }: Pick<Stack, "backup">): SecretNeed[] {
  const given = (file: string, from: SecretRef, ...config: string[]): SecretNeed => ({
    service: "backup",
    file,
    from,
    config: ["backup", ...config],
  });
  const { password, credentials = {}, sftp } = backup ?? {};
  return [
    password === undefined
      ? { service: "backup", file: SECRET.password, from: { made: "password" }, keep: KEEP_PASSWORD }
      : { ...given(SECRET.password, password, "password"), keep: KEEP_PASSWORD },
    ...Object.entries(credentials).map(([name, from]) => given(name, from, "credentials", name)),
    ...(sftp
      ? [
        given(SECRET.sftpKey, sftp.key, "sftp", "key"),
        given(SECRET.knownHosts, sftp.knownHosts, "sftp", "knownHosts"),
      ]
      : []),
  ];
}

/** Whether config.ts says where the secret comes from; the generator makes the others. */
export function isGiven(need: SecretNeed): need is SecretNeed & { readonly from: SecretRef } {
  return !("made" in need.from);
}

function wantedUrl(text: string): string | undefined {
  return isHttpUrl(text) ? undefined : HTTP_URL;
}
