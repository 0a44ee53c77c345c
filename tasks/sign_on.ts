/** Who may look: what `signOn` of config.ts means for the webhook, which is the gate, and for Grafana. */

import { join } from "node:path";
import type { SecretRef } from "../lib/secret_ref.ts";
import { durationMs } from "../lib/units.ts";
import type { GrafanaSignOn, GroupRole } from "../grafana/schema.ts";
import { FIRST_USER, groupDn, type WebhookInput } from "../webhook/mod.ts";
import type { Service } from "../compose/services/mod.ts";
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

/**
 * `signOn` of webhook.json; undefined while nobody has to sign in.
 *
 * @param directory Where the webhook sees its secrets. @param running Services that are there to be looked at.
 */
export function gateConfigOf(
  stack: Stack,
  directory: string,
  running: ReadonlySet<Service>,
): WebhookInput["signOn"] {
  if (!isGuarded(stack)) return undefined;
  const { users, ldap, openId, roles, session } = stack.signOn;
  const at = (file: string) => join(directory, file);
  return {
    urls: entryUrlsOf(stack, running),
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
function entryUrlsOf(stack: Stack, running: ReadonlySet<Service>): Record<string, string> {
  const own: Readonly<Record<string, string>> = urlsOf(stack);
  return Object.fromEntries(
    Object.entries(publicUrlsOf(stack)).filter(([service, url]) =>
      service !== "entry" && url !== own[service] && running.has(service as Service)
    ),
  );
}

/** Where Grafana asks who somebody is. @param directory Where Grafana sees its secrets. */
export function grafanaSignOnOf(
  { signOn: { ldap, openId, roles } }: Pick<Stack, "signOn">,
  directory: string,
): GrafanaSignOn {
  const at = (file: string, value: unknown) => value === undefined ? undefined : join(directory, file);
  const groups = (named: (group: string) => string): GroupRole[] => [
    ...roles.admin.map((group) => ({ group: named(group), role: "GrafanaAdmin" as const })),
    ...roles.operator.map((group) => ({ group: named(group), role: "Editor" as const })),
    ...(roles.viewer === "everyone" ? ["*"] : roles.viewer.map(named))
      .map((group) => ({ group, role: "Viewer" as const })),
  ];
  return {
    directory: ldap && {
      ...placeOf(ldap.url),
      startTls: ldap.startTls,
      timeoutSeconds: durationMs(ldap.timeout) / 1_000,
      bindDn: ldap.bindDn,
      bindPasswordFile: at(FILES.bindPassword, ldap.bindPassword),
      caFile: at(FILES.directoryCa, ldap.ca),
      baseDn: ldap.baseDn,
      userFilter: ldap.userFilter,
      userAttribute: ldap.userAttribute,
      groupBaseDn: ldap.groupBaseDn ?? ldap.baseDn,
      groupFilter: ldap.groupFilter,
      groups: groups((group) => groupDn(group, ldap)),
    },
    // The schema's cross checks insist on the endpoints where Grafana runs.
    provider: openId?.endpoints && {
      name: openId.name,
      clientId: openId.clientId,
      clientSecretFile: at(FILES.clientSecret, openId.clientSecret),
      caFile: at(FILES.providerCa, openId.ca),
      scopes: openId.scopes,
      authUrl: openId.endpoints.authorization,
      tokenUrl: openId.endpoints.token,
      userInfoUrl: openId.endpoints.userInfo,
      groupsClaim: openId.groupsClaim,
      userClaim: openId.userClaim,
      groups: groups((group) => group),
    },
  };
}

function placeOf(url: string): { readonly host: string; readonly port: number; readonly ldaps: boolean } {
  const ldaps = /^ldaps:/i.test(url);
  const [, host = "", port] = /^ldaps?:\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/?$/i.exec(url) ?? [];
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port ?? (ldaps ? 636 : 389)), ldaps };
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
