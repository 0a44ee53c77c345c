/** Where the panels of a dashboard lie in Grafana's grid. */

import type { GridPos } from "@grafana/grafana-foundation-sdk/dashboard";
import { HEIGHTS, type Panel, WIDTHS } from "../panel.ts";

/** Columns of the grid. */
export const COLUMNS = 24;

/**
 * Positions of `panels`, from left to right and from line `y` down. Each line is as high as its highest panel and is
 * widened to the whole grid, so that a panel that is left out leaves no hole.
 *
 * @throws {RangeError} when a panel is wider than the grid.
 */
export function layOut(panels: readonly Panel[], y: number): { panel: Panel; gridPos: GridPos }[] {
  const lines: Panel[][] = [];
  let used = COLUMNS;
  for (const panel of panels) {
    const width = widthOf(panel);
    if (!(Number.isInteger(width) && width >= 1 && width <= COLUMNS)) {
      throw new RangeError(`Cannot place "${panel.title.en}": width is ${width}, expected 1 to ${COLUMNS}`);
    }
    if (used + width > COLUMNS) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)!.push(panel);
    used += width;
  }
  return lines.flatMap((line) => {
    const height = Math.max(...line.map(({ kind, height = HEIGHTS[kind] }) => height));
    const total = line.reduce((sum, panel) => sum + widthOf(panel), 0);
    let sum = 0;
    const placed = line.map((panel) => {
      const x = Math.round(sum * COLUMNS / total);
      sum += widthOf(panel);
      return { panel, gridPos: { x, y, w: Math.round(sum * COLUMNS / total) - x, h: height } };
    });
    y += height;
    return placed;
  });
}

function widthOf({ kind, width = WIDTHS[kind] }: Panel): number {
  return width;
}
