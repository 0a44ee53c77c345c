/** Where somebody goes after signing in: only to what is the stack's own. */

import type { ServiceUrls } from "./access.ts";

/** The page that is gone to when nothing else is asked for, or what is asked for is not the stack's. */
export const HOME = "/";

const LONGEST = 2_048;

/**
 * `to` when it is a path of the entry, or a URL of one of the services; otherwise the home page.
 *
 * Browsers read `//host`, `/\host` and tabs within as another site's address: what is not plainly a path is none.
 */
export function safeReturn(to: string | null | undefined, urls: ServiceUrls): string {
  if (!to || to.length > LONGEST || !/^[\x21-\x7e]+$/.test(to) || to.includes("\\")) return HOME;
  if (to.startsWith("/")) {
    // A placeholder's host: whatever leaves it would leave the entry.
    const url = URL.parse(to, "https://entry.invalid");
    if (!url || url.origin !== "https://entry.invalid" || /^\/\//.test(url.pathname)) return HOME;
    // Back to the sign-in page would ask again.
    return isSignOn(url.pathname) ? HOME : url.pathname + url.search + url.hash;
  }
  const url = URL.parse(to);
  if (!url || url.username !== "" || url.password !== "") return HOME;
  if (!Object.values(urls).some((service) => new URL(service).origin === url.origin)) return HOME;
  if (url.origin === new URL(urls.webhook!).origin) {
    return safeReturn(url.pathname + url.search + url.hash, urls);
  }
  return url.href;
}

function isSignOn(path: string): boolean {
  return path === "/sign-on" || path.startsWith("/sign-on/");
}
