/** An alert whose labels and annotations want to be more than text. */

import { deepEqual, equal, ok } from "node:assert/strict";
import type { Page } from "playwright-core";
import { until } from "../../until.ts";
import { inaccessible, overflows } from "./browser.ts";
import { raiseAlert } from "./raise_alert.ts";

const NAME = "Injected<b>";
/** What a page, a destination or an editor has taken for something else than text. */
const TEXTS = [
  "<script>document.title = 'ran'</script>",
  '"><img src=x onerror=alert(1)>',
  "'><svg/onload=alert(1)>",
  "</title></textarea></style></script><iframe src=javascript:alert(1)>",
  "<a href=javascript:alert(1) id=alerts data-refresh=1>here</a>",
  "javascript:alert(1)",
  "[here](javascript:alert(1)) <!channel> @everyone <@U1> *b* _i_ `c`",
  "&lt;b&gt; &quot; &#39; &amp;amp;",
  "{{constructor.constructor('alert(1)')()}} ${alert(1)} {% raw %}",
  "a\u0000b\u001b[31mc\u2028d\u202ee\u2066f\ud83d\ud83d\ude00",
  "%3Cscript%3E \\u003cscript\\u003e \\x3cscript\\x3e",
];
/** Pages that show what their URL says. */
const ECHOES = [
  "/alerts?filter=",
  "/alerts/",
  "/dashboards/vigie-host?var-instance=",
  "/dashboards/",
  "/delivery/",
];

/** It stays text wherever the pages show it. @param url Of the webhook. @param alertmanager URL of the Alertmanager behind it. */
export async function stayText(page: Page, url: string, alertmanager: string): Promise<void> {
  const dialogs: string[] = [];
  page.on("dialog", async (dialog) => {
    dialogs.push(dialog.message());
    await dialog.dismiss();
  });
  const annotations = Object.fromEntries(TEXTS.map((text, i) => [`a${i}`, text]));
  await raiseAlert(alertmanager, NAME, {
    ...annotations,
    summary: TEXTS.slice(0, 3).join(" "),
    description: TEXTS.join("\n"),
    runbook_url: TEXTS[5]!,
  }, Object.fromEntries(TEXTS.map((text, i) => [`l${i}`, text])));
  const fingerprint = await fingerprintOf(alertmanager);

  await page.goto(`${url}/alerts`);
  await page.locator(`a[href*="${fingerprint}"]`).first().waitFor();
  deepEqual(await inaccessible(page), []);
  deepEqual(await beyondText(page), []);
  await page.goto(`${url}/alerts/${fingerprint}`);
  deepEqual(await beyondText(page), []);
  deepEqual(await inaccessible(page), []);
  equal(await overflows(page), false);
  const said = await page.locator("main").innerText();
  for (const text of TEXTS.slice(0, 5)) ok(said.includes(text), `${text} is said in ${said}`);

  await until("it was told", async () => {
    await page.goto(`${url}/alerts?tab=history`);
    return (await page.locator("main").innerText()).includes(NAME);
  });
  deepEqual(await beyondText(page), []);
  for (const path of ECHOES) {
    await page.goto(url + path + encodeURIComponent(TEXTS.slice(0, 6).join("")));
    deepEqual(await beyondText(page), [], path);
  }
  deepEqual(dialogs, []);
}

async function fingerprintOf(alertmanager: string): Promise<string> {
  const filter = encodeURIComponent(`alertname=${JSON.stringify(NAME)}`);
  const response = await fetch(`${alertmanager}/api/v2/alerts?filter=${filter}`);
  const alerts = await response.json();
  equal(alerts.length, 1);
  return alerts[0].fingerprint;
}

/** What a page has that no page of ours has. */
async function beyondText(page: Page): Promise<string[]> {
  return await page.evaluate(`[
    ...document.querySelectorAll('iframe, object, embed, img[src="x"], b, [onload], [onerror], a[href^="javascript:" i], script:not([src])'),
    ...document.querySelectorAll('[id="alerts"] [id="alerts"]'),
  ].map((element) => element.outerHTML).concat(document.title === "ran" ? ["title"] : [])`);
}
