/// <reference lib="dom" />
/** The page's colours for what is drawn: the tokens of its style sheet, as they are in the theme in use. */

import type { Tone } from "../dashboards/field.ts";

/** How many colours curves have before they begin again. */
export const CURVE_COLORS = 8;

const known = new Map<string, string>();
const redraws = new Set<() => void>();

/** The colour of a token such as `"--edge"`, in the theme in use. */
export function token(name: string): string {
  let color = known.get(name);
  if (color === undefined) {
    // A token has both themes' colours: only what uses it has one.
    const probe = document.createElement("i");
    probe.style.color = `var(${name}, gray)`;
    document.body.append(probe);
    color = getComputedStyle(probe).color;
    probe.remove();
    known.set(name, color);
  }
  return color;
}

/** Name of the token of the curve number `index`, or of what its colour means. */
export function curveToken(index: number, tone?: Tone): string {
  return tone ? `--${tone}` : `--curve-${index % CURVE_COLORS + 1}`;
}

/** A colour with less opacity. */
export function faded(color: string, opacity: number): string {
  return `color-mix(in srgb, ${color} ${Math.round(opacity * 100)}%, transparent)`;
}

/** Calls `redraw` when the theme changes; gives what stops that. */
export function onTheme(redraw: () => void): () => void {
  redraws.add(redraw);
  return () => redraws.delete(redraw);
}

function changed(): void {
  known.clear();
  for (const redraw of redraws) redraw();
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
new MutationObserver(changed).observe(document.documentElement, { attributeFilter: ["data-theme"] });
