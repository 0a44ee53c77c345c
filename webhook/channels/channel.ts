/** What a channel is: one kind of destination that the webhook delivers to. */

import * as z from "zod";
import type { Message } from "../message.ts";

/** How fast a destination may be told, kept from our side. */
export interface Pace {
  /** Requests at once after a rest. */
  readonly burst: number;
  /** One more each so many milliseconds. */
  readonly everyMs: number;
  /** A second limit that holds as well, for a destination that counts by the second and by the hour. */
  readonly also?: { readonly burst: number; readonly everyMs: number };
  /** Requests under way at one time, each of another group; 1 by default. */
  readonly concurrency?: number;
}

/** What sending needs. */
export interface SendContext {
  readonly fetch: typeof fetch;
  /** Writes text to standard output, after what was written before. @throws when it cannot be written. */
  readonly print: (text: string) => Promise<void>;
  /** Ends the attempt: out of time, or the process stops. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The picture that goes into the message, for a kind that takes it there; undefined when there is none in time. */
  readonly picture?: () => Promise<Picture | undefined>;
}

/** A picture that goes with a message. */
export interface Picture {
  /** A file name of letters, digits, `-`, `_` and one dot. */
  readonly name: string;
  /** PNG. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What it shows, for those who do not see it: one line. */
  readonly alt: string;
}

/** How a destination is sent the picture of a message that it has got. */
export interface PictureWay<Settings, Out> {
  /** What is larger is not sent. */
  readonly maxBytes: number;
  /** Whether there is a way with these settings; always by default. */
  readonly isOpen?: (settings: Settings) => boolean;
  /** Sends it. Whatever comes of it, the message counts as delivered. */
  send(picture: Picture, told: ToldOut<Out>, settings: Settings, context: SendContext): Promise<Outcome>;
}

/** The message that a picture belongs to. */
export interface ToldOut<Out> {
  /** The request that told it, the first one of several. */
  readonly out: Out;
  /** What the destination calls it. */
  readonly ref: string;
}

/** How an attempt ended. `reason` is one line for the operator; it may quote the destination's answer. */
export type Outcome =
  /** `ref`: what the destination calls the message, to update it later. */
  | { readonly result: "delivered"; readonly ref?: string }
  /**
   * The same may succeed later. `afterMs`: how long the destination wants to be left alone. `others`: it takes other messages meanwhile, only
   * this one has to wait.
   */
  | {
    readonly result: "retry";
    readonly reason: string;
    readonly afterMs?: number;
    readonly others?: "welcome";
  }
  /** This message never: the plain form is tried once, then it is dead. */
  | { readonly result: "refused"; readonly reason: string }
  /** No message, until somebody changes the configuration: it is dead. */
  | { readonly result: "gone"; readonly reason: string };

/** What a person is shown of a request that would be sent; without secrets. */
export interface Preview {
  /** Such as `POST https://hooks.slack.com/… (JSON)`; secret parts as `<secret>`. */
  readonly what: string;
  readonly body: string;
}

/** What a secret must look like. */
export interface SecretForm {
  readonly pattern: RegExp;
  /** Such as `a bot's token, such as "123456:ABC-DEF"`. */
  readonly wanted: string;
}

/** Settings of a kind, as they reach its functions: secrets read from their files. */
export type SettingsOf<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

/**
 * One kind of destination. A new kind is one file that exports one of these, and one line in mod.ts.
 *
 * `Out` is one request in the destination's own form, as plain data. `render` and `plain` are pure, and whatever the message holds they give
 * only what the destination takes: escaped for it, within its limits, pinging nobody.
 */
// deno-lint-ignore no-explicit-any -- a kind among others takes its own requests and settings, which only it knows
export interface ChannelKind<Kind extends string = string, Shape extends z.ZodRawShape = any, Out = any> {
  /** Names it in config.ts and webhook.json. */
  readonly kind: Kind;
  /** One sentence for the reference. */
  readonly about: string;
  /** Its settings, but for `kind` and what all channels have; each with `.describe`. */
  readonly shape: Shape;
  /**
   * Settings that are secret, as `secretSetting` makes them: `url` here means that `urlFile` names a file with it. They are optional in
   * `shape`; `check` says which must be there.
   */
  readonly secrets: readonly string[];
  /** What secrets must look like, those that have a form; what is wanted is said when one does not, the secret itself is not. */
  readonly secretForms?: Readonly<Record<string, SecretForm>>;
  /** What is wrong with settings that fit the shape, as a sentence; undefined when nothing is. A secret counts as there in either form. */
  readonly check?: (settings: SettingsOf<Shape>) => string | undefined;
  readonly pace: Pace;
  /**
   * The requests that tell `message`, in order; more than one when it has to be split.
   *
   * @param ref What the destination calls the message about this group that it got before.
   */
  render(message: Message, settings: SettingsOf<Shape>, ref?: string): readonly Out[];
  /** One request as plain as can be, for a destination that refused what `render` gave. */
  plain(message: Message, settings: SettingsOf<Shape>): Out;
  /** Sends one request. A refusal is an outcome; it throws only on a defect of its own. */
  send(out: Out, settings: SettingsOf<Shape>, context: SendContext): Promise<Outcome>;
  /** How a picture follows a message; undefined for a kind that has no such way. */
  readonly pictureAfter?: PictureWay<SettingsOf<Shape>, Out>;
  /** Whether it asks `SendContext.picture` for a picture that it puts into the message. */
  readonly pictureWithin?: true;
  /** What `out` would look like on its way. */
  preview(out: Out, settings: SettingsOf<Shape>): Preview;
}

/** Checks the types of one kind; it changes nothing. */
export function defineChannel<const Kind extends string, Shape extends z.ZodRawShape, Out>(
  kind: ChannelKind<Kind, Shape, Out>,
): ChannelKind<Kind, Shape, Out> {
  return kind;
}

/**
 * A secret setting and its twin: `secretSetting("url", "the incoming webhook's URL")` gives `url` and `urlFile`. One of them at most is set,
 * and the functions of the kind find the secret under `url` in either case.
 */
export function secretSetting<const Key extends string>(key: Key, about: string) {
  const text = z.string().min(1);
  return {
    [key]: text.optional().describe(`${capital(about)}. Better in a file: see \`${key}File\`.`),
    [`${key}File`]: text.optional().describe(`File that holds ${about}; read again on SIGHUP.`),
  } as SecretShape<Key>;
}

type OptionalText = z.ZodOptional<z.ZodString>;
type SecretShape<Key extends string> =
  & { [K in Key | `${Key}File`]: OptionalText }
  & Pick<ShownSecrets, Extract<Key | `${Key}File`, keyof ShownSecrets>>;

/** What editors show of the usual ones; the schema has the exact words. */
interface ShownSecrets {
  /** The address to send to, which is a secret. */
  readonly url: OptionalText;
  /** The token. */
  readonly token: OptionalText;
  /** The password. */
  readonly password: OptionalText;
  /** The integration key. */
  readonly routingKey: OptionalText;
  /** The secret to sign with. */
  readonly secret: OptionalText;
  /** The secret that was signed with before. */
  readonly previousSecret: OptionalText;
  /** The bearer token. */
  readonly bearer: OptionalText;
  /** The authority that signed the server's certificate, PEM. */
  readonly ca: OptionalText;
  /** File that holds the address to send to, which is a secret. */
  readonly urlFile: OptionalText;
  /** File that holds the token. */
  readonly tokenFile: OptionalText;
  /** File that holds the password. */
  readonly passwordFile: OptionalText;
  /** File that holds the integration key. */
  readonly routingKeyFile: OptionalText;
  /** File that holds the secret to sign with. */
  readonly secretFile: OptionalText;
  /** File that holds the secret that was signed with before. */
  readonly previousSecretFile: OptionalText;
  /** File that holds the bearer token. */
  readonly bearerFile: OptionalText;
  /** File that holds the authority that signed the server's certificate, PEM. */
  readonly caFile: OptionalText;
}

/** Whether pictures are wanted, for a kind that takes them. */
export const picturesSetting = {
  /** Whether an alert's graph goes with its message; `true` unless said otherwise. There is none without Prometheus. */
  pictures: z.boolean().optional().describe(
    "Whether an alert's graph goes with its message; `true` unless said otherwise. There is none without Prometheus.",
  ),
};

/** What may stand in a header of a request. */
export const HEADER_SECRET: SecretForm = {
  pattern: /^[\x21-\x7e]+$/,
  wanted: "letters, digits and signs without spaces, alone in its file",
};

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
