/** `deno task preview`: what the webhook would send for a notification, to each of its channels. */

import pc from "picocolors";
import { nearest } from "../lib/nearest.ts";
import type { Locale } from "../lib/text.ts";
import { KINDS, NotANotification, previewOf, sampleOf } from "../webhook/mod.ts";
import { webhookSchema } from "../webhook/schema.ts";
import { type Command, EXIT, Failure, type Flag, main } from "./cli.ts";
import { alternatives } from "./config_issue.ts";
import { namedDestinations, webhookConfigOf } from "./destinations.ts";
import { loadConfig } from "./load_config.ts";
import type { Stack } from "./stack.ts";

const FLAGS: Readonly<Record<string, Flag>> = {
  channel: {
    type: "string",
    value: "NAME",
    help: "one channel, by its name or its kind (every channel of config.ts)",
  },
  locale: { type: "string", value: "LOCALE", help: "fr or en (what config.ts says)" },
};

/** What one channel would send. */
export interface ChannelPreview {
  readonly channel: string;
  readonly kind: string;
  /** The requests, in order; more than one when the message has to be split. */
  readonly requests: readonly { readonly what: string; readonly body: string }[];
}

/** The command. */
export const preview: Command = {
  name: "preview",
  summary: "show what the webhook would send for a notification, which it reads from standard input",
  flags: FLAGS,
  examples: [
    "preview",
    "preview --channel slack < payload.json",
    "preview --channel oncall-teams --locale en --json < payload.json",
  ],
  async run({ config, stateDir, flags, print }) {
    const locale = localeOf(flags.locale);
    const { stack } = await loadConfig(config, { stateDir, machine: false });
    const posted = Deno.stdin.isTerminal() ? "" : await new Response(Deno.stdin.readable).text();
    const previews = previewsOf(stack, {
      posted,
      locale,
      channel: flags.channel as string | undefined,
      sentMs: Date.now(),
    });
    if (posted.trim() === "") print(pc.dim("Nothing was given on standard input: this is an example.\n"));
    for (const { channel, kind, requests } of previews) {
      for (const [i, { what, body }] of requests.entries()) {
        const part = requests.length > 1 ? `, part ${i + 1} of ${requests.length}` : "";
        print(`${pc.bold(`${channel}`)} (${kind}${part}): ${what}\n${body.trimEnd()}\n`);
      }
    }
    return { code: EXIT.done, json: { previews } };
  },
};

/** What to show. */
export interface PreviewRequest {
  /** A notification as Alertmanager posts it, JSON; an example's when it is empty. */
  readonly posted: string;
  /** Name or kind of a channel; every channel of the stack by default. */
  readonly channel?: string;
  /** The stack's by default. */
  readonly locale?: Locale;
  /** Now, milliseconds since 1970. */
  readonly sentMs: number;
}

/**
 * What the channels would send.
 *
 * @throws {Failure} for a channel that is not there, or what is no notification.
 */
export function previewsOf(stack: Stack, request: PreviewRequest): ChannelPreview[] {
  // No secret is read: where they would lie does not matter.
  const told = webhookConfigOf(stack, { engine: "docker", stateDir: "" });
  const { channels, externalUrl, timezone, locale } = webhookSchema.parse(told);
  const body = bodyOf(request);
  const options = { locale: request.locale ?? locale, timezone, externalUrl, sentMs: request.sentMs };
  try {
    return chosen(stack, channels, request.channel).map((channel) => ({
      channel: channel.name,
      kind: channel.kind,
      requests: previewOf(channel, body, options),
    }));
  } catch (error) {
    if (!(error instanceof NotANotification)) throw error;
    throw new Failure(`Cannot use what was given on standard input. ${error.message}`, EXIT.usage);
  }
}

type Channels = ReturnType<typeof webhookSchema.parse>["channels"];

function chosen(stack: Stack, channels: Channels, wanted: string | undefined): Channels {
  if (wanted === undefined) {
    if (channels.length > 0) return channels;
    throw new Failure(
      "Cannot show anything: Alertmanager tells every destination of config.ts itself",
      EXIT.usage,
      `name a kind: --channel ${alternatives(KINDS).replaceAll('"', "")}`,
    );
  }
  const named = channels.filter(({ name }) => name === wanted);
  if (named.length > 0) return named;
  const ofKind = channels.filter(({ kind }) => kind === wanted);
  if (ofKind.length > 0) return ofKind;
  const kind = KINDS.find((kind) => kind === wanted);
  if (kind !== undefined) return [sampleOf(kind)];
  if (namedDestinations(stack).some(({ name }) => name === wanted)) {
    throw new Failure(
      `Cannot show "${wanted}": Alertmanager tells it itself, by its own templates`,
      EXIT.usage,
    );
  }
  const names = channels.map(({ name }) => name);
  const near = nearest(wanted, [...names, ...KINDS]);
  throw new Failure(
    `No channel is named ${JSON.stringify(wanted)}: ${
      near === undefined
        ? `there ${names.length === 1 ? "is" : "are"} ${names.join(", ")}, and the kinds ${KINDS.join(", ")}`
        : `did you mean ${JSON.stringify(near)}?`
    }`,
    EXIT.usage,
  );
}

function bodyOf({ posted, sentMs }: PreviewRequest): unknown {
  if (posted.trim() === "") return exampleOf(sentMs);
  try {
    return JSON.parse(posted);
  } catch (error) {
    throw new Failure(
      `Cannot use what was given on standard input: it is not JSON: ${(error as Error).message}`,
      EXIT.usage,
      "give it the body that Alertmanager posts, such as the one that `docs/webhook.md` shows",
    );
  }
}

function localeOf(flag: string | boolean | undefined): Locale | undefined {
  if (flag === undefined || flag === "fr" || flag === "en") return flag;
  throw new Failure(`Cannot use the locale "${flag}": expected "fr" or "en"`, EXIT.usage);
}

const MINUTE_MS = 60_000;

/** Two alerts of one group: one fires, one is resolved. */
function exampleOf(nowMs: number) {
  const alertname = "HostDiskAlmostFull";
  const shared = { alertname, severity: "critical", job: "node" };
  const ago = (minutes: number) => new Date(nowMs - minutes * MINUTE_MS).toISOString();
  return {
    version: "4",
    groupKey: `{}/{severity="critical"}:{alertname="${alertname}"}`,
    truncatedAlerts: 0,
    status: "firing",
    receiver: "oncall",
    notification_reason: "some alerts resolved",
    groupLabels: { alertname },
    commonLabels: shared,
    commonAnnotations: {},
    externalURL: "http://127.0.0.1:9093",
    alerts: [
      {
        status: "firing",
        labels: { ...shared, instance: "db-1", mountpoint: "/var/lib/postgresql" },
        annotations: {
          summary: "The disk of db-1 is almost full",
          description: "3.2% are free on /var/lib/postgresql (limit: 5%)",
          runbook_url: "https://runbooks.example.org/disk",
        },
        startsAt: ago(12),
        endsAt: "0001-01-01T00:00:00Z",
        generatorURL: "http://127.0.0.1:9090/graph?g0.expr=disk",
        fingerprint: "0123456789abcdef",
      },
      {
        status: "resolved",
        labels: { ...shared, instance: "db-2", mountpoint: "/" },
        annotations: { summary: "The disk of db-2 is almost full" },
        startsAt: ago(95),
        endsAt: ago(3),
        generatorURL: "http://127.0.0.1:9090/graph?g0.expr=disk",
        fingerprint: "fedcba9876543210",
      },
    ],
  };
}

if (import.meta.main) await main(preview);
