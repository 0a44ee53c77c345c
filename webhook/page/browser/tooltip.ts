/// <reference lib="dom" />
/** What stands beside the pointer in a graph: the time, and the largest values there. */

import type uPlot from "uplot";
import type { Locale } from "../../../lib/text.ts";
import { shown as shownValue, toneOf } from "../dashboards/field.ts";
import type { Curve } from "./curves.ts";
import { element, svg } from "./element.ts";
import { curveToken, token } from "./palette.ts";
import { momentText } from "./times.ts";

const MOST = 12;
const GAP_PX = 14;

/** A plugin for one graph. */
export function createTooltip(
  { plot, shown, locale, onPoint }: {
    readonly plot: HTMLElement;
    readonly shown: () => { readonly times: readonly number[]; readonly curves: readonly Curve[] };
    readonly locale: Locale;
    /** Told the index that is pointed at, null for none. */
    readonly onPoint: (index: number | null) => void;
  },
): uPlot.Plugin {
  const box = element("div", { class: "tooltip", hidden: "" });
  let isHere = false;
  let pointed: number | null = null;

  function move(u: uPlot): void {
    const { idx = null, left = -1, top = -1 } = u.cursor;
    const index = left < 0 || idx === undefined ? null : idx;
    if (index !== pointed) {
      pointed = index;
      onPoint(index);
      if (isHere && index !== null) write(u, index);
    }
    box.hidden = !isHere || index === null;
    if (!box.hidden) place(u, left, top);
  }

  function write(u: uPlot, index: number): void {
    const { times, curves } = shown();
    const here = curves.flatMap((curve, i) => {
      const value = curve.values[index];
      return value == null || u.series[i + 1]?.show === false ? [] : [{ ...curve, value, i }];
    }).sort((a, b) => b.value - a.value);
    box.replaceChildren(
      element("p", { class: "tooltip-time" }, momentText(times[index]!, locale)),
      ...here.slice(0, MOST).map(({ name, field, value, i }) =>
        element(
          "p",
          {},
          svg(
            "svg",
            { width: "10", height: "8", "aria-hidden": "true" },
            svg("path", {
              d: "M0 4h10",
              "stroke-width": "3",
              stroke: token(curveToken(i, toneOf(field.color))),
            }),
          ),
          element("span", {}, name),
          element("strong", {}, shownValue(value, field, locale).text),
        )
      ),
      ...here.length > MOST ? [element("p", {}, `+${here.length - MOST}`)] : [],
    );
  }

  function place(u: uPlot, left: number, top: number): void {
    const x = u.over.offsetLeft + left;
    const isRight = x + GAP_PX + box.offsetWidth > plot.clientWidth;
    box.style.left = `${Math.max(isRight ? x - GAP_PX - box.offsetWidth : x + GAP_PX, 0)}px`;
    const room = plot.clientHeight - box.offsetHeight;
    box.style.top = `${
      Math.max(Math.min(u.over.offsetTop + top - box.offsetHeight / 2, room), Math.min(room, 0))
    }px`;
  }

  function key(u: uPlot, event: KeyboardEvent): void {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape" || by === undefined) {
      if (event.key === "Escape") leave(u);
      return;
    }
    event.preventDefault();
    const { times } = shown();
    const at = pointed ?? times.length - 1;
    const next = Math.min(
      Math.max(pointed === null ? at : at + by * (event.shiftKey ? 10 : 1), 0),
      times.length - 1,
    );
    isHere = true;
    u.setCursor({ left: u.valToPos(times[next]!, "x"), top: u.over.clientHeight / 2 });
  }

  function leave(u: uPlot): void {
    isHere = false;
    u.setCursor({ left: -10, top: -10 });
  }

  const stop = new AbortController();
  const { signal } = stop;
  return {
    hooks: {
      init: (u) => {
        plot.append(box);
        u.over.addEventListener("mouseenter", () => isHere = true, { signal });
        u.over.addEventListener("mouseleave", () => {
          isHere = false;
          box.hidden = true;
        }, { signal });
        plot.addEventListener("keydown", (event) => key(u, event), { signal });
        plot.addEventListener("blur", () => isHere && leave(u), { signal });
      },
      setCursor: move,
      destroy: () => {
        stop.abort();
        box.remove();
      },
    },
  };
}
