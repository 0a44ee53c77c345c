/** The pages of a stack on the local engine, in a real browser. */

import { deepEqual, equal } from "node:assert/strict";
import { ensureAssets } from "../../tasks/assets.ts";
import { silenceAlert } from "./page/silence_alert.ts";
import { notOnLinux, unless } from "../unless.ts";
import { temporaryStack } from "./local/scenario.ts";
import { exploreDashboard } from "./page/dashboard.ts";
import { findBrowser, inaccessible, overflows, startBrowser } from "./page/browser.ts";

const VIEWS = [
  "/",
  "/alerts",
  "/alerts?tab=history",
  "/silences",
  "/delivery",
  "/proof",
  "/dashboards",
  "/dashboards/vigie-host",
  "/dashboards/vigie-stack",
  "/page/nowhere",
];
const READERS = [
  { language: "fr", theme: "light", width: 1280 },
  { language: "en", theme: "dark", width: 1600 },
  { language: "fr", theme: "dark", width: 360 },
] as const;

const browserPath = await findBrowser();

Deno.test({
  ...unless(
    notOnLinux ?? (browserPath === undefined ? "there is no Chromium here" : undefined),
    "the pages of a stack in a browser: readable, accessible, quiet, live",
  ),
  // The browser's driver keeps what it was given until its process ends.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn(t) {
    await ensureAssets();
    await using stack = await temporaryStack();
    await stack.up();
    const url = `http://127.0.0.1:${stack.ports.webhook}`;
    await using browser = await startBrowser(browserPath!);

    for (const { language, theme, width } of READERS) {
      const { page, takeComplaints } = await browser.open({
        locale: language,
        colorScheme: theme,
        viewport: { width, height: 900 },
      });
      for (const view of VIEWS) {
        await t.step(`${view} in ${language}, ${theme}, ${width} pixels wide`, async () => {
          const response = await page.goto(url + view, { waitUntil: "networkidle" });
          equal(response!.status(), view === "/page/nowhere" ? 404 : 200);
          equal(await page.locator("html").getAttribute("lang"), language);
          deepEqual(takeComplaints().filter((text) => !/status of 404/.test(text)), []);
          deepEqual(await inaccessible(page), []);
          equal(await overflows(page), false);
        });
      }
      await page.context().close();
    }
    await t.step("an alert comes while somebody looks, and is silenced", async () => {
      const { page, takeComplaints } = await browser.open({ locale: "en" });
      await silenceAlert(page, url, `http://127.0.0.1:${stack.ports.alertmanager}`);
      deepEqual(takeComplaints(), []);
      await page.context().close();
    });
    await t.step("a dashboard draws curves as they come, zooms, and goes back", async () => {
      const { page, takeComplaints } = await browser.open({ viewport: { width: 1280, height: 900 } });
      await exploreDashboard(page, url);
      deepEqual(takeComplaints(), []);
      await page.context().close();
    });
  },
});
