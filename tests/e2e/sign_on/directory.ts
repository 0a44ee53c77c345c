/** A directory with people and groups, for tests: a real slapd on this machine. */

import { join } from "node:path";
import { run } from "../../../lib/process.ts";
import { selfSigned } from "../../../webhook/testing/certificate.ts";
import { freePort } from "../../free_port.ts";
import type { Unpacked } from "./slapd.ts";

/** The directory's root. */
export const BASE = "dc=example,dc=org";
/** The account that searches, and its password. */
export const SEARCHER = { dn: `cn=searcher,${BASE}`, password: "p\"'#;\\ sécret" };
const ROOT = { dn: `cn=root,${BASE}`, password: "root" };
/** The password of everybody in it: the name and this. */
export const passwordOf = (user: string) => `${user}-s3cret`;

/** A directory that runs. */
export interface Directory extends AsyncDisposable {
  readonly ldap: string;
  readonly ldaps: string;
  /** The same at an address that its certificate is not for. */
  readonly elsewhere: { readonly ldap: string; readonly ldaps: string };
  /** The authority of its certificate, PEM. */
  readonly ca: string;
  /** Runs `ldapsearch` as the searcher. @returns DNs of what it finds. */
  search(base: string, filter: string): Promise<string[]>;
}

const READY_MS = 30_000;
const PEOPLE = ["anna", "bob", "carol", "dave", "eve*x", "zoé"];
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  sre: [person("anna")],
  "on call, night": [person("bob")],
  staff: [person("carol"), group("interns")],
  interns: [person("dave")],
};

function person(name: string): string {
  return `uid=${name},ou=people,${BASE}`;
}

/** The DN of a group. */
export function group(name: string): string {
  return `cn=${name.replace(/,/g, "\\2C")},ou=groups,${BASE}`;
}

/** Starts one. */
export async function startDirectory(slapd: Unpacked): Promise<Directory> {
  const directory = await Deno.makeTempDir({ prefix: "vigie-slapd-" });
  const at = (name: string) => join(directory, name);
  const { cert, key } = await selfSigned();
  await Deno.mkdir(at("data"));
  await Deno.writeTextFile(at("cert.pem"), cert);
  await Deno.writeTextFile(at("key.pem"), key);
  await Deno.writeTextFile(at("slapd.conf"), configuration(slapd.root, directory));
  await Deno.writeTextFile(at("people.ldif"), ldif(people()));
  await Deno.writeTextFile(at("groups.ldif"), ldif(groups()));
  const [program = "", ...args] = slapd.command("usr/sbin/slapd", "slapadd", [
    ...["-f", at("slapd.conf"), "-l", at("people.ldif")],
  ]);
  const added = await run(program, args);
  if (added.code !== 0) throw new Error(`slapadd failed: ${added.stderr}`);

  const [port, tlsPort] = [freePort(), freePort()];
  const [ldap, ldaps] = [`ldap://127.0.0.1:${port}`, `ldaps://127.0.0.1:${tlsPort}`];
  // The certificate is not for this address.
  const elsewhere = { ldap: `ldap://127.0.0.2:${port}`, ldaps: `ldaps://127.0.0.2:${tlsPort}` };
  const [server = "", ...serverArgs] = slapd.command("usr/sbin/slapd", "slapd", [
    ...["-h", `${ldap} ${ldaps} ${elsewhere.ldap} ${elsewhere.ldaps}`, "-f", at("slapd.conf"), "-d", "0"],
  ]);
  const child = new Deno.Command(server, {
    args: serverArgs,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const stop = async () => {
    try {
      child.kill("SIGTERM");
    } catch {
      // It ended by itself.
    }
    await child.status;
    await Deno.remove(directory, { recursive: true });
  };
  try {
    await answering(port);
    await answering(tlsPort);
    // Through the server: only it notes in the members' entries what groups they are in.
    const [tool = "", ...rest] = slapd.command("usr/bin/ldapmodify", "ldapadd", [
      ...["-x", "-H", ldap, "-D", ROOT.dn, "-w", ROOT.password, "-f", at("groups.ldif")],
    ]);
    const { code, stderr } = await run(tool, rest);
    if (code !== 0) throw new Error(`ldapadd failed: ${stderr}`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ldap,
    ldaps,
    elsewhere,
    ca: cert,
    async search(base, filter) {
      const [tool = "", ...rest] = slapd.command("usr/bin/ldapsearch", "ldapsearch", [
        ...["-x", "-LLL", "-o", "ldif-wrap=no", "-H", ldap, "-D", SEARCHER.dn, "-w", SEARCHER.password],
        ...["-b", base, filter, "1.1"],
      ]);
      const { code, stdout, stderr } = await run(tool, rest);
      if (code !== 0) throw new Error(`ldapsearch failed: ${stderr}`);
      return [...stdout.matchAll(/^dn: (.+)$/gm)].map(([, dn]) => dn!);
    },
    [Symbol.asyncDispose]: stop,
  };
}

function configuration(root: string, directory: string): string {
  const schemas = ["core", "cosine", "inetorgperson"].map((name) =>
    `include ${root}/etc/ldap/schema/${name}.schema`
  );
  return `${schemas.join("\n")}
modulepath ${root}/usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile ${directory}/pid
TLSCertificateFile ${directory}/cert.pem
TLSCertificateKeyFile ${directory}/key.pem
disallow bind_anon
database mdb
suffix "${BASE}"
rootdn "${ROOT.dn}"
rootpw ${ROOT.password}
directory ${directory}/data
maxsize 16777216
overlay memberof
memberof-group-oc groupOfNames
memberof-member-ad member
memberof-memberof-ad memberOf
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="${SEARCHER.dn}" read by * none
`;
}

function people(): string[][] {
  return [
    [`dn: ${BASE}`, "objectClass: dcObject", "objectClass: organization", "o: Example", "dc: example"],
    [
      `dn: ${SEARCHER.dn}`,
      ...["objectClass: applicationProcess", "objectClass: simpleSecurityObject", "cn: searcher"],
      `userPassword:: ${base64(SEARCHER.password)}`,
    ],
    ...["people", "groups"].map((ou) => [
      `dn: ou=${ou},${BASE}`,
      ...["objectClass: organizationalUnit", `ou: ${ou}`],
    ]),
    ...PEOPLE.map((name) => [
      `dn:: ${base64(person(name))}`,
      ...["objectClass: inetOrgPerson", `uid:: ${base64(name)}`, `cn:: ${base64(name)}`],
      ...[`sn:: ${base64(name)}`, `userPassword:: ${base64(passwordOf(name))}`],
    ]),
  ];
}

function groups(): string[][] {
  return Object.entries(GROUPS).reverse().map(([name, members]) => [
    `dn: ${group(name)}`,
    ...["objectClass: groupOfNames", `cn: ${name}`, ...members.map((member) => `member: ${member}`)],
  ]);
}

function ldif(entries: readonly (readonly string[])[]): string {
  return entries.map((lines) => lines.join("\n")).join("\n\n") + "\n";
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

async function answering(port: number): Promise<void> {
  const end = performance.now() + READY_MS;
  while (true) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused) || performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
