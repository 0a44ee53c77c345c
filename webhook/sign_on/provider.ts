/** An OpenID provider (OpenID Connect Core 1.0): the authorization code flow, with PKCE, state and nonce. */

import * as client from "openid-client";
import { ProviderFailure } from "./provider_failure.ts";
import type { Identity } from "./role.ts";
import type { ProviderSettings } from "./settings.ts";

/** What the browser holds, sealed, while it is at the provider. */
export interface Journey {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Where to go afterwards. */
  readonly to: string;
  readonly untilMs: number;
}

/** A provider. */
export interface Provider {
  /** Where to send the browser, and what must be known when it comes back. @throws {ProviderFailure} */
  begin(back: string): Promise<{ readonly url: string } & Pick<Journey, "state" | "nonce" | "verifier">>;
  /** Who came back. @param url Where the browser came back to, as people see it. @throws {ProviderFailure} */
  finish(url: URL, journey: Journey): Promise<Identity>;
  /** Where to sign out at the provider too; undefined when it has no such place, or cannot be asked. */
  endUrl(back: string): Promise<string | undefined>;
  close(): void;
}

const TIMEOUT_SECONDS = 10;
// Keys change rarely, and the library fetches new ones by itself; this is for what else the provider says of itself.
const KNOWN_MS = 60 * 60_000;

/** @param now Milliseconds since 1970. */
export function createProvider(settings: ProviderSettings, now: () => number): Provider {
  const { ca } = settings;
  const http = ca === undefined ? undefined : Deno.createHttpClient({ caCerts: [ca] });
  let known: { readonly untilMs: number; readonly configuration: Promise<client.Configuration> } | undefined;

  function configuration(): Promise<client.Configuration> {
    if (!known || now() >= known.untilMs) {
      const found = discover(settings, http);
      const fresh = { untilMs: now() + KNOWN_MS, configuration: found };
      // Asked again next time.
      found.catch(() => known = known === fresh ? undefined : known);
      known = fresh;
    }
    return known.configuration;
  }

  return {
    async begin(back) {
      try {
        const verifier = client.randomPKCECodeVerifier();
        const [state, nonce] = [client.randomState(), client.randomNonce()];
        const url = client.buildAuthorizationUrl(await configuration(), {
          redirect_uri: back,
          scope: settings.scopes.join(" "),
          code_challenge: await client.calculatePKCECodeChallenge(verifier),
          code_challenge_method: "S256",
          state,
          nonce,
        });
        return { url: url.href, state, nonce, verifier };
      } catch (error) {
        throw failure(`Cannot begin to sign in at "${settings.issuer}"`, error);
      }
    },
    async finish(url, { state, nonce, verifier }) {
      try {
        const configured = await configuration();
        const tokens = await client.authorizationCodeGrant(configured, url, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims()!;
        const wanted = [settings.groupsClaim, settings.userClaim];
        const isWhole = wanted.every((claim) => claimOf(claims, claim) !== undefined);
        const more = isWhole || !configured.serverMetadata().userinfo_endpoint
          ? {}
          : await client.fetchUserInfo(configured, tokens.access_token, claims.sub);
        return identityOf({ ...more, ...claims }, settings);
      } catch (error) {
        throw failure(`Cannot finish to sign in at "${settings.issuer}"`, error);
      }
    },
    async endUrl(back) {
      try {
        const configured = await configuration();
        if (!configured.serverMetadata().end_session_endpoint) return undefined;
        return client.buildEndSessionUrl(configured, { post_logout_redirect_uri: back }).href;
      } catch {
        // Signed out here is what matters; that the provider does not answer is told when somebody signs in.
        return undefined;
      }
    },
    close: () => http?.close(),
  };
}

async function discover(
  { issuer, clientId, clientSecret, clockToleranceSeconds }: ProviderSettings,
  http: Deno.HttpClient | undefined,
): Promise<client.Configuration> {
  const fetching: client.CustomFetch | undefined = http &&
    ((url, options) => fetch(url, { ...options, client: http } as RequestInit));
  return await client.discovery(
    new URL(issuer),
    clientId,
    { [client.clockTolerance]: clockToleranceSeconds },
    clientSecret === undefined ? client.None() : authentication(clientSecret),
    {
      timeout: TIMEOUT_SECONDS,
      // Only this machine's own addresses are let through by the schema.
      execute: issuer.startsWith("http:") ? [client.allowInsecureRequests] : [],
      ...(fetching && { [client.customFetch]: fetching }),
    },
  );
}

/** By the header, which every provider must take (RFC 6749, 2.3.1), unless it says that it takes only the other way. */
function authentication(secret: string): client.ClientAuth {
  const [basic, post] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    const way = !methods.includes("client_secret_basic") && methods.includes("client_secret_post")
      ? post
      : basic;
    return way(server, ...rest);
  };
}

const LONGEST_NAME = 128;

function identityOf(claims: Readonly<Record<string, unknown>>, settings: ProviderSettings): Identity {
  const name = [settings.userClaim, "preferred_username", "email", "sub"].map((claim) =>
    claimOf(claims, claim)
  ).find((value) => typeof value === "string" && value !== "") as string;
  const groups = claimOf(claims, settings.groupsClaim);
  const list = Array.isArray(groups) ? groups : groups === undefined ? [] : [groups];
  return {
    user: name.replace(/[\p{Cc}\p{Cf}]/gu, "").slice(0, LONGEST_NAME),
    source: "openid",
    groups: list.filter((group) => typeof group === "string"),
  };
}

/** A claim by its name, or by the way to it. */
export function claimOf(claims: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path.split(".").reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined,
    claims,
  );
}

/** The library's message with its cause, which says what went wrong; neither holds a token. */
function failure(what: string, error: unknown): ProviderFailure {
  const { message, cause, error: code } = error as Error & { error?: string };
  dropBody(error);
  const detail = cause instanceof Error ? `: ${cause.message}` : "";
  return new ProviderFailure(`${what}: ${message}${typeof code === "string" ? ` (${code})` : ""}${detail}`, {
    cause: error,
  });
}

/** The library hands on an answer that it did not expect without having read it. */
function dropBody(error: unknown): void {
  for (let each = error; each instanceof Error; each = each.cause) {
    for (const answer of [each.cause, (each as { response?: unknown }).response]) {
      if (answer instanceof Response && !answer.bodyUsed) answer.body?.cancel().catch(() => {});
    }
  }
}
