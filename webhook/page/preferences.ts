/** How a reader likes the pages: kept in the browser, as it is nobody else's business. */

import type { Locale } from "../../lib/text.ts";
import type { Theme } from "./view.ts";

/** What a reader has chosen; what is left out is the system's. */
export interface Preferences {
  readonly language?: Locale;
  readonly theme?: Theme;
}

const YEAR_SECONDS = 365 * 24 * 3_600;
const LANGUAGES: readonly string[] = ["fr", "en"];
const THEMES: readonly string[] = ["light", "dark", "system"];

/** What the header `Cookie` says. */
export function preferencesIn(header: string | null | undefined): Preferences {
  const said = new Map(
    (header ?? "").split(";").map((pair) => pair.trim().split("=", 2) as [string, string]),
  );
  return chosen(said.get("vigie-language"), said.get("vigie-theme"));
}

/** What a form says, as `Set-Cookie` headers. They are no secret, and work on plain HTTP as well. */
export function preferenceCookies(form: URLSearchParams): string[] {
  const { language, theme } = chosen(form.get("language"), form.get("theme"));
  const attributes = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${YEAR_SECONDS}`;
  return [
    ...(language ? [`vigie-language=${language}; ${attributes}`] : []),
    ...(theme ? [`vigie-theme=${theme}; ${attributes}`] : []),
  ];
}

function chosen(language: string | null | undefined, theme: string | null | undefined): Preferences {
  return {
    ...(LANGUAGES.includes(language ?? "") && { language: language as Locale }),
    ...(THEMES.includes(theme ?? "") && { theme: theme as Theme }),
  };
}
