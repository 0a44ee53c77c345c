/** A small curve without axes: the last hour of a figure. */

const WIDTH = 120;
const HEIGHT = 28;
/** A figure that hardly moves is not drawn as if it leapt. */
const LEAST_SPAN = 0.05;

/** Draws `points`; a gap stays a gap, and nothing is drawn where there is nothing. */
export function Sparkline(
  { points, label, from, to }: {
    readonly points: readonly (number | undefined)[];
    /** What it shows, for those who do not see it. */
    readonly label: string;
    /** Value at the lower edge; by default below the least. */
    readonly from?: number;
    /** Value at the upper edge; by default above the most. */
    readonly to?: number;
  },
) {
  const path = sparkPath(points, from, to);
  if (path === "") return null;
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path
        d={path}
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-linejoin="round"
        stroke-linecap="round"
        vector-effect="non-scaling-stroke"
      />
    </svg>
  );
}

/** The curve as an SVG path; empty without a value. */
export function sparkPath(points: readonly (number | undefined)[], from?: number, to?: number): string {
  const known = points.filter((point) => point !== undefined);
  if (known.length === 0) return "";
  const low = from ?? Math.max(0, Math.min(...known) - LEAST_SPAN);
  const high = Math.max(to ?? Math.max(...known), low + LEAST_SPAN);
  const y = (value: number) => {
    const share = Math.min(Math.max((value - low) / (high - low), 0), 1);
    return (HEIGHT - 1 - share * (HEIGHT - 2)).toFixed(1);
  };
  const x = (i: number) => (i / Math.max(points.length - 1, 1) * WIDTH).toFixed(1);
  let path = "";
  points.forEach((point, i) => {
    if (point === undefined) return;
    const isFirst = points[i - 1] === undefined;
    path += `${isFirst ? "M" : "L"}${x(i)} ${y(point)}`;
    // A point between two gaps is a dot: a path of one point draws nothing.
    if (isFirst && points[i + 1] === undefined) path += "h0.1";
  });
  return path;
}
