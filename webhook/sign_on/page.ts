/** The sign-in pages: HTML without any script. */

import type { Locale } from "../../lib/text.ts";
import { escapeHtml } from "../runbooks/page.ts";
import type { Role } from "./role.ts";
import { STYLE, STYLE_SOURCE } from "./style.ts";
import { type Notice, WORDS } from "./words.ts";

/** What the sign-in page shows. */
export interface SignInPage {
  readonly locale: Locale;
  /** Where to go afterwards. */
  readonly to: string;
  /** What proves that the form was ours. */
  readonly proof: string;
  /** What the provider's button says; no button without. */
  readonly provider?: string;
  readonly notice?: Notice;
  /** How long to wait, seconds. */
  readonly waitSeconds?: number;
}

/** What is shown to somebody who is signed in. */
export interface SignedInPage {
  readonly locale: Locale;
  readonly user: string;
  readonly role: Role;
  readonly to: string;
  /** What proves that the sign-out form was ours. */
  readonly proof: string;
}

/**
 * Headers of every page: nothing but the page's own style is loaded or run, nobody frames it, and nothing of it is kept.
 *
 * @param targets Other origins that a form may lead to. Browsers look at where a form's answer redirects to as well.
 */
export function pageHeaders(targets: readonly string[] = []): Record<string, string> {
  return {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy":
      `default-src 'none'; style-src ${STYLE_SOURCE}; base-uri 'none'; frame-ancestors 'none'; ` +
      `form-action ${["'self'", ...targets].join(" ")}`,
    "cache-control": "no-store",
    // With "no-referrer" browsers would not say from where a form is posted.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    vary: "accept-language, cookie",
  };
}

/** The page with the form. */
export function signInPage({ locale, to, proof, provider, notice, waitSeconds }: SignInPage): string {
  const words = WORDS[locale];
  const wait = notice === "wait" ? ` ${words.waitFor(Math.max(Math.ceil((waitSeconds ?? 60) / 60), 1))}` : "";
  const isGood = notice === "signed-out";
  const said = notice === undefined
    ? ""
    : `<p class="notice${isGood ? " good" : ""}" id="notice" role="${isGood ? "status" : "alert"}">${
      escapeHtml(words.notices[notice] + wait)
    }</p>\n`;
  const wrong = notice === "wrong" ? ' aria-invalid="true" aria-describedby="notice"' : "";
  const other = provider === undefined ? "" : `
<p class="or">${words.or}</p>
<a class="button plain" href="/sign-on/openid?to=${escapeHtml(encodeURIComponent(to))}">${
    escapeHtml(words.provider(provider))
  }</a>`;
  return page(
    locale,
    words.title,
    `<h1>${words.title}</h1>
<p>${words.lead}</p>
${said}<form method="post" action="/sign-on">
<input type="hidden" name="to" value="${escapeHtml(to)}">
<input type="hidden" name="proof" value="${escapeHtml(proof)}">
<label for="user">${words.user}</label>
<input id="user" name="user" type="text" autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false" required maxlength="256" autofocus${wrong}>
<label for="password">${words.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="1024"${wrong}>
<button type="submit">${words.submit}</button>
</form>${other}`,
  );
}

/** The page for somebody who is signed in already: who they are, the way on, and the way out. */
export function signedInPage({ locale, user, role, to, proof }: SignedInPage): string {
  const words = WORDS[locale];
  return page(
    locale,
    words.title,
    `<h1>${escapeHtml(words.signedIn(user))}</h1>
<p>${words.roles[role]}</p>
<a class="button" href="${escapeHtml(to)}">${words.go}</a>
<form method="post" action="/sign-on/out">
<input type="hidden" name="proof" value="${escapeHtml(proof)}">
<button class="plain" type="submit">${words.signOut}</button>
</form>`,
  );
}

/** The page for somebody whose role does not suffice. */
export function forbiddenPage(locale: Locale, role: Role): string {
  const words = WORDS[locale];
  return page(
    locale,
    words.forbidden,
    `<h1>${words.forbidden}</h1>
<p>${words.forbiddenText(words.roles[role])}</p>
<a class="button" href="/">${words.go}</a>`,
  );
}

/** A watchman's lantern, drawn with the text's colour. */
const MARK =
  `<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">` +
  `<path d="M9 4a3 3 0 0 1 6 0M7 7h10M8 7v12h8V7M6.5 21h11M12 10.5c1.6 1.7 1.8 2.6 1.8 3.4a1.8 1.8 0 0 1-3.6 0c0-.8.2-1.7 1.8-3.4z"/></svg>`;

function page(locale: Locale, title: string, content: string): string {
  return `<!DOCTYPE html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)} · Vigie</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<div class="mark">${MARK}<span>Vigie</span></div>
${content}
</main>
</body>
</html>
`;
}
