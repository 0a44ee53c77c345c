/** What config.ts says about targets on other machines: how they are reached without being overheard, and who asks. */

import * as z from "zod";
import { secretRef } from "../lib/secret_ref.ts";

const PATH = 'expected the path of a PEM file, such as "tls/web-1-ca.pem"';
const pemPath = z.string(PATH).regex(/^[^\n\0]+$/, PATH);

/** Keys of a host or job that is asked over TLS, with credentials. */
export const accessShape = {
  /** TLS towards it; `{}` when its certificate is one that this machine trusts. */
  tls: z.strictObject({
    /** PEM file with the authority, or the very certificate, to trust; relative to config.ts. */
    ca: pemPath.optional().describe(
      "PEM file with the authority, or the very certificate, to trust; relative to config.ts.",
    ),
    /** Name that its certificate is for, when that is not the host of its address. */
    serverName: z.string().min(1).optional().describe(
      "Name that its certificate is for, when that is not the host of its address.",
    ),
    /** PEM file with a certificate that shows who asks, for what wants one; relative to config.ts. */
    certificate: pemPath.optional().describe(
      "PEM file with a certificate that shows who asks, for what wants one; relative to config.ts.",
    ),
    /** The private key of `certificate`. */
    key: secretRef.optional().describe("The private key of `certificate`."),
  }).optional().describe("TLS towards it; `{}` when its certificate is one that this machine trusts."),
  /** Credentials that it asks for: a user with a password, or a token. */
  auth: z.strictObject({
    /** User and password. */
    basic: z.strictObject({
      /** User. */
      user: z.string().min(1).describe("User."),
      /** Password. */
      password: secretRef.describe("Password."),
    }).optional().describe("User and password."),
    /** A token. */
    bearer: secretRef.optional().describe("A token."),
  }).refine(({ basic, bearer }) => (basic === undefined) !== (bearer === undefined), {
    error:
      'expected one of { basic: { user: "…", password: secret("NAME") } } and { bearer: secret("NAME") }',
  }).optional().describe("Credentials that it asks for: a user with a password, or a token."),
};

const access = z.strictObject(accessShape);

/** How a target is asked. */
export type Access = z.output<typeof access>;
