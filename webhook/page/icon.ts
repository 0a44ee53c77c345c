/** The icon of the browser's tab: a disc in the colour of the worst that fires. */

const COLOURS = {
  critical: "#d1242f",
  warning: "#d97706",
  info: "#2f6fd0",
  good: "#2e8b57",
  unknown: "#7d8793",
} as const;

/** An icon without a state. */
export const EMPTY_ICON = "data:,";

/** The icon as a URL. A shape tells critical from the others without its colour. */
export function iconOf(severity: keyof typeof COLOURS): string {
  const shape = severity === "critical"
    ? `<path d="M16 2 30 28H2z" fill="${COLOURS[severity]}"/>`
    : severity === "unknown"
    ? `<circle cx="16" cy="16" r="11" fill="none" stroke="${COLOURS[severity]}" stroke-width="5"/>`
    : `<circle cx="16" cy="16" r="13" fill="${COLOURS[severity]}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${shape}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
