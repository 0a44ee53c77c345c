/** Pebble, Let's Encrypt's authority for tests, with its name server: Debian's package, unpacked without installing. */

import { join } from "node:path";
import { makeCertificate } from "../../certificate.ts";
import { freePort } from "../../free_port.ts";
import { notOnLinux } from "../../unless.ts";
import { unpacked } from "../unpacked.ts";
import { drained, until } from "./door.ts";

/** An authority that runs; leaving its scope stops it. */
export interface Pebble extends AsyncDisposable {
  /** URL of its ACME directory. */
  readonly directory: string;
  /** Path of the certificate that vouches for the directory. */
  readonly trust: string;
  /** The root of what it gives, PEM. */
  root(): Promise<string>;
}

/** Finds or fetches the programs; a reason when they are not to be had. */
export async function findPebble(): Promise<{ readonly programs: string } | { readonly skip: string }> {
  if (notOnLinux) return { skip: notOnLinux };
  const found = await unpacked("pebble", ["pebble"]);
  return "skip" in found ? found : { programs: join(found.root, "usr/bin") };
}

/**
 * Starts it. It proves every name for real, by asking the address that all of them lead to.
 *
 * @param directory For its files. @param address Where all names lead to. @param ports Where it asks there.
 */
export async function startPebble(
  programs: string,
  directory: string,
  address: string,
  ports: { readonly http: number; readonly https: number },
): Promise<Pebble> {
  const own = await makeCertificate(directory, "pebble", "IP:127.0.0.1");
  const [acme, management, names, control] = [freePort(), freePort(), freePort(), freePort()];
  const config = join(directory, "pebble.json");
  await Deno.writeTextFile(
    config,
    JSON.stringify({
      pebble: {
        listenAddress: `127.0.0.1:${acme}`,
        managementListenAddress: `127.0.0.1:${management}`,
        certificate: own.certificate,
        privateKey: own.key,
        httpPort: ports.http,
        tlsPort: ports.https,
      },
    }),
  );
  const spawn = (name: string, args: readonly string[]) =>
    new Deno.Command(join(programs, name), {
      args: [...args],
      env: { PEBBLE_VA_NOSLEEP: "1" },
      stdout: "null",
      stderr: "null",
    }).spawn();
  const children = [
    spawn("pebble-challtestsrv", [
      `-defaultIPv4=${address}`,
      "-defaultIPv6=",
      `-dns01=127.0.0.1:${names}`,
      `-management=127.0.0.1:${control}`,
      ...["http01", "https01", "tlsalpn01"].map((name) => `-${name}=`),
    ]),
    spawn("pebble", ["-config", config, `-dnsserver=127.0.0.1:${names}`]),
  ];
  const client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(own.certificate)] });
  const pebble: Pebble = {
    directory: `https://127.0.0.1:${acme}/dir`,
    trust: own.certificate,
    root: async () => await (await fetch(`https://127.0.0.1:${management}/roots/0`, { client })).text(),
    async [Symbol.asyncDispose]() {
      client.close();
      for (const child of children) {
        child.kill();
        await child.status;
      }
    },
  };
  try {
    await until(async () => (await drained(await fetch(pebble.directory, { client }))).ok);
    return pebble;
  } catch (error) {
    await pebble[Symbol.asyncDispose]();
    throw error;
  }
}
