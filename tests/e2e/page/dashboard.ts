/** What a reader does with a dashboard, in a browser. */

import { equal, match } from "node:assert/strict";
import type { Page } from "playwright-core";

const DATA_DEADLINE_MS = 60_000;

/** Waits until curves come by themselves, points at one, zooms in, goes back, and chooses another time. */
export async function exploreDashboard(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/dashboards/vigie-stack?from=now-5m&to=now&refresh=5s`);
  const curves = page.locator(".u-over");
  await curves.first().waitFor({ timeout: DATA_DEADLINE_MS });
  await choose(page, "[data-refresh]", "", /refresh=(&|$)/);

  await curves.first().scrollIntoViewIfNeeded();
  const box = (await curves.first().boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.locator(".tooltip:visible").waitFor();
  equal(await page.locator(".tooltip:visible").count(), 1);
  const others = page.locator(".u-cursor-x:not(.u-off)");
  equal(await others.count(), await curves.count(), "the crosshair is in every graph");

  await page.mouse.down();
  await page.mouse.move(x + box.width / 4, y, { steps: 5 });
  await page.mouse.up();
  await page.waitForURL(/from=\d{13}&to=\d{13}|to=\d{13}.*from=\d{13}/);
  await settled(page);
  await page.goBack();
  await page.waitForURL(/from=now-5m/);
  await settled(page);
  await choose(page, "#range", "now-1h", /from=now-1h/);
  match(await page.locator("#range option:checked").innerText(), /1/);
}

async function choose(page: Page, selector: string, value: string, address: RegExp): Promise<void> {
  await page.selectOption(selector, value);
  await page.waitForURL(address);
  await settled(page);
}

/** Until nothing is loaded any more. */
async function settled(page: Page): Promise<void> {
  await page.locator("[aria-busy]").first().waitFor({ state: "detached" });
}
