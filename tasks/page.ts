/** What the webhook's pages are told of the rest of the stack. */

import type { Service } from "../compose/services/mod.ts";
import { durationMs } from "../lib/units.ts";
import type { WebhookInput } from "../webhook/mod.ts";
import { isGuarded } from "./sign_on.ts";
import { addressesOf, type EngineName, publicUrlsOf, type Stack } from "./stack.ts";

/** Services that have a page for people. */
const SHOWN: readonly Service[] = ["grafana", "prometheus", "alertmanager", "blackbox"];

/** `page` of webhook.json. @param running Services that run. */
export function pageConfigOf(
  stack: Stack,
  engine: EngineName,
  running: ReadonlySet<Service>,
): WebhookInput["page"] {
  const addresses = addressesOf(stack, engine);
  const urls = publicUrlsOf(stack);
  return {
    stack: stack.name,
    ...(running.has("prometheus") && {
      prometheus: {
        url: `http://${addresses.prometheus}`,
        scrapeSeconds: durationMs(stack.scrape.interval) / 1_000,
      },
    }),
    ...(running.has("alertmanager") && { alertmanager: { url: `http://${addresses.alertmanager}` } }),
    urls: Object.fromEntries(
      SHOWN.filter((service) => running.has(service)).map((service) => [service, urls[service]]),
    ),
    hosts: [...new Set([new URL(urls.webhook).hostname, ...stack.entry.aliases])],
    // In its container it listens to all; only what Compose publishes, this machine's loopback, is reached from outside.
    open: engine === "docker" && !isGuarded(stack),
  };
}
