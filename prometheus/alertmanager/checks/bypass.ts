/** `alertmanager/no-bypass`: somebody hears that the webhook is dead. */

import { join } from "node:path";
import { readIfThere } from "../../../lib/files.ts";
import { isRecord } from "../config_file.ts";
import { waysOf } from "../ways.ts";
import { type Fault, type Model, modelCheck } from "./model.ts";
import { integrationsOf } from "./receivers.ts";

/** The alert that says that the webhook does not answer. */
const WEBHOOK_DOWN = "WebhookDown";

/**
 * The alert that the webhook does not answer goes only through the webhook: nobody will hear of it, nor of anything else then. As long as the
 * webhook only prints to its log there is nobody to be told, and nothing to say.
 */
export const noBypass = modelCheck(
  {
    id: "alertmanager/no-bypass",
    title: "The death of the webhook is heard",
    severity: "warning",
  },
  async (model, { buildDir }) => {
    const down = model.alerts.filter(({ name }) => name === WEBHOOK_DOWN);
    const isHeard = down.every((alert) =>
      waysOf(model.root, alert, model.fits).some(({ route, when }) =>
        when.length === 0 && passesBy(route.receiver, model)
      )
    );
    if (isHeard || !await tellsSomebody(join(buildDir, "webhook", "webhook.json"))) return [];
    const fault: Fault = {
      path: ["route", "receiver"],
      subject: WEBHOOK_DOWN,
      message: `${WEBHOOK_DOWN} goes only through the webhook: when that is dead, nobody is told`,
      cure:
        'Give a receiver a destination with via: "alertmanager" and name it as `notify.bypass` in config.ts',
    };
    return [fault];
  },
);

/** Whether a receiver has a destination that Alertmanager tells itself. */
function passesBy(name: string, { config }: Model): boolean {
  return config.receivers.some((receiver) =>
    receiver.name === name && integrationsOf(receiver).some(([key]) => key !== "webhook_configs")
  );
}

/** Whether the webhook has a destination beside its own log. */
async function tellsSomebody(path: string): Promise<boolean> {
  const text = await readIfThere(path);
  if (text === undefined) return false;
  try {
    const { channels } = JSON.parse(text) as { channels?: unknown };
    return Array.isArray(channels) &&
      channels.some((channel) => isRecord(channel) && channel.kind !== "console");
  } catch {
    return false; // Checks of the webhook's own file say so.
  }
}
