/** An OpenID provider for tests: the certified oidc-provider, on this machine, over HTTPS. */

import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";
import { selfSigned } from "../../../webhook/testing/certificate.ts";

/** Somebody who can sign in there, with any password. */
export interface Account {
  readonly name: string;
  readonly groups: readonly string[];
}

/** What the provider is to know of its client. */
export interface ProviderOptions {
  readonly accounts: readonly Account[];
  /** Where the browser comes back to. */
  readonly back: string;
  /** Where it goes after signing out. */
  readonly signedOut: string;
  /** Whether groups and name are in the userinfo answer only. */
  readonly sparse?: boolean;
}

/** A provider that runs. */
export interface TestProvider extends AsyncDisposable {
  readonly issuer: string;
  /** The authority of its certificate, PEM. */
  readonly ca: string;
  /** Walks from the address that the gate sends to until the provider sends back, as a browser would. @returns where to. */
  signIn(url: string, user: string): Promise<string>;
  /** Fetches from it. */
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

/** The client that the provider knows, and its secret. */
export const CLIENT = { id: "vigie", secret: "client-s3cret/+:=%" };

/** Starts one. */
export async function startProvider(options: ProviderOptions): Promise<TestProvider> {
  const { accounts, back, signedOut, sparse = false } = options;
  const { cert, key } = await selfSigned();
  const server = createServer({ cert, key });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `https://localhost:${(server.address() as AddressInfo).port}`;
  const provider = quietly(() =>
    new Provider(issuer, {
      clients: [{
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [back],
        post_logout_redirect_uris: [signedOut],
        response_types: ["code"],
        grant_types: ["authorization_code"],
      }],
      claims: { openid: ["sub"], profile: ["preferred_username", "realm"] },
      conformIdTokenClaims: sparse,
      pkce: { required: () => true },
      cookies: { keys: ["test"] },
      features: { devInteractions: { enabled: true } },
      findAccount: (_context: unknown, id: string) => {
        const account = accounts.find(({ name }) => name === id);
        return account && {
          accountId: id,
          claims: () => ({
            sub: `subject-of-${id}`,
            preferred_username: id,
            realm: { roles: account.groups },
          }),
        };
      },
    })
  );
  const handle = provider.callback();
  server.on("request", (request, response) => {
    // Deno before 2.9 leaves out what HTTP/2 calls ":authority".
    request.headers.host ??= new URL(issuer).host;
    void handle(request, response);
  });

  const http = Deno.createHttpClient({ caCerts: [cert] });
  const cookies = new Map<string, string>();
  const browse = async (url: string, init: RequestInit = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...init.headers as Record<string, string>, ...(cookie && { cookie }) };
    const response = await fetch(url, { ...init, headers, redirect: "manual", client: http } as RequestInit);
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return response;
  };
  return {
    issuer,
    ca: cert,
    fetch: browse,
    async signIn(url, user) {
      let at = url;
      // One page for each step: the name, the consent, and the redirects between them.
      for (let steps = 0; steps < 12; steps++) {
        if (!at.startsWith(issuer)) return at;
        const response = await browse(at);
        const location = response.headers.get("location");
        const text = await response.text();
        if (location !== null) {
          at = new URL(location, at).href;
          continue;
        }
        const action = /<form[^>]* action="([^"]+)"/.exec(text)?.[1];
        const prompt = /name="prompt" value="(\w+)"/.exec(text)?.[1];
        if (!action || !prompt) {
          throw new Error(
            `Not a form: ${response.status} ${text.replace(/^.*<\/style>/s, "").slice(0, 900)}`,
          );
        }
        const answer = await browse(new URL(action, at).href, {
          method: "POST",
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body: new URLSearchParams({ prompt, login: user, password: "any" }).toString(),
        });
        await answer.body?.cancel();
        at = new URL(answer.headers.get("location")!, at).href;
      }
      throw new Error(`The provider does not send back: ${at}`);
    },
    async [Symbol.asyncDispose]() {
      http.close();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** What the provider tells its operators is nothing for the one who runs tests. */
function quietly<Value>(make: () => Value): Value {
  const { warn, info } = console;
  Object.assign(console, { warn() {}, info() {} });
  try {
    return make();
  } finally {
    Object.assign(console, { warn, info });
  }
}
