/** The pages in a real browser, with thousands of alerts in the history and hundreds that fire. */

import type { Page } from "playwright-core";
import { setTimeout as delay } from "node:timers/promises";
import { ensureAssets } from "../../tasks/assets.ts";
import { findBrowser, startBrowser } from "../e2e/page/browser.ts";
import { temporaryStack } from "../e2e/local/scenario.ts";
import { until } from "../until.ts";
import { type Bench, median, type Row, Skip } from "./bench.ts";

const FIRING = 200;
const NOTIFICATIONS = 1_000;
const ALERTS_OF_ONE = 10;
const AT_A_TIME = 8;
const LOADS = 5;
const VIEWS = ["/", "/alerts", "/alerts?tab=history", "/delivery"];
const FIRST_VIEW_KB = 60;
const USABLE_MS = 300;
/** From here on browsers count a task as long. */
const LONG_TASK_MS = 50;

/** The benchmark. */
export const pageBench: Bench = {
  name: "page",
  summary: "the pages in a browser, with 10,000 alerts in the history and 200 that fire",
  async *run(say, signal) {
    const path = await findBrowser();
    if (path === undefined) throw new Skip("there is no Chromium here");
    await ensureAssets();
    await using stack = await temporaryStack();
    say("a stack");
    await stack.up();
    const url = `http://127.0.0.1:${stack.ports.webhook}`;
    say(`${NOTIFICATIONS * ALERTS_OF_ONE} alerts`);
    await fire(`http://127.0.0.1:${stack.ports.alertmanager}`);
    await fill(url);
    await until("every message is delivered", async () => {
      const metrics = await (await fetch(`${url}/metrics`)).text();
      return /^vigie_webhook_queue_depth\{[^}]*\} 0$/m.test(metrics);
    }, { everyMs: 500 });
    await using browser = await startBrowser(path);
    for (const view of VIEWS) {
      signal.throwIfAborted();
      say(view);
      yield* rowsOf(view, await loads(browser, url + view));
    }
    say("scrolling");
    const { page } = await browser.open({ viewport: { width: 1280, height: 900 } });
    await page.goto(`${url}/alerts`);
    const frame = await longestFrame(page);
    yield {
      what: `/alerts, ${FIRING} firing: longest frame while scrolling`,
      figure: `${frame} ms`,
      aim: "",
    };
    const task = await longestTaskOf(page, async () => {
      const read = page.waitForResponse((response) => response.url() === `${url}/alerts`);
      await notify(url, 0);
      await read;
    });
    yield {
      what: "/alerts: longest task when it is read again",
      figure: `${Math.round(task)} ms`,
      aim: `< ${LONG_TASK_MS} ms`,
      reached: task < LONG_TASK_MS,
    };
  },
};

interface Load {
  /** First contentful paint, and when all scripts have run, ms after the navigation began. */
  readonly paintMs: number;
  readonly usableMs: number;
  readonly longestMs: number;
  /** Compressed, with everything that the view loads. */
  readonly bytes: number;
}

async function loads(browser: Awaited<ReturnType<typeof startBrowser>>, url: string): Promise<Load[]> {
  const loads: Load[] = [];
  for (let i = 0; i < LOADS; i++) {
    const { page } = await browser.open({ viewport: { width: 1280, height: 900 } });
    await page.goto(url, { waitUntil: "load" });
    loads.push(await page.evaluate<Load>(MEASURE));
    await page.context().close();
  }
  return loads;
}

const MEASURE = `(async () => {
  const [navigation] = performance.getEntriesByType("navigation");
  const resources = performance.getEntriesByType("resource").filter(({ initiatorType }) => initiatorType !== "fetch");
  const tasks = await new Promise((resolve) => {
    const observer = new PerformanceObserver((list) => resolve(list.getEntries()));
    observer.observe({ type: "longtask", buffered: true });
    setTimeout(() => resolve([]), 200);
  });
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  return {
    paintMs: paint?.startTime ?? NaN,
    usableMs: navigation.loadEventEnd,
    longestMs: Math.max(0, ...tasks.map(({ duration }) => duration)),
    bytes: [navigation, ...resources].reduce((sum, { transferSize }) => sum + transferSize, 0),
  };
})()`;

function* rowsOf(view: string, loads: readonly Load[]): Generator<Row> {
  const of = (what: keyof Load) => median(loads.map((load) => load[what]));
  const kb = of("bytes") / 1_000;
  yield {
    what: `${view}: all that is loaded, compressed`,
    figure: `${kb.toFixed(1)} KB`,
    aim: `≤ ${FIRST_VIEW_KB} KB`,
    reached: kb <= FIRST_VIEW_KB,
    data: loads,
  };
  yield {
    what: `${view}: usable`,
    figure: `${Math.round(of("usableMs"))} ms`,
    aim: `< ${USABLE_MS} ms`,
    reached: of("usableMs") < USABLE_MS,
  };
  yield { what: `${view}: first paint`, figure: `${Math.round(of("paintMs"))} ms`, aim: "" };
  yield { what: `${view}: longest task`, figure: `${Math.round(of("longestMs"))} ms`, aim: "" };
}

/** Milliseconds between two pictures, at most, while it is scrolled to its end and back. */
async function longestFrame(page: Page): Promise<number> {
  return Math.round(
    await page.evaluate<number>(`new Promise((resolve) => {
    const end = document.documentElement.scrollHeight;
    let [longest, last, step] = [0, performance.now(), 0];
    requestAnimationFrame(function next(now) {
      longest = Math.max(longest, now - last);
      last = now;
      scrollTo(0, end * (step < 60 ? step : 120 - step) / 60);
      if (step++ < 120) requestAnimationFrame(next);
      else resolve(longest);
    });
  })`),
  );
}

/** The longest task of a page while `act` goes on, ms; 0 when none is long. */
async function longestTaskOf(page: Page, act: () => Promise<void>): Promise<number> {
  await page.evaluate(`window.tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: "longtask" });`);
  await act();
  // Browsers tell of a task some time after it.
  await delay(500);
  return await page.evaluate<number>("Math.max(0, ...tasks.map(({ duration }) => duration))");
}

async function fire(alertmanager: string): Promise<void> {
  const alerts = Array.from({ length: FIRING }, (_, i) => ({
    labels: { alertname: `Firing${i % 20}`, severity: i % 3 ? "warning" : "critical", instance: `host-${i}` },
    annotations: { summary: `Host ${i} has much to do`, description: "It has been so for a while." },
  }));
  const response = await fetch(`${alertmanager}/api/v2/alerts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(alerts),
  });
  if (!response.ok) throw new Error(`Alertmanager answers ${response.status}: ${await response.text()}`);
  await response.body?.cancel();
}

async function fill(url: string): Promise<void> {
  let next = 1;
  await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
    while (next <= NOTIFICATIONS) await notify(url, next++);
  }));
}

async function notify(url: string, number: number): Promise<void> {
  const alerts = Array.from({ length: ALERTS_OF_ONE }, (_, i) => ({
    status: "firing",
    labels: { alertname: `History${number % 50}`, severity: "warning", instance: `host-${number}-${i}` },
    annotations: { summary: `Host ${number}-${i} had much to do` },
    startsAt: new Date().toISOString(),
    endsAt: "0001-01-01T00:00:00Z",
    generatorURL: "",
    fingerprint: (number * ALERTS_OF_ONE + i).toString(16).padStart(16, "0"),
  }));
  const response = await fetch(`${url}/webhook`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      version: "4",
      status: "firing",
      receiver: "bench",
      groupKey: `{}:{number="${number}"}`,
      groupLabels: {},
      commonLabels: {},
      commonAnnotations: {},
      externalURL: "",
      alerts,
    }),
  });
  if (!response.ok) throw new Error(`The webhook answers ${response.status}: ${await response.text()}`);
  await response.body?.cancel();
}
