/** Who may look: what `signOn` of config.ts means for the webhook, which is the gate, and for Grafana. */

import { join } from "node:path";
import type { SecretRef } from "../lib/secret_ref.ts";
import { FIRST_USER, type WebhookInput } from "../webhook/mod.ts";
import { publicUrlsOf, type Stack, urlsOf } from "./stack.ts";

/** Files in a service's secrets directory. */
const FILES = {
  firstUser: "sign-on-admin-password",
  user: (index: number) => `sign-on-user-${index}`,
  bindPassword: "ldap-bind-password",
  directoryCa: "ldap-ca.pem",
  clientSecret: "openid-client-secret",
  providerCa: "openid-ca.pem",
} as const;

/** Whether people have to sign in: as soon as there is an entry, it is guarded. */
export function isGuarded({ tls }: Pick<Stack, "tls">): boolean {
  return tls.mode !== "off";
}

/** Where the password of the user that there always is lies, relative to the state directory; undefined when config.ts names one so, or nobody has to sign in. */
export function firstPasswordOf(stack: Stack): string | undefined {
  return isGuarded(stack) && hasFirstUser(stack) ? join("secrets", "webhook", FILES.firstUser) : undefined;
}

function hasFirstUser({ signOn: { users } }: Stack): boolean {
  return !users.some(({ name }) => name.toLowerCase() === FIRST_USER);
}

/** `signOn` of webhook.json; undefined while nobody has to sign in. @param directory Where the webhook sees its secrets. */
export function gateConfigOf(stack: Stack, directory: string): WebhookInput["signOn"] {
  if (!isGuarded(stack)) return undefined;
  const { users, ldap, openId, roles, session } = stack.signOn;
  const at = (file: string) => join(directory, file);
  return {
    urls: entryUrlsOf(stack),
    users: [
      ...(hasFirstUser(stack)
        ? [{ name: FIRST_USER, role: "admin" as const, passwordFile: at(FILES.firstUser) }]
        : []),
      ...users.map(({ name, role }, i) => ({ name, role, passwordFile: at(FILES.user(i)) })),
    ],
    ldap: ldap && {
      ...without(ldap, "bindPassword", "ca"),
      ...(ldap.bindPassword && { bindPasswordFile: at(FILES.bindPassword) }),
      ...(ldap.ca !== undefined && { caFile: at(FILES.directoryCa) }),
    },
    openId: openId && {
      ...without(openId, "clientSecret", "ca", "endpoints"),
      ...(openId.clientSecret && { clientSecretFile: at(FILES.clientSecret) }),
      ...(openId.ca !== undefined && { caFile: at(FILES.providerCa) }),
    },
    roles,
    session,
  };
}

/** Services that people reach through the entry, with their URLs. */
function entryUrlsOf(stack: Stack): Record<string, string> {
  const own: Readonly<Record<string, string>> = urlsOf(stack);
  return Object.fromEntries(
    Object.entries(publicUrlsOf(stack)).filter(([service, url]) =>
      service !== "entry" && url !== own[service]
    ),
  );
}

/** A secret of `signOn`: which service reads it, in which file, and where it comes from. */
export interface SignOnNeed {
  readonly service: "webhook" | "grafana";
  readonly file: string;
  readonly from: SecretRef | { readonly made: "password" };
  readonly config?: readonly (string | number)[];
}

/** Every secret that the gate and Grafana need to know who somebody is. */
export function signOnNeedsOf(stack: Stack): SignOnNeed[] {
  const { users, ldap, openId } = stack.signOn;
  const guarded = isGuarded(stack);
  const readers = [...(guarded ? ["webhook" as const] : []), "grafana" as const];
  const shared = (file: string, from: SecretRef | undefined, ...config: string[]): SignOnNeed[] =>
    from === undefined
      ? []
      : readers.map((service) => ({ service, file, from, config: ["signOn", ...config] }));
  const local: SignOnNeed[] = !guarded ? [] : [
    ...(hasFirstUser(stack)
      ? [{ service: "webhook" as const, file: FILES.firstUser, from: { made: "password" as const } }]
      : []),
    ...users.map(({ password }, i) => ({
      service: "webhook" as const,
      file: FILES.user(i),
      from: password,
      config: ["signOn", "users", i, "password"],
    })),
  ];
  const file = (path: string | undefined) => path === undefined ? undefined : { file: path };
  return [
    ...local,
    ...shared(FILES.bindPassword, ldap?.bindPassword, "ldap", "bindPassword"),
    ...shared(FILES.directoryCa, file(ldap?.ca), "ldap", "ca"),
    ...shared(FILES.clientSecret, openId?.clientSecret, "openId", "clientSecret"),
    ...shared(FILES.providerCa, file(openId?.ca), "openId", "ca"),
  ];
}

function without<Value extends object, Key extends keyof Value>(
  value: Value,
  ...keys: Key[]
): Omit<Value, Key> {
  const kept = Object.entries(value).filter(([key]) => !keys.includes(key as Key));
  return Object.fromEntries(kept) as Omit<Value, Key>;
}
