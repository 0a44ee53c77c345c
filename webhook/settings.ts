/** webhook.json together with the secrets that it names: everything the running webhook goes by. */

import { whyUnreadable } from "../lib/system_error.ts";
import { durationMs } from "../lib/units.ts";
import type { Credentials } from "./auth/mod.ts";
import {
  type ChannelConfig,
  type ChannelKind,
  HTTP_URL,
  isHttpUrl,
  kindOf,
  wantedSecret,
} from "./channels/mod.ts";
import { BadConfig, defaultConfig, readConfig } from "./read_config.ts";
import { createRedactor } from "./redact.ts";
import type { WebhookConfig } from "./schema.ts";
import { readSignOn, secretsOf, type SignOnSettings, whyUnusable } from "./sign_on/mod.ts";

/** One channel, ready to be used. */
export interface Channel {
  readonly name: string;
  readonly kind: ChannelKind;
  /** Its own settings; secrets are read from their files. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly fallback?: string;
  readonly maxAgeMs: number;
  /** Liquid sources of its own texts. */
  readonly templates?: ChannelConfig["templates"];
}

/** Everything the running webhook goes by. */
export interface Settings {
  readonly config: WebhookConfig;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly credentials: Credentials;
  readonly heartbeatUrl?: string;
  /** Who may look; undefined when nobody is asked to sign in. */
  readonly signOn?: SignOnSettings;
  /** Puts `<secret>` in the place of each secret. */
  readonly redact: (text: string) => string;
}

/**
 * The settings that the file at `path` describes; those of a webhook that only prints without one.
 *
 * @throws {BadConfig} when the file, or one that it names, cannot be used; every file that cannot be read is named.
 */
export async function readSettings(path: string | undefined): Promise<Settings> {
  const config = path === undefined ? defaultConfig() : await readConfig(path);
  const problems: string[] = [];
  const read = async (file: string, where: string): Promise<string> => {
    try {
      const text = (await Deno.readTextFile(file)).trim();
      if (text === "") throw new RangeError("it is empty");
      return text;
    } catch (error) {
      problems.push(`  ${where}: Cannot read "${file}": ${whyUnreadable(error)}`);
      return "";
    }
  };
  const all = async (files: readonly string[], where: string) => {
    const texts: string[] = [];
    for (const [i, file] of files.entries()) texts.push(await read(file, `${where}[${i}]`));
    return texts;
  };

  const channels = new Map<string, Channel>();
  for (const [i, channel] of config.channels.entries()) {
    const where = `channels[${i}]`;
    const resolved = await resolve(channel, (file, key) => read(file, `${where}.${key}`));
    channels.set(channel.name, resolved);
    for (const key of resolved.kind.secrets) {
      const text = resolved.settings[key];
      const wanted = typeof text === "string" && text !== ""
        ? wantedSecret(resolved.kind, key, text)
        : undefined;
      if (wanted === undefined) continue;
      problems.push(`  ${where}.${`${key}File` in channel ? `${key}File` : key}: expected ${wanted}`);
    }
  }
  const { bearerFiles, basicFile, hmacFiles } = config.auth;
  const credentials: Credentials = {
    bearers: await all(bearerFiles, "auth.bearerFiles"),
    users: basicFile === undefined ? [] : lines(await read(basicFile, "auth.basicFile")),
    hmacs: await all(hmacFiles, "auth.hmacFiles"),
  };
  const heartbeat = config.heartbeat;
  const heartbeatUrl = heartbeat?.url ??
    (heartbeat?.urlFile === undefined ? undefined : await read(heartbeat.urlFile, "heartbeat.urlFile"));
  if (heartbeatUrl && !isHttpUrl(heartbeatUrl)) {
    problems.push(`  heartbeat.urlFile: expected ${HTTP_URL}`);
  }
  const signOn = config.signOn && await readSignOn(config.signOn, read);
  signOn?.users.forEach(({ secret }, i) => {
    const why = whyUnusable(secret);
    if (why !== undefined) problems.push(`  signOn.users[${i}].passwordFile: ${why}`);
  });
  if (problems.length > 0) throw new BadConfig([`Cannot use "${path}":`, ...problems].join("\n"));
  const ofChannels = [...channels.values()].flatMap(({ kind, settings }) =>
    kind.secrets.map((key) => settings[key]).filter((value) => typeof value === "string")
  );
  const ofSignOn = signOn ? secretsOf(signOn) : [];
  const secrets = [
    ...credentials.bearers,
    ...credentials.hmacs,
    heartbeatUrl ?? "",
    ...ofChannels,
    ...ofSignOn,
  ];
  return { config, channels, credentials, heartbeatUrl, signOn, redact: createRedactor(secrets) };
}

async function resolve(
  channel: ChannelConfig,
  read: (file: string, key: string) => Promise<string>,
): Promise<Channel> {
  const { kind: kindName, name, fallback, maxAge, templates, ...rest } = channel;
  const kind = kindOf(kindName);
  const settings: Record<string, unknown> = { ...rest };
  for (const key of kind.secrets) {
    const file = settings[`${key}File`];
    if (typeof file === "string") settings[key] = await read(file, `${key}File`);
  }
  return { name, kind, settings, fallback, maxAgeMs: durationMs(maxAge), templates };
}

function lines(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
}
