/** An alert that is acknowledged on one page, which another one shows by itself, until that is taken back. */

import { deepEqual } from "node:assert/strict";
import type { Page } from "playwright-core";
import { inaccessible } from "./browser.ts";
import { raiseAlert } from "./raise_alert.ts";

const NAME = "PageTaken";

/** @param url Of the webhook. @param alertmanager URL of the Alertmanager behind it. */
export async function acknowledge(page: Page, url: string, alertmanager: string): Promise<void> {
  await raiseAlert(alertmanager, NAME);
  const list = await page.context().newPage();
  await list.goto(`${url}/alerts`);
  const row = list.getByRole("row").filter({ has: list.getByRole("link", { name: NAME }) });
  await row.waitFor();

  await page.goto(`${url}/alerts`);
  await page.getByRole("link", { name: NAME }).click();
  await page.getByLabel("Note (optional)").fill("On my way");
  await page.getByRole("button", { name: "Acknowledge" }).click();
  await page.getByRole("button", { name: "Withdraw the acknowledgement" }).waitFor();
  for (const part of ["#acts", "#timeline"]) await page.locator(part).getByText("On my way").waitFor();
  deepEqual(await inaccessible(page), []);

  // Nobody loads it again.
  await row.getByText(/^seen/).waitFor();
  await page.getByRole("button", { name: "Withdraw the acknowledgement" }).click();
  await page.getByText("Nobody has acknowledged it yet.").waitFor();
  await row.getByText(/^seen/).waitFor({ state: "detached" });
  await list.close();
}
