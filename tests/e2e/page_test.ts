/** The pages of a stack on the local engine, in a real browser. */

import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import { ensureAssets } from "../../tasks/assets.ts";
import { ensureSecrets } from "../../tasks/secrets.ts";
import type { StackInput } from "../../tasks/stack.ts";
import { fakeDestination } from "../../webhook/channels/testing/fake_destination.ts";
import { acknowledge } from "./page/acknowledge.ts";
import { shareConnection } from "./page/two_tabs.ts";
import { stayText } from "./page/stay_text.ts";
import { silenceAlert } from "./page/silence_alert.ts";
import { notOnLinux, unless } from "../unless.ts";
import { temporaryStack } from "./local/scenario.ts";
import { exploreDashboard } from "./page/dashboard.ts";
import { findBrowser, inaccessible, overflows, startBrowser } from "./page/browser.ts";
import { killExporter } from "./page/kill_exporter.ts";
import { loseConnection } from "./page/lost_connection.ts";
import { comparePictures } from "./page/pictures.ts";
import { pictureArrives } from "./page/picture_arrives.ts";
import { prove } from "./page/prove.ts";
import { DEAD_LETTER, replayDeadLetter } from "./page/replay_dead_letter.ts";

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

const INPUT: StackInput = {
  rules: { HostDown: { for: "0s" } },
  notify: {
    groupWait: "1s",
    groupInterval: "1s",
    receivers: {
      console: [{ kind: "console" }],
      hook: [{ kind: "webhook", urlFile: "hook" }],
      chat: [{ kind: "discord", urlFile: "chat" }],
    },
    receiver: "console",
    routes: [
      { matchers: [`alertname="${DEAD_LETTER}"`], receiver: "hook" },
      { matchers: ['alertname="HostDown"'], receiver: "chat" },
    ],
  },
};

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
    await using destination = fakeDestination();
    await using chat = fakeDestination();
    chat.otherwise({ body: { id: "1" } });
    await using stack = await temporaryStack();
    await Deno.writeTextFile(join(stack.root, "chat"), `${chat.url}/api/webhooks/1/x`);
    await Deno.writeTextFile(join(stack.root, "hook"), destination.url);
    await ensureSecrets(stack.stackOf(INPUT), stack.target);
    await stack.up(INPUT);
    const alertmanager = `http://127.0.0.1:${stack.ports.alertmanager}`;
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
      await silenceAlert(page, url, alertmanager);
      deepEqual(takeComplaints(), []);
      await page.context().close();
    });
    await t.step("an alert is acknowledged on one page, which another one shows by itself", async () => {
      const { page, takeComplaints } = await browser.open({ locale: "en" });
      await acknowledge(page, url, alertmanager);
      deepEqual(takeComplaints(), []);
      await page.context().close();
    });
    await t.step("what an alert says stays text", async () => {
      const { page, takeComplaints } = await browser.open({ locale: "en" });
      await stayText(page, url, alertmanager);
      deepEqual(takeComplaints().filter((text) => !/status of 4(?:04|22)/.test(text)), []);
      await page.context().close();
    });
    await t.step("a connection is lost, which is said, and nothing is lost with it", async () => {
      const { page, takeComplaints } = await browser.open({ locale: "en" });
      await loseConnection(page, stack.ports.webhook, alertmanager);
      deepEqual(takeComplaints().filter((text) => !/net::ERR_/.test(text)), []);
      await page.context().close();
    });
    await t.step("two tabs share a connection, and one goes on when the other is closed", async () => {
      const { page, takeComplaints } = await browser.open({ locale: "en" });
      await shareConnection(page, url, alertmanager);
      deepEqual(takeComplaints(), []);
      await page.context().close();
    });
    await t.step("a message that was given up is sent again", async () => {
      const { page, takeComplaints } = await browser.open({ locale: "en" });
      await replayDeadLetter(page, url, alertmanager, destination);
      deepEqual(takeComplaints(), []);
      await page.context().close();
    });
    await t.step(
      "an exporter is killed: its alert comes, is silenced, and goes when it is back",
      async () => {
        const { page, takeComplaints } = await browser.open({ locale: "en" });
        await killExporter(page, { url, directory: stack.directory, port: stack.ports["node-exporter"] });
        deepEqual(takeComplaints(), []);
        await page.context().close();
      },
    );
    await t.step("its message got the picture of its curve", () => pictureArrives(chat));
    await t.step("the way of an alert is proved hop by hop", async () => {
      const { page, takeComplaints } = await browser.open({ locale: "en" });
      await prove(page, url);
      deepEqual(takeComplaints(), []);
      await page.context().close();
    });
    await t.step("the pages look the same, however they came to look so", async () => {
      await comparePictures(browser, url);
    });
    await t.step("a dashboard draws curves as they come, zooms, and goes back", async () => {
      const { page, takeComplaints } = await browser.open({ viewport: { width: 1280, height: 900 } });
      await exploreDashboard(page, url);
      deepEqual(takeComplaints(), []);
      await page.context().close();
    });
  },
});
