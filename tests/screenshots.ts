/** `deno task screenshots`: the pictures of docs/page.md and the README, taken of a real stack in a real browser. */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ensureAssets } from "../tasks/assets.ts";
import { type Command, EXIT, main } from "../tasks/cli.ts";
import { Lacking } from "../tasks/engine/engine.ts";
import { temporaryStack } from "./e2e/local/scenario.ts";
import { findBrowser, startBrowser } from "./e2e/page/browser.ts";

const IMAGES = join(import.meta.dirname!, "..", "docs", "images");
/** How long the stack runs before anybody looks: curves want something to show. */
const GROWN_SECONDS = 240;
const POLL_MS = 2_000;

/** One picture. */
interface Picture {
  readonly file: string;
  readonly path: string;
  /** The link that is followed from there. */
  readonly link?: string;
  readonly language: "fr" | "en";
  readonly theme: "light" | "dark";
  readonly width: number;
  readonly height: number;
}

const PICTURES: readonly Picture[] = [
  { file: "page-now.png", path: "/", language: "en", theme: "light", width: 1280, height: 720 },
  { file: "page-now.fr.png", path: "/", language: "fr", theme: "light", width: 1280, height: 720 },
  {
    file: "page-dashboard.png",
    path: "/dashboards/vigie-host?from=now-5m&to=now",
    language: "en",
    theme: "dark",
    width: 1280,
    height: 900,
  },
  { file: "page-delivery.png", path: "/delivery", language: "en", theme: "light", width: 1280, height: 720 },
  { file: "page-phone.png", path: "/", language: "fr", theme: "dark", width: 390, height: 844 },
  { file: "page-alerts.png", path: "/alerts", language: "en", theme: "light", width: 1280, height: 720 },
  {
    file: "page-alert.png",
    path: "/alerts",
    link: "ProcessorsBusy",
    language: "en",
    theme: "light",
    width: 1280,
    height: 1080,
  },
];

const STACK = {
  name: "vigie",
  locale: "en",
  scrape: { interval: "5s", timeout: "4s" },
  evaluation: { interval: "5s" },
} as const;

/** An alert that fires on any machine that takes pictures of itself. */
const ALERT = {
  alert: "ProcessorsBusy",
  expr: '100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[1m]))) > 2',
  for: "0s",
  severity: "warning",
  summary: "The processors of {{ $labels.instance }} do something",
  description: '{{ $value | printf "%.0f" }} % of their time.',
} as const;

/** The command. */
const screenshots: Command = {
  name: "screenshots",
  summary: "take the pictures of the pages anew, of a real stack in a real browser",
  flags: {},
  examples: ["screenshots"],
  async run({ progress, signal, print }) {
    const browserPath = await findBrowser();
    if (browserPath === undefined) {
      throw new Lacking(
        "There is no Chromium on PATH",
        "install it, for example `sudo apt-get install chromium`",
      );
    }
    await ensureAssets({ progress, signal });
    await using stack = await temporaryStack();
    await stack.up(STACK);
    await grown(stack.ports.prometheus, progress.step, signal);
    await using browser = await startBrowser(browserPath);
    let isFiring = false;
    for (const { file, path, link, language, theme, width, height } of PICTURES) {
      const { page } = await browser.open({
        locale: language,
        colorScheme: theme,
        viewport: { width, height },
      });
      if (path === "/alerts" && !isFiring) {
        progress.step("an alert fires");
        await stack.up({ ...STACK, alerts: [ALERT] });
        isFiring = true;
      }
      await page.goto(`http://127.0.0.1:${stack.ports.webhook}${path}`, { waitUntil: "load" });
      if (path === "/alerts") await page.getByText("✓ console").waitFor();
      if (link !== undefined) {
        await page.getByRole("link", { name: link, exact: true }).first().click();
        await page.getByRole("heading", { name: link }).waitFor();
      }
      await page.waitForLoadState("networkidle");
      await page.screenshot({ path: join(IMAGES, file) });
      await page.context().close();
      print(join(IMAGES, file));
    }
    return { code: EXIT.done, json: { pictures: PICTURES.map(({ file }) => join(IMAGES, file)) } };
  },
};

/** Resolves when the stack has run for long enough. */
async function grown(port: number, say: (what: string) => void, signal: AbortSignal): Promise<void> {
  const query = encodeURIComponent('time() - process_start_time_seconds{job="prometheus"}');
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${query}`, { signal });
    const { data } = await answer.json();
    const seconds = Number(data.result[0]?.value[1] ?? 0);
    if (seconds >= GROWN_SECONDS) return;
    say(`the stack has run for ${Math.round(seconds)} of ${GROWN_SECONDS} s`);
    await delay(Math.max(POLL_MS, (GROWN_SECONDS - seconds) * 100), undefined, { signal });
  }
}

if (import.meta.main) await main(screenshots);
