/** Signing in at an OpenID provider: the way there and the way back. */

import type { Context, Hono } from "hono";
import { cookieIn, setCookie } from "./cookies.ts";
import { factsOf, type GateEnv, type GateParts, redirect } from "./gate_parts.ts";
import { roleOf } from "./judge.ts";
import type { Journey, Provider } from "./provider.ts";
import { ProviderFailure } from "./provider_failure.ts";
import { safeReturn } from "./return_to.ts";
import type { ProviderSettings, SignOnSettings } from "./settings.ts";

type Handle = (c: Context<GateEnv>, settings: SignOnSettings) => Response | Promise<Response>;
type WhileOn = (handle: Handle) => (c: Context<GateEnv>) => Promise<Response>;

const JOURNEY_COOKIE = { name: "__Host-vigie-openid" };
const JOURNEY_SECONDS = 10 * 60;

/** Adds `/sign-on/openid` and `/sign-on/openid/back` to `app`. */
export function mountProvider(app: Hono<GateEnv>, parts: GateParts, whileOn: WhileOn) {
  const { clock, log, seal } = parts;
  let current: { readonly settings: ProviderSettings; readonly provider: Promise<Provider> } | undefined;

  async function providerOf({ provider: settings }: SignOnSettings): Promise<Provider | undefined> {
    if (!settings) return undefined;
    // A new configuration is a new provider. The library takes memory, which whoever has no provider need not have.
    if (current?.settings !== settings) {
      close();
      const provider = import("./provider.ts").then(({ createProvider }) =>
        createProvider(settings, clock.now)
      );
      current = { settings, provider };
    }
    return await current.provider;
  }

  const backOf = ({ urls }: SignOnSettings) => `${urls.webhook!.replace(/\/+$/, "")}/sign-on/openid/back`;

  function failed(c: Context<GateEnv>, settings: SignOnSettings, to: string, error: unknown): Response {
    if (!(error instanceof ProviderFailure)) throw error;
    log.error("Cannot sign in at the provider", { reason: error.message });
    parts.refused(c, "provider");
    return parts.show(c, settings, { status: 502, to, notice: "provider" });
  }

  app.get(
    "/sign-on/openid",
    whileOn(async (c, settings) => {
      const provider = await providerOf(settings);
      if (!provider) return c.text("No provider is configured", 404);
      const to = safeReturn(c.req.query("to"), settings.urls);
      try {
        const { url, ...journey } = await provider.begin(backOf(settings));
        const untilMs = clock.now() + JOURNEY_SECONDS * 1_000;
        const sealed = seal.close({ ...journey, to, untilMs } satisfies Journey);
        return redirect(c, url, setCookie(JOURNEY_COOKIE, sealed, JOURNEY_SECONDS));
      } catch (error) {
        return failed(c, settings, to, error);
      }
    }),
  );

  app.get(
    "/sign-on/openid/back",
    whileOn(async (c, settings) => {
      const provider = await providerOf(settings);
      if (!provider) return c.text("No provider is configured", 404);
      const journey = seal.open(cookieIn(c.req.header("cookie"), JOURNEY_COOKIE.name) ?? "") as
        | Journey
        | undefined;
      if (!journey || clock.now() >= journey.untilMs || c.req.query("state") !== journey.state) {
        parts.refused(c, "forged");
        return parts.show(c, settings, {
          status: 400,
          to: safeReturn(journey?.to, settings.urls),
          notice: "expired",
        });
      }
      const to = safeReturn(journey.to, settings.urls);
      if (c.req.query("error") === "access_denied") {
        return parts.show(c, settings, { status: 401, to, notice: "canceled" });
      }
      try {
        const url = new URL(backOf(settings));
        url.search = new URL(c.req.url).search;
        const identity = await provider.finish(url, journey);
        const role = roleOf(identity, settings);
        if (role !== undefined) return parts.letIn(c, settings, identity, role, to);
        parts.refused(c, "no-role", factsOf(identity));
        return parts.show(c, settings, { status: 403, to, notice: "no-role" });
      } catch (error) {
        return failed(c, settings, to, error);
      }
    }),
  );

  function close(): void {
    current?.provider.then((provider) => provider.close());
    current = undefined;
  }

  return {
    close,
    /** Where to sign out at the provider too. */
    endUrl: async (settings: SignOnSettings, back: string) =>
      await (await providerOf(settings))?.endUrl(back),
    /** Origins that signing out may lead to. */
    targets: ({ provider }: SignOnSettings) => provider ? [new URL(provider.issuer).origin] : [],
  };
}
