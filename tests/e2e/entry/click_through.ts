/** What a person does who tries every link. */

/** Follows every link and redirect from `starts` on. @returns what led nowhere, or out of the entry. */
export async function clickThrough(
  base: string,
  starts: readonly string[],
  get: (path: string) => Promise<Response>,
): Promise<{ broken: string[]; seen: Set<string> }> {
  const broken: string[] = [];
  const seen = new Set<string>();
  const waiting: { path: string; from: string }[] = starts.map((path) => ({ path, from: "start" }));
  while (waiting.length > 0) {
    const { path, from } = waiting.shift()!;
    if (seen.has(path)) continue;
    seen.add(path);
    const answer = await get(path);
    const text = await answer.text();
    const where = `${from} → ${path}: ${answer.status}`;
    const location = answer.headers.get("location");
    // Debian's Prometheus has no pages of its own: where it leads to is right, and empty.
    const isMissingPage = answer.status === 404 && /^\/prometheus\/(?:query|alerts|classic\/)/.test(path);
    // The exporter asks whatever it is told to, and is not to be told from elsewhere; nor are others to be reloaded.
    const isClosed = answer.status === 404 && /^\/blackbox\/probe\?|^\/[a-z]+\/-\/reload$/.test(path);
    if (answer.status >= 400 && !isMissingPage && !isClosed) broken.push(where);
    const isPage = answer.headers.get("content-type")?.startsWith("text/html");
    const links = [
      location,
      ...(isPage ? [...text.matchAll(/(?:href|src|action)="([^"]+)"/g)].map(([, to]) => to!) : []),
    ];
    for (const link of links) {
      if (link === null || link.startsWith("data:") || link.startsWith("#")) continue;
      const to = new URL(link.replaceAll("&amp;", "&"), new URL(path, base));
      if (to.origin !== base) {
        // Elsewhere is fine; past the entry to a service is not.
        if (/127\.0\.0\.|localhost/.test(to.hostname)) broken.push(`${path} leads to ${to.href}`);
        continue;
      }
      if (!/sign-on\/out|logout|debug/.test(to.pathname)) {
        waiting.push({ path: to.pathname + to.search, from: path });
      }
    }
  }
  return { broken, seen };
}
