/** Whether a request comes from one of our own pages. */

import type { HeaderLookup } from "../http/body.ts";
import type { ServiceUrls } from "./access.ts";

/** The host that the browser asked for: the entry hands it on. */
export function askedHost(headers: HeaderLookup): string | undefined {
  return (headers.get("x-forwarded-host") ?? headers.get("host"))?.trim().toLowerCase() || undefined;
}

/**
 * Whether another site may have made the browser send this. Browsers say from where they post (`Origin`), and what that is to the target
 * (`Sec-Fetch-Site`); other programs say neither, and nobody makes them send what their user did not mean.
 *
 * Cookies do not tell ports apart, nor hosts below one: SameSite does not keep those out.
 */
export function isForeign(headers: HeaderLookup, urls: ServiceUrls): boolean {
  const origin = headers.get("origin");
  if (origin) {
    const url = URL.parse(origin);
    if (!url) return true;
    const isOurs = Object.values(urls).some((service) => new URL(service).origin === url.origin);
    // The entry may be asked by another of its names.
    return !isOurs && !(url.protocol === "https:" && url.host === hostOf(askedHost(headers)));
  }
  const site = headers.get("sec-fetch-site")?.toLowerCase();
  return site === "cross-site" || site === "same-site";
}

/** Without the port that https has anyway. */
function hostOf(host: string | undefined): string | undefined {
  return host === undefined ? undefined : URL.parse(`https://${host}`)?.host;
}
