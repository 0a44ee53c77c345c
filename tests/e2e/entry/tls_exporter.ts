/** The real node exporter as it stands on another machine: over TLS, with a password. */

import bcrypt from "bcryptjs";
import { join } from "node:path";
import { binary } from "../../../tasks/binaries/mod.ts";
import type { Certificate } from "../../certificate.ts";
import { freePort } from "../../free_port.ts";

/** A running node exporter. */
export interface TlsExporter extends AsyncDisposable {
  readonly address: string;
}

/** Starts one that wants `vigie` and `password`. */
export async function startTlsExporter(
  directory: string,
  { certificate, key }: Certificate,
  password: string,
): Promise<TlsExporter> {
  const { path } = await binary("node_exporter");
  const config = join(directory, "web.yml");
  const lines = [
    "tls_server_config:",
    `  cert_file: ${certificate}`,
    `  key_file: ${key}`,
    "basic_auth_users:",
    `  vigie: ${bcrypt.hashSync(password, 4)}`,
  ];
  await Deno.writeTextFile(config, lines.join("\n") + "\n");
  const address = `127.0.0.1:${freePort()}`;
  const child = new Deno.Command(path, {
    args: [
      `--web.listen-address=${address}`,
      `--web.config.file=${config}`,
      "--no-collector.systemd",
      "--collector.disable-defaults",
      "--collector.loadavg",
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  return {
    address,
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.status;
    },
  };
}
