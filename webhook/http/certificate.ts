/** The files of a certificate, read again when they change. */

import { X509Certificate } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { BadTls, proveTls, type TlsListener, type TlsMaterial } from "./tls.ts";

/** Where a certificate is. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientCaFile?: string;
}

/**
 * Reads a certificate and proves that it can be used.
 *
 * @throws {BadTls} when it cannot; the message names the files and quotes nothing of them.
 */
export async function readCertificate({ certFile, keyFile, clientCaFile }: TlsFiles): Promise<TlsMaterial> {
  const material = {
    cert: await read(certFile),
    key: await read(keyFile),
    clientCa: clientCaFile === undefined ? undefined : await read(clientCaFile),
  };
  try {
    await proveTls(material);
  } catch (error) {
    if (!(error instanceof BadTls)) throw error;
    const files = [certFile, keyFile, clientCaFile].filter((file) => file !== undefined);
    throw new BadTls(`Cannot use ${files.map((file) => `"${file}"`).join(", ")}: ${error.message}`);
  }
  return material;
}

/** What keeps a listener's certificate. */
export interface CertificateOptions {
  readonly files: TlsFiles;
  readonly listener: Pick<TlsListener, "renew">;
  readonly clock: Clock;
  readonly log: Log;
  /** How often the files are looked at. Default 30 000. */
  readonly everyMs?: number;
}

/** A certificate that is kept fresh. */
export interface KeptCertificate {
  /** Reads the files again; bad ones are logged, and the certificate before stays in use. */
  reload(): Promise<void>;
  stop(): void;
}

/** Gives `listener` what the files hold whenever they have changed, as when it was renewed. */
export function keepCertificate(options: CertificateOptions): KeptCertificate {
  const { files, listener, clock, log, everyMs = 30_000 } = options;
  let seen: Promise<string> = stateOf(files);
  let cancel = () => {};
  let stopped = false;

  async function reload(): Promise<void> {
    seen = stateOf(files);
    await seen;
    try {
      const material = await readCertificate(files);
      if (stopped) return;
      listener.renew(material);
      log.info("Certificate reloaded", { certFile: files.certFile, expires: expiryOf(material.cert) });
    } catch (error) {
      if (!(error instanceof BadTls)) throw error;
      log.error("Cannot reload the certificate: the one before stays in use", { error: error.message });
    }
  }

  async function look(): Promise<void> {
    if (await stateOf(files) !== await seen) await reload();
    watch();
  }

  function watch(): void {
    if (!stopped) cancel = clock.after(everyMs, () => void look());
  }

  watch();
  return {
    reload,
    stop() {
      stopped = true;
      cancel();
    },
  };
}

/** What changes when one of the files does. */
async function stateOf({ certFile, keyFile, clientCaFile }: TlsFiles): Promise<string> {
  const files = [certFile, keyFile, clientCaFile].filter((file) => file !== undefined);
  const states = await Promise.all(files.map(async (file) => {
    try {
      const { mtime, size, ino } = await Deno.stat(file);
      return `${mtime?.getTime()} ${size} ${ino}`;
    } catch {
      return "missing";
    }
  }));
  return states.join("\n");
}

async function read(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    throw new BadTls(`Cannot read "${file}": ${(error as Error).message}`);
  }
}

function expiryOf(cert: string): string {
  return new X509Certificate(cert).validToDate.toISOString();
}
