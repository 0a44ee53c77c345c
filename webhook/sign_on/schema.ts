/** The key `signOn` of webhook.json: who may look, and where passwords and groups are asked for. */

import * as z from "zod";
import { duration, httpUrl } from "../../lib/schema.ts";
import { ROLES, rolesSchema } from "./role.ts";

const path = z.string().min(1);
const USER = 'expected a user name: no spaces, none of : / \\ " and at most 64 characters, such as "anna"';

/** A user's name: safe in a header of Basic authentication (RFC 7617, 2) and in a log line. */
export const userName = z.string(USER).regex(/^[^\s:/\\"\p{C}]{1,64}$/u, USER);

const PROVIDER =
  'expected an https URL without a query, such as "https://login.example.org/realms/ops"; http only on this machine';

/** An OpenID provider's address: https, as its answers decide who somebody is. */
export const issuerUrl = z.string(PROVIDER).refine(isIssuer, PROVIDER);

function isIssuer(text: string): boolean {
  const url = URL.parse(text);
  if (!url || url.search !== "" || url.hash !== "" || url.username !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

const DIRECTORY = 'expected an ldap or ldaps URL, such as "ldaps://ldap.example.org"';

/** A directory's address. */
export const directoryUrl = z.string(DIRECTORY).regex(/^ldaps?:\/\/[^\s/?#@]+\/?$/i, DIRECTORY);

/** How a directory is asked, but for what is secret. */
export const directoryShape = {
  /** The directory: `ldaps://…`, or `ldap://…` with startTls. */
  url: directoryUrl.describe("The directory: `ldaps://…`, or `ldap://…` with startTls."),
  /** Whether a plain connection is changed to TLS before anything is said on it. */
  startTls: z.boolean().default(false).describe(
    "Whether a plain connection is changed to TLS before anything is said on it.",
  ),
  /** DN that searches are made as; anonymous by default. */
  bindDn: z.string().min(1).optional().describe("DN that searches are made as; anonymous by default."),
  /** DN below which users are. */
  baseDn: z.string().min(1).describe("DN below which users are."),
  /** Finds the user; `{user}` is the name that was typed. */
  userFilter: filterWith("{user}").default("(uid={user})").describe(
    "Finds the user; `{user}` is the name that was typed.",
  ),
  /** Attribute that holds the user's name as Vigie shows it. */
  userAttribute: z.string().regex(/^[A-Za-z][\w-]*$/).default("uid").describe(
    "Attribute that holds the user's name as Vigie shows it.",
  ),
  /** DN below which groups are; baseDn by default. */
  groupBaseDn: z.string().min(1).optional().describe("DN below which groups are; baseDn by default."),
  /** Finds the groups of a user: `{dn}` is the user's DN, `{user}` the name. Without it the user's attribute memberOf is read. */
  groupFilter: filterWith("{dn}", "{user}").optional().describe(
    "Finds the groups of a user: `{dn}` is the user's DN, `{user}` the name. Without it the user's attribute memberOf is read.",
  ),
  /** Whether groups in groups count. */
  nested: z.boolean().default(false).describe("Whether groups in groups count."),
  /** How long the directory may take for one question. */
  timeout: duration.default("5s").describe("How long the directory may take for one question."),
};

function filterWith(...placeholders: string[]) {
  const wanted = `expected an LDAP filter in parentheses with ${placeholders.join(" or ")} in it`;
  return z.string(wanted).refine(
    (filter) => /^\(.+\)$/s.test(filter) && placeholders.some((each) => filter.includes(each)),
    wanted,
  );
}

/** How an OpenID provider is asked, but for what is secret. */
export const providerShape = {
  /** What the sign-in button calls it. */
  name: z.string().min(1).max(40).default("OpenID").describe("What the sign-in button calls it."),
  /** The provider's issuer URL; what else is to be known is read from `/.well-known/openid-configuration` there. */
  issuer: issuerUrl.describe(
    "The provider's issuer URL; what else is to be known is read from `/.well-known/openid-configuration` there.",
  ),
  /** The client that Vigie is at the provider. */
  clientId: z.string().min(1).describe("The client that Vigie is at the provider."),
  /** What is asked for; `openid` is among it. */
  scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/)).refine(
    (scopes) => scopes.includes("openid"),
    'expected "openid" among the scopes',
  ).default(["openid", "profile", "email"]).describe("What is asked for; `openid` is among it."),
  /** Claim with the user's groups; dots lead into objects, as in `realm_access.roles`. */
  groupsClaim: z.string().min(1).default("groups").describe(
    "Claim with the user's groups; dots lead into objects, as in `realm_access.roles`.",
  ),
  /** Claim with the user's name. */
  userClaim: z.string().min(1).default("preferred_username").describe("Claim with the user's name."),
  /** How far the provider's clock may be off. */
  clockTolerance: duration.default("30s").describe("How far the provider's clock may be off."),
};

/** How long somebody stays signed in. */
export const sessionSchema = z.strictObject({
  /** Signed out after so long without a request. */
  idle: duration.default("2h").describe("Signed out after so long without a request."),
  /** Signed out after so long at the latest. */
  longest: duration.default("12h").describe("Signed out after so long at the latest."),
});

/** The schema of `signOn` in webhook.json. */
export const signOnSchema = z.strictObject({
  /** Base URL of each service as people reach it, without a slash at its end; the webhook's own is where people sign in. */
  urls: z.record(z.string(), httpUrl).refine((urls) => "webhook" in urls, 'expected the URL of "webhook"')
    .describe(
      "Base URL of each service as people reach it, without a slash at its end; the webhook's own is where people sign in.",
    ),
  /** Users that Vigie knows by itself: the way in when the directory or the provider does not answer. */
  users: z.array(z.strictObject({
    /** The name. */
    name: userName.describe("The name."),
    /** What the user may do. */
    role: z.enum(ROLES).describe("What the user may do."),
    /** File with the password, or with its bcrypt hash. */
    passwordFile: path.describe("File with the password, or with its bcrypt hash."),
  })).default([]).describe(
    "Users that Vigie knows by itself: the way in when the directory or the provider does not answer.",
  ),
  /** A directory. */
  ldap: z.strictObject({
    ...directoryShape,
    /** File with the password of bindDn. */
    bindPasswordFile: path.optional().describe("File with the password of bindDn."),
    /** File with the authorities that the directory's certificate must be of, PEM; the machine's own by default. */
    caFile: path.optional().describe(
      "File with the authorities that the directory's certificate must be of, PEM; the machine's own by default.",
    ),
  }).optional().describe("A directory."),
  /** An OpenID provider. */
  openId: z.strictObject({
    ...providerShape,
    /** File with the client's secret; a public client has none. */
    clientSecretFile: path.optional().describe("File with the client's secret; a public client has none."),
    /** File with the authorities that the provider's certificate must be of, PEM; the machine's own by default. */
    caFile: path.optional().describe(
      "File with the authorities that the provider's certificate must be of, PEM; the machine's own by default.",
    ),
  }).optional().describe("An OpenID provider."),
  /** Which groups have which role. */
  roles: rolesSchema.prefault({}).describe("Which groups have which role."),
  /** How long somebody stays signed in. */
  session: sessionSchema.prefault({}).describe("How long somebody stays signed in."),
});

/** A valid `signOn` of webhook.json. */
export type SignOnConfig = z.output<typeof signOnSchema>;
