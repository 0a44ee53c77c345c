/** Cookies (RFC 6265bis): read from a request, written for an answer. */

import type { ServiceUrls } from "./access.ts";

/** Attributes that every cookie here has. `__Host-`: the browser takes it from this host alone, by TLS, for all paths. */
const ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax";

/** The cookie that holds the session: for one host, or for a host and the services' names below it. */
export interface SessionCookie {
  readonly name: string;
  readonly domain?: string;
}

/** The session's cookie. Services on hosts of their own have to get it too. */
export function sessionCookieOf(urls: ServiceUrls): SessionCookie {
  const own = new URL(urls.webhook!).hostname;
  const others = new Set(Object.values(urls).map((url) => new URL(url).hostname));
  return others.size === 1 ? { name: "__Host-vigie" } : { name: "__Secure-vigie", domain: own };
}

/** The value of the cookie `name`; undefined without one, and when there are several: somebody else's may be among them. */
export function cookieIn(header: string | null | undefined, name: string): string | undefined {
  // HTTP/2 may split the header, and it is joined by a comma where headers are joined.
  const values = (header ?? "").split(/[;,]/).flatMap((pair) => {
    const [key, ...value] = pair.trim().split("=");
    return key === name ? [value.join("=")] : [];
  });
  return values.length === 1 ? values[0] : undefined;
}

/** A cookie for `Set-Cookie`. @param seconds How long it lives; until the browser ends when left out. */
export function setCookie({ name, domain }: SessionCookie, value: string, seconds?: number): string {
  return `${name}=${value}; ${ATTRIBUTES}${domain === undefined ? "" : `; Domain=${domain}`}${
    seconds === undefined ? "" : `; Max-Age=${seconds}`
  }`;
}

/** What makes the browser forget a cookie. */
export function dropCookie(cookie: SessionCookie): string {
  return setCookie(cookie, "", 0);
}
