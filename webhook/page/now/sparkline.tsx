/** A small curve without axes: the last hour of a figure. */

import { SPARK_HEIGHT, SPARK_WIDTH, sparkPath } from "../spark.ts";

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
  const known = points.filter((point) => point !== undefined);
  if (known.length === 0) return null;
  const low = from ?? Math.max(0, Math.min(...known) - LEAST_SPAN);
  const high = Math.max(to ?? Math.max(...known), low + LEAST_SPAN);
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path
        d={sparkPath(points, low, high)}
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
