/** A socket of Node's kind as a connection wants it: read when it is asked to. */

import type { Socket as NodeSocket } from "node:net";
import type { Socket } from "./connection.ts";

// What came before it was asked for is kept; the client has to wait once it is this much.
const QUEUED_BYTES = 64 * 1024;

/** @param socket Nothing must have been read from it. */
export function fromNodeSocket(socket: NodeSocket): Socket {
  const chunks: Uint8Array[] = [];
  let queued = 0;
  let ended = false;
  let failure: Error | undefined;
  let wake = () => {};
  socket.on("data", (chunk: Uint8Array) => {
    chunks.push(chunk);
    queued += chunk.length;
    if (queued >= QUEUED_BYTES) socket.pause();
    wake();
  });
  socket.on("end", () => (ended = true, wake()));
  socket.on("error", (error) => (failure ??= error, wake()));
  socket.on("close", () => (ended = true, wake()));

  return {
    async read(into) {
      while (chunks.length === 0) {
        if (failure) throw new Deno.errors.ConnectionReset(failure.message);
        if (ended) return null;
        await new Promise<void>((resolve) => wake = resolve);
      }
      const chunk = chunks[0]!;
      const count = Math.min(into.length, chunk.length);
      into.set(chunk.subarray(0, count));
      if (count < chunk.length) chunks[0] = chunk.subarray(count);
      else chunks.shift();
      queued -= count;
      if (queued < QUEUED_BYTES && socket.isPaused()) socket.resume();
      return count;
    },
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Deno.errors.BrokenPipe("The connection is closed"));
        const closed = () => reject(new Deno.errors.ConnectionReset("The connection was closed"));
        socket.once("close", closed);
        socket.write(bytes, (error) => {
          socket.off("close", closed);
          if (error) reject(new Deno.errors.BrokenPipe(error.message));
          else resolve(bytes.length);
        });
      }),
    closeWrite: () =>
      new Promise((resolve) => {
        if (socket.destroyed) return resolve();
        socket.once("close", () => resolve());
        socket.end(() => resolve());
      }),
    close: () => void socket.destroy(),
  };
}
