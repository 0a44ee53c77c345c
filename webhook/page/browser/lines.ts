/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** Answers that come as lines of JSON. */

/**
 * The lines of what is at `address`, each as it comes.
 *
 * @throws {Error} with what the server says when it refuses, and when the answer ends without `{"done":true}`.
 */
export async function* readLines<Line extends object>(
  address: URL,
  signal: AbortSignal,
): AsyncGenerator<Line> {
  const response = await fetch(address, { signal, headers: { accept: "application/x-ndjson" } });
  if (!response.ok || !response.body) throw new Error(await errorOf(response));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let parts: string[] = [];
  let isDone = false;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const [first = "", ...rest] = value.split("\n");
    parts.push(first);
    for (const next of rest) {
      const line = parts.join("");
      parts = [next];
      if (line === "") continue;
      const read = JSON.parse(line) as Line;
      isDone ||= "done" in read;
      yield read;
    }
  }
  if (!isDone) throw new Error("connection lost");
}

/** What a refusal says of itself: `{"error"}`, or its status. */
export async function errorOf(response: Response): Promise<string> {
  const said: unknown = await response.json().catch(() => undefined);
  const error = (said as { error?: unknown } | undefined)?.error;
  return typeof error === "string" ? error : `HTTP ${response.status}`;
}
