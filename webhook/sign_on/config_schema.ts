/** What config.ts says about who may look. */

import * as z from "zod";
import { httpUrl } from "../../lib/schema.ts";
import { secretRef } from "../../lib/secret_ref.ts";
import { ROLES, rolesSchema } from "./role.ts";
import { directoryShape, providerShape, sessionSchema, userName } from "./schema.ts";

const pemPath = z.string().min(1, 'expected the path of a PEM file, such as "tls/ldap-ca.pem"');

/** `signOn` of config.ts. */
export const signOnConfigSchema = z.strictObject({
  /** Users that Vigie knows by itself, beside `admin`, whose password is made on the first `up`. They can always sign in. */
  users: z.array(z.strictObject({
    /** The name. */
    name: userName.describe("The name."),
    /** The password, or its bcrypt hash as `htpasswd -nB` writes it. */
    password: secretRef.describe("The password, or its bcrypt hash as `htpasswd -nB` writes it."),
    /** viewer: looks; operator: silences and answers alerts as well; admin: everything. */
    role: z.enum(ROLES).describe(
      "viewer: looks; operator: silences and answers alerts as well; admin: everything.",
    ),
  })).default([]).describe(
    "Users that Vigie knows by itself, beside `admin`, whose password is made on the first `up`. They can always sign in.",
  ),
  /** A directory: OpenLDAP, FreeIPA, Active Directory. */
  ldap: z.strictObject({
    ...directoryShape,
    /** Password of bindDn. */
    bindPassword: secretRef.optional().describe("Password of bindDn."),
    /** PEM file with the authorities that the directory's certificate must be of, relative to config.ts; the machine's own by default. */
    ca: pemPath.optional().describe(
      "PEM file with the authorities that the directory's certificate must be of, relative to config.ts; the machine's own by default.",
    ),
  }).optional().describe("A directory: OpenLDAP, FreeIPA, Active Directory."),
  /** An OpenID provider: Keycloak, Authentik, Entra ID, Google. */
  openId: z.strictObject({
    ...providerShape,
    /** Secret of the client; a public client has none. */
    clientSecret: secretRef.optional().describe("Secret of the client; a public client has none."),
    /** PEM file with the authorities that the provider's certificate must be of, relative to config.ts; the machine's own by default. */
    ca: pemPath.optional().describe(
      "PEM file with the authorities that the provider's certificate must be of, relative to config.ts; the machine's own by default.",
    ),
    /** Addresses of the provider that Grafana, which does not discover them, is told. */
    endpoints: z.strictObject({
      /** `authorization_endpoint` of `/.well-known/openid-configuration`. */
      authorization: httpUrl.describe("`authorization_endpoint` of `/.well-known/openid-configuration`."),
      /** `token_endpoint`. */
      token: httpUrl.describe("`token_endpoint`."),
      /** `userinfo_endpoint`. */
      userInfo: httpUrl.describe("`userinfo_endpoint`."),
    }).optional().describe("Addresses of the provider that Grafana, which does not discover them, is told."),
  }).optional().describe("An OpenID provider: Keycloak, Authentik, Entra ID, Google."),
  /** Which groups of the directory or the provider have which role. */
  roles: rolesSchema.prefault({}).describe(
    "Which groups of the directory or the provider have which role.",
  ),
  /** How long a browser stays signed in. */
  session: sessionSchema.prefault({}).describe("How long a browser stays signed in."),
});

/** A valid `signOn` of config.ts. */
export type SignOn = z.output<typeof signOnConfigSchema>;

/** The user that there always is, unless `users` names one so. */
export const FIRST_USER = "admin";
