/** An alert that comes while somebody looks, is silenced from the page, and is told of again. */

import { equal, match } from "node:assert/strict";
import type { Page } from "playwright-core";
import { makeSilence } from "./make_silence.ts";
import { raiseAlert } from "./raise_alert.ts";

const NAME = "PageTest";

/** @param url Of the webhook. @param alertmanager URL of the Alertmanager behind it. */
export async function silenceAlert(page: Page, url: string, alertmanager: string): Promise<void> {
  await page.goto(`${url}/alerts`);
  equal(await page.getByRole("link", { name: NAME }).count(), 0);
  const summary = '"><img src=x onerror=alert(1)> is only a text';
  await raiseAlert(alertmanager, NAME, { summary });

  // It comes by itself.
  const link = page.getByRole("link", { name: NAME });
  await link.waitFor();
  match(await page.locator("#alerts").innerText(), /is only a text/);
  match(await page.title(), /Vigie$/);
  await link.click();
  await makeSilence(page, NAME, "The test looks");

  await page.goto(`${url}/alerts`);
  await page.getByText("silenced").waitFor();
  await page.goto(`${url}/silences`);
  await page.getByRole("button", { name: "End" }).click();
  await page.getByText("No silence.").waitFor();
}
