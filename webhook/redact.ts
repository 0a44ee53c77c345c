/** Secrets kept out of what people and machines read. */

const SHOWN = "<secret>";
// Shorter ones would blot out words that have nothing to do with them.
const SHORTEST = 4;

/**
 * A function that puts `<secret>` in the place of each of `secrets`, as it is and as it stands in a URL or in JSON. Of a secret URL
 * its path and query are secret by themselves: an answer may quote these alone.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const forms = new Set(secrets.flatMap(formsOf).filter((form) => form.length >= SHORTEST));
  // The longest first, so that none is cut in two by a shorter one inside it.
  const sorted = [...forms].sort((a, b) => b.length - a.length);
  return (text) => sorted.reduce((cleaned, form) => cleaned.replaceAll(form, SHOWN), text);
}

function formsOf(secret: string): string[] {
  const url = URL.parse(secret);
  const parts = url && /^https?:$/.test(url.protocol)
    ? [url.href, `${url.pathname}${url.search}`, url.password, url.search.slice(1)]
    : [];
  return [secret, ...parts].filter((part) => part.length > 1).flatMap((part) => [
    part,
    encodeURIComponent(part),
    JSON.stringify(part).slice(1, -1),
  ]);
}
