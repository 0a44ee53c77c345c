/** The text of an answer; undefined, and the rest is not read, when it has more than `maxBytes`. */
export async function limitedText(response: Response, maxBytes: number): Promise<string | undefined> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  // Leaving the loop cancels the body.
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > maxBytes) return undefined;
    parts.push(part);
  }
  return await new Blob(parts).text();
}
