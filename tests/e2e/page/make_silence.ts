/** A silence, made from the page of an alert. */

import { match } from "node:assert/strict";
import type { Page } from "playwright-core";

/** Goes from the page of the alert `name` to the silences, and makes one after the look at what it would mute. */
export async function makeSilence(page: Page, name: string, reason: string): Promise<void> {
  await page.getByRole("link", { name: "Silence it" }).click();
  await page.getByLabel("Reason").fill(reason);
  await page.getByRole("button", { name: "See what it would mute" }).click();
  match(await page.locator(".notice").innerText(), new RegExp(`1 alert now[^]*${name}`));
  await page.getByRole("button", { name: "Silence", exact: true }).click();
  await page.getByText(reason).waitFor();
}
