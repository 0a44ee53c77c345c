/** What a reader sees whose connection is lost, and comes back. */

import { match, ok } from "node:assert/strict";
import type { Page } from "playwright-core";
import { until } from "../../until.ts";
import { stays } from "./browser.ts";
import { layLine } from "./line.ts";
import { raiseAlert } from "./raise_alert.ts";

const NAME = "RaisedMeanwhile";

/** @param port Of the webhook. @param alertmanager URL of the Alertmanager before it. */
export async function loseConnection(page: Page, port: number, alertmanager: string): Promise<void> {
  await using line = layLine(port);
  const webhook = `http://127.0.0.1:${port}`;
  await page.goto(`http://127.0.0.1:${line.port}/alerts`);
  const connection = page.locator("#connection");
  await connection.filter({ hasText: /^Live$/ }).waitFor();
  const kept = await stays(page);
  const before = await follow(webhook);

  line.cut();
  await connection.filter({ hasText: /^Reconnecting since \d\d:\d\d:\d\d$/ }).waitFor();
  await raiseAlert(alertmanager, NAME);
  await until("the alert was accepted", async () => {
    const response = await fetch(`${webhook}/alerts?tab=history`);
    return (await response.text()).includes(NAME);
  });
  ok(await page.getByRole("link", { name: NAME }).count() === 0, "nobody could tell the page");

  line.mend();
  await page.getByRole("link", { name: NAME }).first().waitFor();
  await connection.filter({ hasText: /^Live$/ }).waitFor();
  ok(await kept(), "the page was not loaded again");
  let told = await follow(webhook, before.id);
  match(told.text, /^event: notification\ndata: \{"id":\d+\}\n/m);
  await until("who has been told everything is told nothing again", async () => {
    told = await follow(webhook, told.id);
    return told.names.join() === "live";
  });
}

/** What somebody is told who was at `since`, and where that leaves them. */
async function follow(webhook: string, since?: string) {
  const left = new AbortController();
  const response = await fetch(`${webhook}/page/events`, {
    headers: since === undefined ? {} : { "last-event-id": since },
    signal: left.signal,
  });
  let text = "";
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (/^event: live\n.*\n.*\n\n/m.test(text)) break;
  }
  left.abort();
  return {
    text,
    id: /^id: (.*)$/m.exec(text)![1]!,
    names: [...text.matchAll(/^event: (.*)$/gm)].map(([, name]) => name),
  };
}
