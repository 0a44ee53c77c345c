/**
 * Pictures of the main views that must be the same. They are compared with one another and not with pictures taken elsewhere: fonts, and
 * how they are smoothed, are another matter on each machine.
 */

import { ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import pixelmatch from "pixelmatch";
import type { BrowserContextOptions, Page } from "playwright-core";
// @ts-types="@types/pngjs"
import { PNG } from "pngjs";
import { until } from "../../until.ts";
import type { startBrowser } from "./browser.ts";

type Browser = Awaited<ReturnType<typeof startBrowser>>;

const VIEWS = ["/", "/alerts", "/alerts?tab=history", "/silences", "/delivery", "/proof", "/dashboards"];
const WIDTHS = [1280, 390];
/** Shares of the pixels: what two pictures of the same may differ by, and what those of two themes differ by at least. */
const SAME = 0.002;
const OTHER = 0.5;

/** Each view in the dark by the system's choice and with scripts, and in the dark by the reader's and without: they are the same. */
export async function comparePictures(browser: Browser, url: string): Promise<void> {
  for (const width of WIDTHS) {
    const looks: BrowserContextOptions = {
      viewport: { width, height: 900 },
      locale: "en",
      timezoneId: "UTC",
      reducedMotion: "reduce",
    };
    const { page: bySystem } = await browser.open({ ...looks, colorScheme: "dark" });
    const { page: byChoice } = await browser.open({
      ...looks,
      colorScheme: "light",
      javaScriptEnabled: false,
    });
    const { page: light } = await browser.open({ ...looks, colorScheme: "light" });
    await byChoice.context().addCookies([{ name: "vigie-theme", value: "dark", url }]);
    for (const view of VIEWS) {
      let share = 1;
      await until(`${view}, ${width} pixels wide, looks the same with scripts and without`, async () => {
        const [one, other] = await Promise.all([bySystem, byChoice].map((page) => picture(page, url + view)));
        return (share = difference(one!, other!)) < SAME;
      }).catch((error) => {
        throw new Error(`${error.message}: ${(100 * share).toFixed(2)} % of its pixels differ`);
      });
    }
    const [one, other] = [await picture(bySystem, url), await picture(light, url)];
    ok(difference(one, other) > OTHER, "the themes differ");
    for (const page of [bySystem, byChoice, light]) await page.context().close();
  }
}

async function picture(page: Page, url: string): Promise<Uint8Array> {
  await page.goto(url);
  await page.evaluate(STILL);
  return await page.screenshot({ fullPage: true, animations: "disabled", caret: "hide" });
}

/** Puts the same in the place of what is another at each look: times, figures, curves, and whether the page is live. */
const STILL =
  `for (const [selector, text] of [["time", "then"], [".value, .number", "0"], ["#now h1", "So it is"]]) {
  for (const element of document.querySelectorAll(selector)) element.textContent = text;
}
for (const element of document.querySelectorAll("#connection, .spark, noscript")) element.style.display = "none";`;

/** The share of pixels that differ; 1 for pictures of other sizes. */
function difference(one: Uint8Array, other: Uint8Array): number {
  const [left, right] = [PNG.sync.read(Buffer.from(one)), PNG.sync.read(Buffer.from(other))];
  const { width, height } = left;
  if (right.width !== width || right.height !== height) return 1;
  return pixelmatch(left.data, right.data, undefined, width, height, { threshold: 0.1 }) / (width * height);
}
