/** The page at `/`: where everything is, who is signed in, and the way out. */

import { Hono } from "hono";
import type { Locale } from "../lib/text.ts";
import type { AppEnv } from "./app.ts";
import { escapeHtml } from "./runbooks/page.ts";
import { type Gate, localeFor, page, pageHeaders, WORDS as SIGN_ON_WORDS } from "./sign_on/mod.ts";

/** What the page is made of, as the configuration in use has it. */
export interface HomeOptions {
  /** Base URL of each service as people reach it; undefined when nobody has to sign in. */
  readonly urls: () => Readonly<Record<string, string>> | undefined;
  readonly sessionOf: Gate["sessionOf"];
  readonly formTargets: Gate["formTargets"];
  readonly locale: () => Locale;
}

const WORDS = {
  fr: { title: "Supervision", runbooks: "Procédures des alertes", api: "API", metrics: "Métriques" },
  en: { title: "Monitoring", runbooks: "Runbooks", api: "API", metrics: "Metrics" },
} as const;

const NAMES: Readonly<Record<string, string>> = {
  grafana: "Grafana",
  prometheus: "Prometheus",
  alertmanager: "Alertmanager",
  blackbox: "Blackbox Exporter",
  "node-exporter": "Node Exporter",
};

/** `GET /`. Relative links: a proxy may have the webhook below a path of its own. */
export function createHome({ urls, sessionOf, formTargets, locale }: HomeOptions): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.get("/", (c) => {
    const language = localeFor(c.req.header("accept-language"), locale());
    const words = WORDS[language];
    const services = Object.entries(urls() ?? {})
      .filter(([service]) => service !== "webhook" && service !== "entry")
      .map(([service, url]) => [url, NAMES[service] ?? service] as const);
    const own = [["runbooks", words.runbooks], ["openapi.json", words.api], [
      "metrics",
      words.metrics,
    ]] as const;
    const links = [...services, ...own].map(([href, name]) =>
      `<a class="button plain" href="${escapeHtml(href)}">${escapeHtml(name)}</a>`
    );
    const session = sessionOf(c.req.raw);
    const { signedIn, roles, signOut } = SIGN_ON_WORDS[language];
    const who = session ? `<p>${escapeHtml(signedIn(session.user))} ${roles[session.role]}.</p>\n` : "";
    const out = session
      ? `\n<form method="post" action="sign-on/out">
<input type="hidden" name="proof" value="${escapeHtml(session.signOutProof)}">
<button type="submit">${signOut}</button>
</form>`
      : "";
    const content = `<h1>${words.title}</h1>\n${who}${links.join("\n")}${out}`;
    return c.body(page(language, words.title, content), 200, pageHeaders(formTargets()));
  });
  app.all("/", (c) => c.text("Method not allowed: use GET, HEAD", 405, { allow: "GET, HEAD" }));
  return app;
}
