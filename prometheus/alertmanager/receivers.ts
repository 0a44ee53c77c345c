/** Receivers in Alertmanager's own form: the webhook, and what Alertmanager sends itself. */

import { DRILL_RECEIVER, RESERVED_RECEIVERS, SILENT_RECEIVER } from "./routes.ts";
import type { NativeDestination } from "./schema.ts";

/** A receiver, split by who serves it. */
export interface Receiver {
  readonly name: string;
  /** Whether the webhook has channels for it. */
  readonly webhook: boolean;
  /** Destinations that Alertmanager serves by itself; a secret is given as the path at which Alertmanager sees its file. */
  readonly native: readonly NativeDestination[];
}

/**
 * One entry of `receivers` for each of the user's, then the drill's and the silent one.
 *
 * @param webhookUrl URL that the webhook takes notifications at.
 * @throws {RangeError} when a receiver has a name that the stack keeps for itself.
 */
export function receiverEntries(
  receivers: readonly Receiver[],
  webhookUrl: string,
): Record<string, unknown>[] {
  const taken = receivers.find(({ name }) => RESERVED_RECEIVERS.includes(name));
  if (taken) {
    throw new RangeError(
      `Cannot name a receiver "${taken.name}": the stack has one of that name, choose another`,
    );
  }
  const everyNative = receivers.flatMap(({ native }) => native);
  const distinct = new Map(everyNative.map((destination) => [JSON.stringify(destination), destination]));
  return [
    ...receivers.map((receiver) => entry(receiver, webhookUrl)),
    entry({ name: DRILL_RECEIVER, webhook: true, native: [...distinct.values()] }, webhookUrl),
    { name: SILENT_RECEIVER },
  ];
}

function entry({ name, webhook, native }: Receiver, webhookUrl: string): Record<string, unknown> {
  const slack = native.filter((destination) => destination.kind === "slack");
  const email = native.filter((destination) => destination.kind === "email");
  return {
    name,
    // A message that leaves alerts out can say "resolved" while one of them fires: never cut it.
    webhook_configs: webhook ? [{ url: webhookUrl, send_resolved: true, max_alerts: 0 }] : undefined,
    email_configs: email.length === 0 ? undefined : email.map(emailConfig),
    slack_configs: slack.length === 0 ? undefined : slack.map(slackConfig),
  };
}

function emailConfig(destination: NativeDestination & { kind: "email" }) {
  return {
    send_resolved: true,
    to: destination.to,
    from: destination.from,
    smarthost: destination.smarthost,
    auth_username: destination.username,
    auth_password_file: destination.passwordFile,
    require_tls: destination.tls,
    headers: { Subject: '{{ template "vigie.title" . }}' },
    text: '{{ template "vigie.text" . }}',
    html: '{{ template "vigie.html" . }}',
  };
}

function slackConfig(destination: NativeDestination & { kind: "slack" }) {
  return {
    send_resolved: true,
    api_url_file: destination.urlFile,
    channel: destination.channel,
    title: '{{ template "vigie.title" . }}',
    fallback: '{{ template "vigie.title" . }}',
    text: '{{ template "vigie.text" . }}',
  };
}
