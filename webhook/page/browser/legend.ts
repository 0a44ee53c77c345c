/// <reference lib="dom" />
/** The legend of a graph: each curve with its value; a click shows it alone, with a modifier it hides it. */

import type { Locale } from "../../../lib/text.ts";
import { shown, toneOf } from "../dashboards/field.ts";
import { type Curve, newest } from "./curves.ts";
import { element, svg } from "./element.ts";
import { curveToken, token } from "./palette.ts";

/** A legend. */
export interface Legend {
  readonly element: HTMLElement;
  update(data: { readonly curves: readonly Curve[] }): void;
  isHidden(this: void, curve: Curve): boolean;
  /** Shows the values at an index of the times; the newest with null. */
  point(this: void, index: number | null): void;
  recolor(): void;
}

interface Item {
  readonly button: HTMLButtonElement;
  readonly value: HTMLElement;
  readonly swatch: SVGElement;
}

/** A legend without curves. @param onChange Called when the reader hides a curve or shows it again. */
export function createLegend({ locale }: { readonly locale: Locale }, onChange: () => void): Legend {
  const list = element("ul", { class: "legend" });
  const hidden = new Set<string>();
  let curves: readonly Curve[] = [];
  let items: Item[] = [];

  function apply(): void {
    curves.forEach(({ name }, i) => items[i]!.button.setAttribute("aria-pressed", String(!hidden.has(name))));
    onChange();
  }

  function clicked(name: string, event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey) {
      if (!hidden.delete(name)) hidden.add(name);
    } else {
      const others = curves.map((curve) => curve.name).filter((other) => other !== name);
      const isAlone = !hidden.has(name) && others.length > 0 && others.every((other) => hidden.has(other));
      hidden.clear();
      if (!isAlone) { for (const other of others) hidden.add(other); }
    }
    apply();
  }

  function recolor(): void {
    curves.forEach(({ field }, i) => {
      items[i]?.swatch.setAttribute("stroke", token(curveToken(i, toneOf(field.color))));
    });
  }

  function point(index: number | null): void {
    curves.forEach(({ values, field }, i) => {
      const value = index === null ? newest(values) : values[index] ?? undefined;
      items[i]!.value.textContent = value === undefined ? "–" : shown(value, field, locale).text;
    });
  }

  return {
    element: list,
    point,
    recolor,
    isHidden: ({ name }) => hidden.has(name),
    update(data) {
      const isSame = data.curves.length === curves.length &&
        data.curves.every(({ name, field }, i) =>
          name === curves[i]!.name && field.color === curves[i]!.field.color
        );
      curves = data.curves;
      if (!isSame) {
        items = curves.map(({ name, field }) => {
          const swatch = svg("path", {
            d: "M0 4h14",
            "stroke-width": "3",
            ...field.dashed ? { "stroke-dasharray": "4 2" } : {},
          });
          const value = element("span", { class: "legend-value" });
          const picture = svg("svg", { width: "14", height: "8", "aria-hidden": "true" }, swatch);
          const button = element(
            "button",
            { type: "button", "aria-pressed": String(!hidden.has(name)) },
            picture,
            element("span", { class: "legend-name", title: name }, name),
            value,
          );
          button.addEventListener("click", (event) => clicked(name, event));
          return { button, value, swatch };
        });
        list.replaceChildren(...items.map(({ button }) => element("li", {}, button)));
        recolor();
      }
      point(null);
    },
  };
}
