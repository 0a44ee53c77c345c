/** Receivers in Alertmanager's own form: the webhook, and what Alertmanager sends itself. */

import { DRILL_RECEIVER, NOBODY, RESERVED_RECEIVERS, WATCHDOG_RECEIVER } from "./routes.ts";
import type { NativeDestination, NativeKind } from "./schema.ts";

/** A receiver, split by who serves it. */
export interface Receiver {
  readonly name: string;
  /** Whether the webhook has channels for it. */
  readonly webhook: boolean;
  /** Destinations that Alertmanager serves by itself; a secret is given as the path at which Alertmanager sees its file. */
  readonly native: readonly NativeDestination[];
}

/**
 * One entry of `receivers` for each of the user's, then the drill's, Watchdog's, and the one that tells nobody.
 *
 * @param webhookUrl URL that the webhook takes notifications at.
 * @param watched Whether the webhook waits for Watchdog; otherwise its receiver tells nobody, on purpose.
 * @throws {RangeError} when a receiver has a name that the stack keeps for itself.
 */
export function receiverEntries(
  receivers: readonly Receiver[],
  webhookUrl: string,
  watched: boolean,
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
    {
      name: WATCHDOG_RECEIVER,
      // That it is resolved is no sign of life.
      webhook_configs: watched ? [webhookConfig(webhookUrl, false)] : undefined,
    },
    { name: NOBODY },
  ];
}

function entry({ name, webhook, native }: Receiver, webhookUrl: string): Record<string, unknown> {
  const of = <Kind extends NativeKind>(kind: Kind) =>
    native.filter((each): each is Extract<NativeDestination, { kind: Kind }> => each.kind === kind);
  const list = (configs: readonly object[]) => configs.length === 0 ? undefined : configs;
  return {
    name,
    webhook_configs: webhook ? [webhookConfig(webhookUrl, true)] : undefined,
    email_configs: list(of("email").map(emailConfig)),
    pagerduty_configs: list(of("pagerduty").map(pagerdutyConfig)),
    slack_configs: list(of("slack").map(slackConfig)),
  };
}

// A message that leaves alerts out can say "resolved" while one of them fires: never cut it.
function webhookConfig(url: string, sendResolved: boolean) {
  return { url, send_resolved: sendResolved, max_alerts: 0 };
}

function emailConfig(destination: NativeDestination & { kind: "email" }) {
  return {
    send_resolved: true,
    to: [destination.to].flat().join(", "),
    from: destination.from,
    smarthost: destination.smarthost,
    auth_username: destination.username,
    auth_password_file: destination.passwordFile,
    require_tls: destination.tls,
    tls_config: destination.caFile === undefined ? undefined : { ca_file: destination.caFile },
    headers: { Subject: '{{ template "vigie.title" . }}' },
    text: '{{ template "vigie.text" . }}',
    html: '{{ template "vigie.html" . }}',
  };
}

function pagerdutyConfig(destination: NativeDestination & { kind: "pagerduty" }) {
  return {
    send_resolved: true,
    routing_key_file: destination.routingKeyFile,
    url: destination.url,
    description: '{{ template "vigie.title" . }}',
    // PagerDuty knows these four.
    severity:
      '{{ if match "^(critical|error|warning|info)$" .CommonLabels.severity }}{{ .CommonLabels.severity }}{{ else }}error{{ end }}',
  };
}

function slackConfig(destination: NativeDestination & { kind: "slack" }) {
  return {
    send_resolved: true,
    api_url_file: destination.urlFile,
    title: '{{ template "vigie.title" . }}',
    fallback: '{{ template "vigie.title" . }}',
    text: '{{ template "vigie.text" . }}',
  };
}
