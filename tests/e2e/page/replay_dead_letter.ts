/** A message that was given up is found on the page and sent again. */

import { ok } from "node:assert/strict";
import type { Page } from "playwright-core";
import type { FakeDestination } from "../../../webhook/channels/testing/fake_destination.ts";
import { stays } from "./browser.ts";
import { raiseAlert } from "./raise_alert.ts";

/** Name of the alert that goes to the destination. */
export const DEAD_LETTER = "GivenUp";

/** @param url Of the webhook. @param alertmanager URL of the Alertmanager before it. @param destination It gets alerts of that name. */
export async function replayDeadLetter(
  page: Page,
  url: string,
  alertmanager: string,
  destination: FakeDestination,
): Promise<void> {
  destination.otherwise({ status: 410 });
  await page.goto(`${url}/delivery`);
  const kept = await stays(page);
  await raiseAlert(alertmanager, DEAD_LETTER);
  const letters = page.locator("#dead-letters");
  await letters.getByRole("link", { name: DEAD_LETTER }).waitFor();
  ok(await kept(), "the page was not loaded again");

  destination.otherwise({});
  const before = destination.requests.length;
  await letters.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Replay the selection" }).click();
  await page.getByText("One message is queued again.").waitFor();
  await destination.received(before + 1);
  await letters.getByText("No message was given up.").waitFor();
}
