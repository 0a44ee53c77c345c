/** The line of a small curve without axes. Runs on the server and in browsers. */

/** Width of the room that it is drawn in. */
export const SPARK_WIDTH = 120;
/** Height of the room that it is drawn in. */
export const SPARK_HEIGHT = 28;
/** So that a line at the edge is not cut in half. */
const EDGE = 1;

/** `points` at equal distances from left to right, `low` at the lower edge and `high` at the upper, as an SVG path. A gap stays a gap; the path is empty without a value. */
export function sparkPath(points: readonly (number | null | undefined)[], low: number, high: number): string {
  const y = (value: number) => {
    const share = Math.min(Math.max((value - low) / (high - low || 1), 0), 1);
    return (SPARK_HEIGHT - EDGE - share * (SPARK_HEIGHT - 2 * EDGE)).toFixed(1);
  };
  const x = (i: number) => (i / Math.max(points.length - 1, 1) * SPARK_WIDTH).toFixed(1);
  let path = "";
  points.forEach((point, i) => {
    if (point == null) return;
    const isFirst = points[i - 1] == null;
    path += `${isFirst ? "M" : "L"}${x(i)} ${y(point)}`;
    // A point between two gaps is a dot: a path of one point draws nothing.
    if (isFirst && points[i + 1] == null) path += "h0.1";
  });
  return path;
}
