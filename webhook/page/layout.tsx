/** What is around every view: the head with the way to the others, and the headers of the answer. */

import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Child } from "hono/jsx";
import { findAssets } from "./assets.ts";
import { EMPTY_ICON, iconOf } from "./icon.ts";
import type { PageContext, Visitor } from "./view.ts";
import { WORDS } from "./words.ts";

/** Views that the head leads to, in its order. */
export const VIEWS = ["now", "alerts", "silences", "dashboards", "delivery", "proof"] as const;

/** A view that the head leads to. */
export type View = typeof VIEWS[number];

const compress = promisify<string, Uint8Array<ArrayBuffer>>(gzip);

/** What a page shows. */
export interface Shell {
  /** What the page is about; the browser's title has Vigie's name behind it. */
  readonly title: string;
  /** Which view it belongs to. */
  readonly current?: View;
  /** The worst that fires, for title and icon; `"unknown"` where that cannot be said. */
  readonly severity?: "critical" | "warning" | "info" | "good" | "unknown";
  /** Beside `live.js`, such as `"charts.js"`. */
  readonly scripts?: readonly string[];
  readonly children: Child;
  readonly status?: 200 | 400 | 404 | 409 | 422 | 502 | 503;
}

/** Headers of every page: nothing but our own is loaded or run, nobody frames it, and nothing of it is kept. */
export const SHELL_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
  "cache-control": "no-store",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** Signing out of an OpenID provider leads there, which browsers judge by the page that posts. */
function headersFor({ signOutTargets = [] }: Visitor): Readonly<Record<string, string>> {
  const policy = [SHELL_HEADERS["content-security-policy"], ...signOutTargets].join(" ");
  return { ...SHELL_HEADERS, "content-security-policy": policy };
}

/** A whole page. */
export async function shell(c: PageContext, options: Shell): Promise<Response> {
  const { title, current, severity, scripts = [], children, status = 200 } = options;
  const { visitor } = c.var;
  const words = WORDS[visitor.language];
  const assets = await findAssets();
  const stack = c.get("stack");
  const html = (
    <html lang={visitor.language} data-theme={visitor.theme} data-severity={severity}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · ${stack === undefined ? "" : `${stack} · `}Vigie`}</title>
        <link rel="icon" href={severity ? iconOf(severity) : EMPTY_ICON} />
        {assets.url("page.css") && <link rel="stylesheet" href={assets.url("page.css")} />}
        {["live.js", ...scripts].map((name) => assets.url(name)).filter((url) => url !== undefined).map((
          url,
        ) => <script type="module" src={url}></script>)}
      </head>
      <body>
        <a class="skip" href="#content">{words.skip}</a>
        <header class="top">
          <a class="mark" href="/">
            <Mark />
            <span>Vigie</span>
            {stack !== undefined && <span class="stack">{stack}</span>}
          </a>
          <nav aria-label={words.views}>
            <ul>
              {VIEWS.map((view) => (
                <li>
                  <a
                    href={view === "now" ? "/" : `/${view}`}
                    aria-current={view === current ? "page" : undefined}
                  >
                    {words[view]}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <p
            class="connection"
            id="connection"
            role="status"
            data-position={c.get("position")}
            data-live={words.live}
            data-cut={words.cut}
            data-stale={words.stale}
          >
          </p>
          <Settings visitor={visitor} />
        </header>
        <main id="content" tabindex={-1}>{children}</main>
      </body>
    </html>
  );
  const text = `<!DOCTYPE html>${html}`;
  const headers = headersFor(visitor);
  if (!/\bgzip\b/.test(c.req.header("accept-encoding") ?? "")) return c.body(text, status, headers);
  // Cookies are not sent with what other sites load, so that nobody else can compare the sizes of a reader's pages (BREACH).
  return c.body(await compress(text), status, { ...headers, "content-encoding": "gzip" });
}

/** Theme, language, and who looks. */
function Settings({ visitor }: { readonly visitor: Visitor }) {
  const words = WORDS[visitor.language];
  return (
    <details class="settings">
      <summary>{visitor.user ?? words.settings}</summary>
      <div class="panel">
        {visitor.user !== undefined && <p class="soft">{visitor.user}, {words.roles[visitor.role]}</p>}
        <form method="post" action="/page/prefer">
          <input type="hidden" name="proof" value={visitor.proof} />
          <label class="field">
            <span>{words.theme}</span>
            <select name="theme">
              {(["system", "light", "dark"] as const).map((theme) => (
                <option value={theme} selected={theme === visitor.theme}>{words.themes[theme]}</option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>{words.language}</span>
            <select name="language">
              <option value="fr" lang="fr" selected={visitor.language === "fr"}>Français</option>
              <option value="en" lang="en" selected={visitor.language === "en"}>English</option>
            </select>
          </label>
          <button class="button" type="submit">{words.apply}</button>
        </form>
        {visitor.signOutProof !== undefined && (
          <form method="post" action="/sign-on/out">
            <input type="hidden" name="proof" value={visitor.signOutProof} />
            <button class="button plain" type="submit">{words.signOut}</button>
          </form>
        )}
      </div>
    </details>
  );
}

/** A watchman's lantern, drawn with the text's colour. */
function Mark() {
  return (
    <svg
      viewBox="0 0 24 24"
      width="22"
      height="22"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d="M9 4a3 3 0 0 1 6 0M7 7h10M8 7v12h8V7M6.5 21h11M12 10.5c1.6 1.7 1.8 2.6 1.8 3.4a1.8 1.8 0 0 1-3.6 0c0-.8.2-1.7 1.8-3.4z" />
    </svg>
  );
}
