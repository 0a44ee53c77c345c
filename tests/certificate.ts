/** Certificates for tests, in files: openssl makes them. */

import { join } from "node:path";
import { run } from "../lib/process.ts";

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
    ...["-subj", `/CN=${name}`, "-addext", `subjectAltName=${names}`],
    ...["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", key, "-out", certificate],
  ]);
  if (code !== 0) throw new Error(`Cannot make a certificate: ${stderr}`);
  return { certificate, key };
}
