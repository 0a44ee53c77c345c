/** The real node exporter as it stands on another machine: over TLS, with a password. */

import bcrypt from "bcryptjs";
import { join } from "node:path";
import { run } from "../../../lib/process.ts";
import { binary } from "../../../tasks/binaries/mod.ts";
import { freePort } from "../../free_port.ts";

/** A certificate with its key, in files. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** Makes a certificate that vouches for itself. @param names As openssl writes them: `DNS:web-1`, `IP:127.0.0.2`. */
export async function makeCertificate(directory: string, name: string, names: string): Promise<Certificate> {
  const [certificate, key] = [join(directory, `${name}.pem`), join(directory, `${name}-key.pem`)];
  const { code, stderr } = await run("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "90"],
    ...[
      "-subj",
      `/CN=${name}`,
      "-addext",
      `subjectAltName=${names}`,
      "-addext",
      "basicConstraints=critical,CA:FALSE",
      "-keyout",
      key,
      "-out",
      certificate,
    ],
  ]);
  if (code !== 0) throw new Error(`Cannot make a certificate: ${stderr}`);
  return { certificate, key };
}

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
