/** The runbooks as pages: plain HTML, light or dark as the reader's screen, without any script. */

import { createHash } from "node:crypto";
import type { Locale } from "../../lib/text.ts";
import type { Runbook, Runbooks } from "./read.ts";

const WORDS: Readonly<
  Record<Locale, { readonly title: string; readonly all: string; readonly none: string }>
> = {
  fr: {
    title: "Procédures des alertes",
    all: "Toutes les procédures",
    none: "Aucune procédure n'a été générée pour ce webhook.",
  },
  en: {
    title: "Runbooks",
    all: "All runbooks",
    none: "No runbooks were generated for this webhook.",
  },
};

const STYLE = `:root{color-scheme:light dark}
body{font:1rem/1.6 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.2}
h2{font-size:1.15rem;margin-top:1.6rem}
a{color:light-dark(#0b57d0,#8ab4f8)}
code{font:.92em ui-monospace,monospace;background:light-dark(#f1f3f4,#303134);padding:.1em .3em;border-radius:.25em}
pre{background:light-dark(#f1f3f4,#303134);padding:.75rem;border-radius:.4em;overflow-x:auto}
pre code{background:none;padding:0}
li{margin:.2em 0}
table{border-collapse:collapse}
td,th{border:1px solid light-dark(#dadce0,#5f6368);padding:.3em .6em;text-align:left}`;

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/** Headers of every page: nothing but the page's own style is loaded or run. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "cache-control": "no-cache",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** The page of one runbook. */
export function runbookPage({ name, html }: Runbook, { language }: Runbooks, locale: Locale): string {
  // Relative: a proxy may have the webhook below a path of its own.
  const content = `<p><a href="../runbooks">${WORDS[locale].all}</a></p>
<main lang="${language}">
<h1>${escapeHtml(name)}</h1>
${html}
</main>`;
  return page(name, content, locale);
}

/** The page with a link to each runbook. */
export function listPage({ byName, language }: Runbooks, locale: Locale): string {
  const { title, none } = WORDS[locale];
  const groups = [...Map.groupBy(byName.values(), ({ group }) => group)].map(([group, runbooks]) =>
    `<h2 lang="${language}">${escapeHtml(group)}</h2>\n<ul>\n${runbooks.map(item).join("\n")}\n</ul>`
  );
  const content = `<main>\n<h1>${title}</h1>\n${
    groups.length === 0 ? `<p>${none}</p>` : groups.join("\n")
  }\n</main>`;
  return page(title, content, locale);
}

function item({ name }: Runbook): string {
  return `<li><a href="runbooks/${encodeURIComponent(name)}">${escapeHtml(name)}</a></li>`;
}

function page(title: string, content: string, locale: Locale): string {
  return `<!DOCTYPE html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${content}
</body>
</html>
`;
}

/** `text` as HTML that shows it. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
