/** Writing whole texts to an output, one after another. */

interface Waiting {
  readonly text: string;
  readonly written: PromiseWithResolvers<void>;
}

/**
 * Writes to `output`; texts never mix, however long they are. What comes while a write is under way goes out in one write after it: a
 * write for each text would fall behind a burst of alerts.
 *
 * @returns a function that resolves when its text is written, and rejects when it cannot be.
 */
export function createPrint(
  output: { write(bytes: Uint8Array): Promise<number> },
): (text: string) => Promise<void> {
  const encoder = new TextEncoder();
  let waiting: Waiting[] = [];
  let writing = false;

  async function writeAll(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        const bytes = encoder.encode(batch.map(({ text }) => text).join(""));
        for (let sent = 0; sent < bytes.length;) sent += await output.write(bytes.subarray(sent));
        for (const { written } of batch) written.resolve();
      } catch (error) {
        for (const { written } of batch) written.reject(error);
      }
    }
    writing = false;
  }

  return (text) => {
    const written = Promise.withResolvers<void>();
    waiting.push({ text, written });
    if (!writing) void writeAll();
    return written.promise;
  };
}
