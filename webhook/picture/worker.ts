/// <reference lib="deno.worker" />
/** Draws pictures aside: what draws them would hold everything else up. `png.ts` starts it, and ends it when nobody wants one any more. */

import { initWasm, Resvg } from "@resvg/resvg-wasm";

/** What it is told first. */
export interface WorkerStart {
  readonly wasm: Uint8Array;
  readonly font: Uint8Array;
}

/** What it is to draw. */
export interface WorkerJob {
  readonly svg: string;
  /** Pixels for each unit of the SVG. */
  readonly zoom: number;
}

/** What it says: ready, a picture, or why there is none. */
export type WorkerAnswer = { readonly png?: Uint8Array<ArrayBuffer> } | { readonly error: string };

let fonts: Uint8Array[] = [];

self.onmessage = async ({ data }: MessageEvent<WorkerStart | WorkerJob>) => {
  try {
    if ("wasm" in data) {
      fonts = [data.font];
      await initWasm(data.wasm as BufferSource);
      return answer({});
    }
    const resvg = new Resvg(data.svg, {
      fitTo: { mode: "zoom", value: data.zoom },
      font: { fontBuffers: fonts, loadSystemFonts: false, defaultFontFamily: "DejaVu Sans" },
    });
    const image = resvg.render();
    const png = image.asPng();
    image.free();
    resvg.free();
    answer({ png: png as Uint8Array<ArrayBuffer> });
  } catch (error) {
    answer({ error: error instanceof Error ? error.message : String(error) });
  }
};

function answer(said: WorkerAnswer): void {
  self.postMessage(said, "png" in said && said.png ? [said.png.buffer] : []);
}
