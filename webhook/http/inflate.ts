/** Inflating gzip piece by piece, so that whoever reads can stop in time. */

/** What claims to be gzip and is not, or is cut short. */
export class NotGzip extends Error {
  override readonly name = "NotGzip";
}

// Deflate makes 1 byte of 1032 at most: a piece inflates to 1 MiB at most.
const PIECE_BYTES = 1_024;

/**
 * Inflates a gzip file. Only what is asked for is inflated: a reader that stops has spent no more than one piece.
 *
 * @throws {NotGzip}
 */
export async function* inflate(compressed: Uint8Array): AsyncGenerator<Uint8Array> {
  const stream = new DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  const feeding = feed(writer, compressed);
  // It fails together with the reader, which may look later.
  feeding.catch(() => {});
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield value;
    }
    await feeding;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new NotGzip("The gzip file cannot be read");
  } finally {
    await reader.cancel().catch(() => {});
    await feeding.catch(() => {});
  }
}

async function feed(
  writer: WritableStreamDefaultWriter<BufferSource>,
  compressed: Uint8Array,
): Promise<void> {
  for (let at = 0; at < compressed.length; at += PIECE_BYTES) {
    await writer.ready;
    await writer.write(compressed.slice(at, at + PIECE_BYTES));
  }
  await writer.close();
}
