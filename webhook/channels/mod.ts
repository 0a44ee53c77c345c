/** Every kind of channel. To add one: write its file beside this one and name it in `CHANNELS`. */

import * as z from "zod";
import { duration } from "../../lib/schema.ts";
import { type SecretRef, secretRef } from "../../lib/secret_ref.ts";
import { templating } from "../templates/on_demand.ts";
import type { ChannelKind } from "./channel.ts";
import { consoleChannel } from "./console.ts";
import { discordChannel } from "./discord.ts";
import { emailChannel } from "./email.ts";
import { ntfyChannel } from "./ntfy.ts";
import { slackChannel } from "./slack/mod.ts";
import { teamsChannel } from "./teams.ts";
import { telegramChannel } from "./telegram.ts";
import { webhookChannel } from "./webhook.ts";
import { pagerdutyChannel } from "./pagerduty.ts";

export type { ChannelKind, Outcome, Pace, Picture, Preview, SendContext } from "./channel.ts";

/** The kinds of channel that the webhook serves. */
export const CHANNELS = [
  consoleChannel,
  discordChannel,
  emailChannel,
  ntfyChannel,
  pagerdutyChannel,
  slackChannel,
  teamsChannel,
  telegramChannel,
  webhookChannel,
] as const;

/** What every channel has. */
export const commonShape = {
  /** The channel that is told what this one could not be told. */
  fallback: z.string().min(1).optional().describe(
    "The channel that is told what this one could not be told.",
  ),
  /** What is older is not sent any more; it goes to the dead letters. */
  maxAge: duration.default("1d").describe(
    "What is older is not sent any more; it goes to the dead letters.",
  ),
  /** Texts of its own, in Liquid. */
  templates: z.strictObject({
    /** The title: one line. */
    title: z.string().optional().describe("The title: one line."),
    /** What is said of one alert instead of its summary and description. */
    alert: z.string().optional().describe(
      "What is said of one alert instead of its summary and description.",
    ),
    /** What is said instead of all alerts. */
    text: z.string().optional().describe("What is said instead of all alerts."),
  }).superRefine((sources, context) => {
    const { problemsOf, problemText } = templating();
    for (const problem of problemsOf(sources)) {
      const { key } = problem;
      context.addIssue({ code: "custom", path: [key], message: problemText(problem), input: sources[key] });
    }
  }).optional().describe("Texts of its own, in Liquid."),
};

type Named = { readonly name: z.ZodString };
type SchemaOf<Kind extends ChannelKind, Extra> = z.ZodObject<
  { readonly kind: z.ZodLiteral<Kind["kind"]> } & Extra & typeof commonShape & Kind["shape"],
  z.core.$strict
>;
type Schemas<Kinds extends readonly ChannelKind[], Extra> = {
  readonly [Index in keyof Kinds]: SchemaOf<Kinds[Index], Extra>;
};
/** The settings that hold a secret themselves, and have a twin for a file. */
type SecretsOf<Shape> = {
  [Key in keyof Shape & string]: `${Key}File` extends keyof Shape ? Key : never;
}[keyof Shape & string];
type Reference = z.ZodOptional<z.ZodType<SecretRef, SecretRef>>;
/** A kind where those say where the secret lies. The mapping keeps the comments that editors show. */
type Referring<Kind extends ChannelKind> = Omit<Kind, "shape"> & {
  readonly shape: {
    readonly [Key in keyof Kind["shape"]]: Key extends SecretsOf<Kind["shape"]> ? Reference
      : Kind["shape"][Key];
  };
};
type ReferringSchemas<Kinds extends readonly ChannelKind[]> = {
  readonly [Index in keyof Kinds]: SchemaOf<Referring<Kinds[Index]>, unknown>;
};

function schemaOf(kind: ChannelKind, extra: z.ZodRawShape): z.ZodObject {
  return z.strictObject({
    kind: z.literal(kind.kind).describe(kind.about),
    ...extra,
    ...commonShape,
    ...kind.shape,
  }).superRefine((settings, context) => {
    for (const key of kind.secrets) {
      if (settings[key] === undefined || settings[`${key}File`] === undefined) continue;
      context.addIssue({ code: "custom", path: [key], message: `give ${key} or ${key}File, not both` });
    }
    const asSent = { ...settings };
    for (const key of kind.secrets) asSent[key] ??= settings[`${key}File`];
    const wrong = kind.check?.(asSent as never);
    if (wrong !== undefined) context.addIssue({ code: "custom", path: [], message: wrong });
  }) as unknown as z.ZodObject;
}

/** Channels as webhook.json has them: each with a name. */
export const channelSchemas = CHANNELS.map((kind) =>
  schemaOf(kind, {
    /** Its name in logs, metrics, routes and addresses. */
    name: z.string().min(1).max(100).describe("Its name in logs, metrics, routes and addresses."),
  })
) as unknown as Schemas<typeof CHANNELS, Named>;

/**
 * Channels as config.ts has them: nameless, and where others have a secret, they say where it lies, as what config.ts says is written to files
 * that others may read.
 */
export const destinationSchemas = CHANNELS.map((kind: ChannelKind) => {
  const shape = Object.fromEntries(
    Object.entries(kind.shape as Record<string, z.ZodType>).map(([key, schema]) =>
      kind.secrets.includes(key)
        ? [key, secretRef.optional().describe(referenceText(schema.description))]
        : [key, schema]
    ),
  );
  return schemaOf({ ...kind, shape }, {});
}) as unknown as ReferringSchemas<typeof CHANNELS>;

/** What is said of a secret setting, for config.ts, which never holds it. */
function referenceText(about = ""): string {
  return `${about.split(". Better in a file")[0]}: \`secret("NAME")\`, or where else it lies.`;
}

/** One channel of a valid webhook.json. */
export type ChannelConfig = z.output<typeof channelSchemas[number]>;

/** The kind of that name. */
export function kindOf(name: ChannelConfig["kind"]): ChannelKind {
  return CHANNELS.find(({ kind }) => kind === name)!;
}

/** What the setting `key` of a kind must hold when it holds a secret; undefined when `text` can be one. */
export function wantedSecret({ secretForms }: ChannelKind, key: string, text: string): string | undefined {
  if (key === "url") return isHttpUrl(text) ? undefined : HTTP_URL;
  const form = secretForms?.[key];
  return form === undefined || form.pattern.test(text) ? undefined : form.wanted;
}

/** What is wanted where `isHttpUrl` says no. */
export const HTTP_URL = "an http or https URL, alone in its file";

/** Whether `text` is one URL and nothing else. */
export function isHttpUrl(text: string): boolean {
  return !/\s/.test(text) && /^https?:$/.test(URL.parse(text)?.protocol ?? "");
}
