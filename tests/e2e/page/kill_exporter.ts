/** The exporter of this host is killed while somebody looks at the alerts. */

import { ok } from "node:assert/strict";
import type { Page } from "playwright-core";
import { findMarked } from "../../../tasks/engine/local/process.ts";
import { until } from "../../until.ts";
import { stays } from "./browser.ts";
import { makeSilence } from "./make_silence.ts";

const SERVICE = "node-exporter";
const ALERT = "HostDown";
const REASON = "The exporter is being seen to";
// The alert has to fire, and to end; a service that could not be started is tried again every half minute at last.
const DEADLINE_MS = 90_000;

/** A stack whose exporter is killed. */
export interface Killed {
  /** URL of the webhook. */
  readonly url: string;
  /** Directory of the local engine. */
  readonly directory: string;
  /** Where the exporter listens. */
  readonly port: number;
}

/** The alert comes, is silenced from the page, and goes when the exporter is back: all on pages that are not loaded again meanwhile. */
export async function killExporter(page: Page, { url, directory, port }: Killed): Promise<void> {
  await page.goto(`${url}/alerts`);
  const link = page.getByRole("link", { name: ALERT, exact: true }).first();
  let kept = await stays(page);
  const occupied = await killForGood(directory, port);
  try {
    await link.waitFor({ timeout: DEADLINE_MS });
    ok(await kept(), "the page was not loaded again");
    await link.click();
    await makeSilence(page, ALERT, REASON);

    await page.goto(`${url}/alerts`);
    await page.locator("#alerts").getByText("silenced").waitFor();
    kept = await stays(page);
  } finally {
    occupied.close();
  }
  await link.waitFor({ state: "detached", timeout: DEADLINE_MS });
  ok(await kept(), "the page was not loaded again");
  await page.goto(`${url}/silences`);
  await page.getByRole("row", { name: REASON }).getByRole("button", { name: "End" })
    .click();
  await page.getByText(REASON).waitFor({ state: "detached" });
}

/** Kills it, and takes its port so that it cannot be started again. */
async function killForGood(directory: string, port: number): Promise<Deno.Listener> {
  let listener: Deno.Listener | undefined;
  await until("the exporter is dead and its port is taken", async () => {
    for (const { pid, service } of await findMarked(directory)) {
      if (service === SERVICE) kill(pid);
    }
    try {
      listener = Deno.listen({ hostname: "127.0.0.1", port });
    } catch (error) {
      // It has not ended yet, or was started again first.
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
    return listener !== undefined;
  });
  refuseAll(listener!);
  return listener!;
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    // It has ended meanwhile.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function refuseAll(listener: Deno.Listener): Promise<void> {
  for await (const connection of listener) connection.close();
}
