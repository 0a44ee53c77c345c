/** Everything that follows from one configuration: whole, or not at all. */

import { dirname } from "node:path";
import { type Auth, BadUsers, createAuth } from "./auth/mod.ts";
import type { Clock } from "./clock.ts";
import { type Limits, limitsOf } from "./limits.ts";
import type { Templates } from "./message.ts";
import { BadConfig } from "./read_config.ts";
import { createRouting, type Routing } from "./routing.ts";
import { readRunbooks, type Runbooks } from "./runbooks/mod.ts";
import { type Channel, readSettings, type Settings } from "./settings.ts";
import { templating } from "./templates/on_demand.ts";

/** What one configuration gives. */
export interface Setup {
  readonly settings: Settings;
  readonly routing: Routing;
  readonly auth: Auth;
  readonly limits: Limits;
  /** A channel's own texts, ready to be used. */
  readonly templates: ReadonlyMap<string, Templates>;
  readonly runbooks: Runbooks;
  /** Where webhook.json lies; undefined without one. */
  readonly directory?: string;
}

/**
 * Reads the configuration, and every file that it names.
 *
 * @param configPath webhook.json; without it the webhook only prints.
 * @throws {BadConfig} when something of it cannot be used.
 */
export async function readSetup(configPath: string | undefined, clock: Clock): Promise<Setup> {
  const settings = await readSettings(configPath);
  return {
    settings,
    routing: await createRouting(settings.config),
    auth: judgeOf(settings, configPath, clock),
    limits: limitsOf(settings.config),
    templates: templatesOf([...settings.channels.values()], settings.config.timezone),
    runbooks: await readRunbooks(configPath),
    directory: configPath === undefined ? undefined : dirname(configPath),
  };
}

function judgeOf({ credentials }: Settings, configPath: string | undefined, clock: Clock): Auth {
  try {
    return createAuth(credentials, clock);
  } catch (error) {
    if (!(error instanceof BadUsers)) throw error;
    throw new BadConfig(`Cannot use "${configPath}":\n  auth.basicFile: ${error.message}`);
  }
}

function templatesOf(channels: readonly Channel[], timezone?: string): Map<string, Templates> {
  return new Map(
    channels.flatMap(({ name, templates }) =>
      templates ? [[name, templating().compileTemplates(templates, { timezone })]] : []
    ),
  );
}
