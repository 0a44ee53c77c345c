/** A real browser that looks at the pages, and what it must not complain of. */

import axe from "axe-core";
import fs from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
// On a machine that does much else; far more than anything takes.
const DEADLINE_MS = 60_000;

/** The browser of this machine; undefined without one. */
export async function findBrowser(): Promise<string | undefined> {
  for (const directory of (Deno.env.get("PATH") ?? "").split(":")) {
    for (const name of NAMES) {
      const path = `${directory}/${name}`;
      if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
    }
  }
  return undefined;
}

/** A page, and what the browser has said against it. */
export interface Watched {
  readonly page: Page;
  /** Errors of scripts, of loading, and of the Content-Security-Policy, since they were last taken. */
  takeComplaints(): string[];
}

/** A browser without a window. */
export async function startBrowser(path: string) {
  const { chromium } = await loadDriver();
  const browser: Browser = await chromium.launch({
    executablePath: path,
    // Chromium does not make a sandbox as root; it sees our own pages alone.
    args: Deno.uid() === 0 ? ["--no-sandbox"] : [],
  });
  return {
    /** Opens a page. */
    async open(options: BrowserContextOptions = {}): Promise<Watched> {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(DEADLINE_MS);
      const page = await context.newPage();
      let complaints: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      return {
        page,
        takeComplaints() {
          const taken = complaints;
          complaints = [];
          return taken;
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
    },
  };
}

/** It looks for signs of Windows in /proc, which Deno shows to programs that may do everything alone. */
async function loadDriver(): Promise<typeof import("playwright-core")> {
  const { existsSync } = fs;
  fs.existsSync = (path) => !String(path).startsWith("/proc/") && existsSync(path);
  try {
    return await import("playwright-core");
  } finally {
    fs.existsSync = existsSync;
  }
}

/** What of WCAG 2.2 AA a page does not keep, as axe-core says: rule, and where. */
export async function inaccessible(page: Page): Promise<string[]> {
  // Outside the page's own world, where its policy does not reach.
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const world = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
  const contextId = world.executionContextId;
  await session.send("Runtime.evaluate", { contextId, expression: axe.source });
  const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
    contextId,
    awaitPromise: true,
    returnByValue: true,
    expression: `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })
      .then(({ violations }) => violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => id + " " + target + ": " + failureSummary)))`,
  });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

/** Whether a page is wider than its window. */
export async function overflows(page: Page): Promise<boolean> {
  return await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");
}

/** Marks a page. @returns whether it is still the same one, however its parts have changed. */
export async function stays(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate("window.marked = true");
  return async () => await page.evaluate("window.marked === true");
}
