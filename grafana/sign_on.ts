/** How Grafana knows who somebody is: the same directory and provider as the entry, with its own administrator as the way back in. */

/** A role of Grafana's. `GrafanaAdmin` is Admin that may change the server too. */
export type GrafanaRole = "GrafanaAdmin" | "Editor" | "Viewer";

/** Which groups have which role, the highest first. */
export interface GroupRole {
  /** A group's DN, or its name at the provider; `"*"` for everybody. */
  readonly group: string;
  readonly role: GrafanaRole;
}

/** The directory. */
export interface GrafanaDirectory {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. */
  readonly ldaps: boolean;
  readonly startTls: boolean;
  /** How long one question may take, seconds. */
  readonly timeoutSeconds: number;
  readonly bindDn?: string;
  /** File with the password of bindDn. */
  readonly bindPasswordFile?: string;
  readonly caFile?: string;
  readonly baseDn: string;
  /** With `{user}`. */
  readonly userFilter: string;
  readonly userAttribute: string;
  readonly groupBaseDn: string;
  /** With `{dn}` or `{user}`; memberOf is read without. */
  readonly groupFilter?: string;
  readonly groups: readonly GroupRole[];
}

/** The OpenID provider. */
export interface GrafanaProvider {
  readonly name: string;
  readonly clientId: string;
  /** File with the client's secret. */
  readonly clientSecretFile?: string;
  readonly caFile?: string;
  readonly scopes: readonly string[];
  readonly authUrl: string;
  readonly tokenUrl: string;
  readonly userInfoUrl: string;
  readonly groupsClaim: string;
  readonly userClaim: string;
  readonly groups: readonly GroupRole[];
}

/** Where Grafana asks who somebody is. */
export interface GrafanaSignOn {
  readonly directory?: GrafanaDirectory;
  readonly provider?: GrafanaProvider;
}

/** How Grafana is told. */
export interface SignOnPlace {
  /** Path at which it sees its LDAP configuration. */
  readonly ldapFile: string;
  /** Whether its image's start script runs it, which reads files that variables ending in `__FILE` name. */
  readonly inImage: boolean;
}

/**
 * Variables of Grafana's environment. It reads secrets from their files: none is in them.
 *
 * Source: grafana.com/docs/grafana, "Configure LDAP authentication" and "Configure generic OAuth authentication".
 */
export function signOnEnvironment(
  { directory, provider }: GrafanaSignOn,
  { ldapFile, inImage }: SignOnPlace,
): Record<string, string> {
  return {
    ...(directory && {
      GF_AUTH_LDAP_ENABLED: "true",
      GF_AUTH_LDAP_CONFIG_FILE: ldapFile,
      GF_AUTH_LDAP_ALLOW_SIGN_UP: "true",
    }),
    ...(provider && prefixed("GF_AUTH_GENERIC_OAUTH_", {
      ENABLED: "true",
      NAME: provider.name,
      ALLOW_SIGN_UP: "true",
      CLIENT_ID: provider.clientId,
      ...(provider.clientSecretFile === undefined
        ? {}
        : inImage
        ? { CLIENT_SECRET__FILE: provider.clientSecretFile }
        : { CLIENT_SECRET: `$__file{${provider.clientSecretFile}}` }),
      ...(provider.caFile !== undefined && { TLS_CLIENT_CA: provider.caFile }),
      SCOPES: provider.scopes.join(" "),
      AUTH_URL: provider.authUrl,
      TOKEN_URL: provider.tokenUrl,
      API_URL: provider.userInfoUrl,
      USE_PKCE: "true",
      LOGIN_ATTRIBUTE_PATH: claimPath(provider.userClaim),
      GROUPS_ATTRIBUTE_PATH: claimPath(provider.groupsClaim),
      ROLE_ATTRIBUTE_PATH: rolePath(provider),
      // Without it whoever has none of the groups gets Grafana's default role, Viewer.
      ROLE_ATTRIBUTE_STRICT: String(!isForEveryone(provider.groups)),
      ALLOW_ASSIGN_GRAFANA_ADMIN: "true",
    })),
  };
}

/**
 * JMESPath that gives a role, or false. Grafana asks it of the ID token and then of the user's information, until one of them gives a role: everybody's
 * role must not be in it, or the groups in the second would never be looked at.
 */
export function rolePath({ groups, groupsClaim }: Pick<GrafanaProvider, "groups" | "groupsClaim">): string {
  const own = groups.filter(({ group }) => group !== "*");
  if (own.length === 0) return "''";
  // Of a claim that is one text `contains` would look for a part of it.
  const all = `to_array(${claimPath(groupsClaim)} || \`[]\`)`;
  return own.map(({ group, role }) => `contains(${all}, ${literal(group)}) && '${role}'`).join(" || ");
}

/** The way to a claim in JMESPath; a claim that is named by a URL is one name. */
export function claimPath(claim: string): string {
  const keys = /[:/]/.test(claim) ? [claim] : claim.split(".");
  return keys.map((key) => JSON.stringify(key)).join(".");
}

/** As JSON in backquotes: what a backslash means between single quotes depends on who reads it. */
function literal(text: string): string {
  return `\`${JSON.stringify(text).replaceAll("`", "\\`")}\``;
}

function isForEveryone(groups: readonly GroupRole[]): boolean {
  return groups.some(({ group }) => group === "*");
}

function prefixed(prefix: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}${key}`, value]));
}
