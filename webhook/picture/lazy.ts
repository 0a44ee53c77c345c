/** Pictures for the deliveries; what draws them is loaded with the first one. */

import type { PictureResult, PictureSource } from "../delivery/mod.ts";
import type { Pictures, PicturesOptions } from "./mod.ts";

/** What they are made with, and who counts them. */
export interface LazyPicturesOptions extends PicturesOptions {
  readonly count: (result: PictureResult) => void;
  /** Whether to load it all at once, as a source file that changes in the meantime could not be read later. */
  readonly isSource: boolean;
  /** Told of a defect. */
  readonly onDefect: (error: unknown) => void;
}

/** Pictures where there is a Prometheus to draw from. */
export function lazyPictures(options: LazyPicturesOptions): PictureSource {
  let made: Promise<Pictures> | undefined;
  const make = () => made ??= import("./mod.ts").then(({ createPictures }) => createPictures(options));
  if (options.isSource) make().catch(options.onDefect);
  return {
    isOn: () => options.page().prometheus !== undefined,
    async draw(notification, budgetMs, signal) {
      return await (await make()).draw(notification, budgetMs, signal);
    },
    count: options.count,
    stop() {
      made?.then((pictures) => pictures.stop()).catch(options.onDefect);
    },
  };
}
