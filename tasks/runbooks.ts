/** The runbooks of docs/alerts.md, as the pages that the webhook serves. */

import { Marked } from "marked";
import { escapeHtml, type Runbook } from "../webhook/mod.ts";

/** Language of docs/alerts.md. */
export const RUNBOOK_LANGUAGE = "en";

/** The page, as it comes with Vigie. */
const SOURCE = new URL("../docs/alerts.md", import.meta.url);

let read: readonly Runbook[] | undefined;

/** The runbooks of Vigie's own alerts. */
export function runbooks(): readonly Runbook[] {
  return read ??= runbooksOf(Deno.readTextFileSync(SOURCE));
}

/**
 * The sections of a page: each heading of the third level is an alert, in the group of the heading above it.
 *
 * What is HTML in the page stays text, and a link leads to a runbook, to a page of the web, or nowhere.
 */
export function runbooksOf(page: string): Runbook[] {
  const sections = page.split(/^(?=#{2,3} )/m).map((section) => /^(#{2,3}) (.+?)\s*\n([^]*)$/.exec(section));
  const names = sections.flatMap((section) => section?.[1] === "###" ? [section[2]!] : []);
  const marked = rendererOf(new Map(names.map((name) => [name.toLowerCase(), name])));
  let group = "";
  return sections.flatMap((section): Runbook[] => {
    const [, level, title, body] = section ?? [];
    if (level === "##") group = title!;
    return level === "###"
      ? [{ name: title!, group, html: (marked.parse(body!.trim()) as string).trim() }]
      : [];
  });
}

function rendererOf(names: ReadonlyMap<string, string>): Marked {
  return new Marked({
    gfm: true,
    async: false,
    renderer: {
      html: ({ text }) => escapeHtml(text),
      image: ({ text }) => escapeHtml(text),
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        const target = targetOf(href, names);
        return target === undefined ? text : `<a href="${escapeHtml(target)}" rel="noreferrer">${text}</a>`;
      },
    },
  });
}

function targetOf(href: string, names: ReadonlyMap<string, string>): string | undefined {
  const name = href.startsWith("#") ? names.get(href.slice(1)) : undefined;
  if (name !== undefined) return encodeURIComponent(name);
  return /^https?:$/.test(URL.parse(href)?.protocol ?? "") ? href : undefined;
}
