/** Writing whole texts to an output, one after another. */

/**
 * Writes to `output`; texts never mix, however long they are. One that cannot be written is the caller's failure and nobody else's.
 *
 * @returns a function that resolves when its text is written.
 */
export function createPrint(
  output: { write(bytes: Uint8Array): Promise<number> },
): (text: string) => Promise<void> {
  const encoder = new TextEncoder();
  let last: Promise<void> = Promise.resolve();
  return (text) => {
    const bytes = encoder.encode(text);
    const written = last.then(async () => {
      for (let sent = 0; sent < bytes.length;) sent += await output.write(bytes.subarray(sent));
    });
    last = written.catch(() => {});
    return written;
  };
}
