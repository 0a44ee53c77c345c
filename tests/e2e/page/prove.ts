/** The way of an alert, proved from the page. */

import { deepEqual, ok } from "node:assert/strict";
import type { Page } from "playwright-core";
import { stays } from "./browser.ts";

const DEADLINE_MS = 90_000;

/** Begins the proof and watches its hops come, to the last one. */
export async function prove(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/proof`);
  await page.getByRole("button", { name: "Test the alert path" }).click();
  const running = page.getByRole("region", { name: "Test under way" });
  const last = page.getByRole("region", { name: "Last test passed" });
  await running.or(last).waitFor();
  const kept = await stays(page);
  await page.getByRole("row", { name: "Prometheus has read the gauge passed" }).waitFor();
  await last.waitFor({ timeout: DEADLINE_MS });
  ok(await kept(), "the page was not loaded again");
  const outcomes = await last.locator("tbody tr td:nth-child(2)").allInnerTexts();
  deepEqual(new Set(outcomes), new Set(["passed"]));
  ok(outcomes.length >= 6, `${outcomes.length} hops`);
}
