/** Two tabs of one browser: what changes is told to one, which tells the other. */

import { equal } from "node:assert/strict";
import type { Page } from "playwright-core";
import { until } from "../../until.ts";
import { raiseAlert } from "./raise_alert.ts";

/** @param one A tab that shows nothing yet. @param url Of the webhook. @param alertmanager URL of the Alertmanager before it. */
export async function shareConnection(one: Page, url: string, alertmanager: string): Promise<void> {
  const asked: string[] = [];
  one.context().on("request", (request) => {
    if (request.url().includes("/page/events")) asked.push(request.url());
  });
  const open = async (page: Page) => {
    await page.goto(`${url}/alerts`);
    await page.locator("#connection").filter({ hasText: /^Live$/ }).waitFor();
    return page;
  };
  // One that has the lock and says nothing, as when it is asleep.
  const asleep = await one.context().newPage();
  await asleep.goto(`${url}/dashboards`);
  await asleep.evaluate("void navigator.locks.request('vigie-events', () => new Promise(() => {}))");
  await open(one);
  const other = await open(await one.context().newPage());
  equal(asked.length, 1, "one connection for both");
  await raiseAlert(alertmanager, "ToldToBoth");
  for (const page of [one, other]) await page.getByRole("link", { name: "ToldToBoth" }).first().waitFor();

  await one.close();
  await until("the other tab has its own connection", () => asked.length === 2);
  await raiseAlert(alertmanager, "ToldToTheOther");
  await other.getByRole("link", { name: "ToldToTheOther" }).first().waitFor();
  await other.locator("#connection").filter({ hasText: /^Live$/ }).waitFor();
}
