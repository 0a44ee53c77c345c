/** From SVG to PNG, in a worker that lives only while pictures are wanted: it takes 90 MB, and holds everything up while it draws. */

import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import type { Clock } from "../clock.ts";
import { assetPath } from "../page/assets.ts";
import { orAborted } from "./or_aborted.ts";
import type { WorkerAnswer, WorkerJob, WorkerStart } from "./worker.ts";

/** Draws pictures, one at a time. */
export interface Painter {
  /**
   * The picture as PNG.
   *
   * @param signal Ends the drawing; what waits behind it goes on.
   * @throws {NoPicture} when it cannot be drawn, or too many wait already. @throws what ended it.
   */
  paint(svg: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** Ends what is being drawn, and everything that waits. */
  stop(): void;
}

/** Why there is no picture. */
export class NoPicture extends Error {
  override name = "NoPicture";
}

/** Pixels for each unit of the SVG: sharp on the screens of phones. */
const ZOOM = 2;
/** Further ones are not drawn: by the time it were their turn nobody would wait for them. */
const MAX_WAITING = 8;
const IDLE_MS = 30_000;
/** Beyond the largest SVG that is drawn. */
const MAX_SVG_LENGTH = 2_000_000;

/** A painter. Nothing is loaded before the first picture. */
export function createPainter(clock: Clock, idleMs = IDLE_MS): Painter {
  let worker: Promise<Worker> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let cancelIdle = () => {};
  const stopped = new AbortController();

  function end(): void {
    cancelIdle();
    worker?.then((running) => running.terminate()).catch(() => {
      // It never ran, and whoever wanted it was told.
    });
    worker = undefined;
  }

  /** A worker that is ready. Its start is nobody's own: a picture that comes too late for it leaves it to the next one. */
  async function start(): Promise<Worker> {
    const { module, ...files } = await readFiles();
    stopped.signal.throwIfAborted();
    const started = new Worker(module, { type: "module", name: "picture" });
    try {
      await ask(started, files, stopped.signal);
      return started;
    } catch (error) {
      started.terminate();
      throw error;
    }
  }

  async function draw(svg: string, given: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const signal = AbortSignal.any([given, stopped.signal]);
    signal.throwIfAborted();
    cancelIdle();
    worker ??= start();
    let isAsked = false;
    try {
      const ready = await orAborted(worker, signal);
      isAsked = true;
      const { png } = await ask(ready, { svg, zoom: ZOOM }, signal);
      return png!;
    } catch (error) {
      // What it is in the middle of cannot be ended otherwise, and one that failed is not to be trusted.
      if (isAsked || !signal.aborted) end();
      throw error;
    } finally {
      cancelIdle = clock.after(idleMs, end);
    }
  }

  return {
    async paint(svg, signal) {
      if (svg.length > MAX_SVG_LENGTH) throw new NoPicture("The picture is too large to be drawn");
      if (waiting >= MAX_WAITING) throw new NoPicture("Too many pictures are wanted at a time");
      waiting++;
      const drawn = last.then(() => draw(svg, signal));
      last = drawn.catch(() => {});
      try {
        return await drawn;
      } finally {
        waiting--;
      }
    },
    stop() {
      stopped.abort(new NoPicture("The webhook stops"));
      end();
    },
  };
}

const inflated = promisify(brotliDecompress) as (content: Uint8Array) => Promise<Uint8Array>;

/** What the worker is made of: its module, and what it is told first. */
async function readFiles(): Promise<WorkerStart & { readonly module: URL }> {
  const pathOf = async (name: string) => {
    const path = await assetPath(name);
    if (path !== undefined) return path;
    throw new NoPicture(`Pictures cannot be drawn: "${name}" was not made; run "deno task assets"`);
  };
  const [module, wasm, font] = await Promise.all([
    pathOf("picture.mjs"),
    pathOf("resvg.wasm.br").then(Deno.readFile).then(inflated),
    pathOf("picture.ttf.br").then(Deno.readFile).then(inflated),
  ]);
  return { module: pathToFileURL(module), wasm, font };
}

function ask(
  worker: Worker,
  message: WorkerStart | WorkerJob,
  signal: AbortSignal,
): Promise<{ readonly png?: Uint8Array<ArrayBuffer> }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ readonly png?: Uint8Array<ArrayBuffer> }>();
  const end = () => reject(signal.reason);
  worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) =>
    "error" in data ? reject(new NoPicture(`Cannot draw a picture: ${data.error}`)) : resolve(data);
  worker.onerror = (event) => {
    // Otherwise it would end the webhook.
    event.preventDefault();
    reject(new NoPicture(`Cannot draw a picture: ${event.message}`));
  };
  signal.addEventListener("abort", end, { once: true });
  worker.postMessage(message);
  return promise.finally(() => signal.removeEventListener("abort", end));
}
