/** How targets on other machines are asked: TLS and credentials, whose secrets Prometheus reads from files. */

import type { SecretRef } from "../lib/secret_ref.ts";
import type { Access } from "./access_schema.ts";
import type { Measure } from "./schema.ts";

/** A file that Prometheus reads to ask a target. */
export interface AccessFile {
  /** File name in Prometheus's secrets directory. No name of a host or job has a dot: two of them never give one file. */
  readonly file: string;
  readonly from: SecretRef;
  /** Its place in config.ts. */
  readonly config: readonly (string | number)[];
  readonly what: "certificate" | "key" | "password";
}

/** Every file that the hosts and jobs of config.ts need. */
export function accessFiles({ hosts, jobs }: Pick<Measure, "hosts" | "jobs">): AccessFile[] {
  return [
    ...hosts.flatMap((host, i) => filesOf(`host-${host.name}`, host, ["hosts", i])),
    ...jobs.flatMap((job, i) => filesOf(`job-${job.name}`, job, ["jobs", i])),
  ];
}

function filesOf(owner: string, { tls, auth }: Access, place: readonly (string | number)[]): AccessFile[] {
  const files: AccessFile[] = [];
  const add = (
    suffix: Suffix,
    from: SecretRef | undefined,
    what: AccessFile["what"],
    ...path: string[]
  ) => {
    if (from !== undefined) {
      files.push({ file: `${owner}.${suffix}`, from, config: [...place, ...path], what });
    }
  };
  add("ca.pem", tls?.ca === undefined ? undefined : { file: tls.ca }, "certificate", "tls", "ca");
  add(
    "certificate.pem",
    tls?.certificate === undefined ? undefined : { file: tls.certificate },
    "certificate",
    "tls",
    "certificate",
  );
  add("key.pem", tls?.key, "key", "tls", "key");
  add("password", auth?.basic?.password, "password", "auth", "basic", "password");
  add("token", auth?.bearer, "password", "auth", "bearer");
  return files;
}

type Suffix = "ca.pem" | "certificate.pem" | "key.pem" | "password" | "token";

/**
 * Keys of a scrape config that ask as `access` says.
 *
 * @param owner `host-NAME` or `job-NAME`.
 * @param secretsDir Where Prometheus sees its secrets.
 */
export function accessConfig({ tls, auth }: Access, owner: string, secretsDir: string): object {
  const at = (suffix: Suffix) => `${secretsDir}/${owner}.${suffix}`;
  return {
    ...(tls && (tls.ca ?? tls.serverName ?? tls.certificate) !== undefined && {
      tls_config: {
        ca_file: tls.ca === undefined ? undefined : at("ca.pem"),
        cert_file: tls.certificate === undefined ? undefined : at("certificate.pem"),
        key_file: tls.key === undefined ? undefined : at("key.pem"),
        server_name: tls.serverName,
      },
    }),
    ...(auth &&
      (auth.basic
        ? { basic_auth: { username: auth.basic.user, password_file: at("password") } }
        : { authorization: { type: "Bearer", credentials_file: at("token") } })),
  };
}
