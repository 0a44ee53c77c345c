/** A machine that has lost everything: config.ts comes back first, as the rest needs it. */

import { basename, dirname, join } from "node:path";
import { isDirectory, perform, type Plan, SECRET } from "../../backup/mod.ts";
import { VERSIONS } from "../../compose/versions.ts";
import { binary } from "../binaries/mod.ts";
import { EXIT, Failure, type Invocation, userPath } from "../cli.ts";
import { givenFile, sftpSecretsOf } from "./access.ts";
import type { Progress } from "../engine/engine.ts";
import { asFailure } from "./agent.ts";
import { takeVariable } from "../secret_value.ts";
import { placeConfig, placeSecrets } from "./put_back.ts";

/** What opens a repository of the usual kinds, where config.ts cannot say it. */
const CREDENTIALS = [
  ...["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION"],
  ...["RESTIC_REST_USERNAME", "RESTIC_REST_PASSWORD", "B2_ACCOUNT_ID", "B2_ACCOUNT_KEY"],
  ...["AZURE_ACCOUNT_NAME", "AZURE_ACCOUNT_KEY"],
];

/**
 * Brings config.ts and the secrets back where there is no config.ts, from the repository that the command line names.
 *
 * @throws {Failure} when there is none, and the command line does not say where it could come from.
 */
export async function bootstrap(
  { config, stateDir, flags, args, progress, signal }:
    & Pick<Invocation, "config" | "stateDir" | "flags" | "args" | "signal">
    & { readonly progress: Progress },
): Promise<void> {
  if (await Deno.stat(config).then(() => true, () => false)) return;
  const repository = flags.repository as string | undefined;
  const passwordFile = flags["password-file"] as string | undefined;
  if (repository === undefined || passwordFile === undefined) {
    throw new Failure(
      `Cannot restore: there is no "${config}" that would say where the backups are`,
      EXIT.usage,
      "name them: --repository REPOSITORY --password-file FILE",
    );
  }
  if (flags.list || flags["dry-run"] || flags.undo) {
    throw new Failure(
      `Cannot do that without "${config}"`,
      EXIT.usage,
      "`deno task restore` without that flag brings it back first",
    );
  }
  const sftp = await sftpSecretsOf({ flags });
  progress.note(`There is no ${basename(config)}: it is brought back first`);
  const data = join(stateDir, "restore", "first");
  await Deno.mkdir(data, { recursive: true, mode: 0o700 });
  const plan: Plan = {
    stack: "",
    engine: "local",
    every: "1d",
    keep: { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 },
    verify: { every: "1d", share: "1%" },
    repository: isDirectory(repository) ? userPath(repository) : repository,
    sftpKey: SECRET.sftpKey in sftp,
    credentials: CREDENTIALS.filter((name) => Deno.env.get(name) !== undefined),
    data,
    versions: {},
    parts: {},
  };
  const given = Object.fromEntries(plan.credentials.map((name) => [name, takeVariable(name) ?? ""]));
  const secrets = {
    ...given,
    ...sftp,
    [SECRET.password]: await givenFile("password-file", passwordFile),
  };
  const { path } = await binary("restic", { version: VERSIONS.backup.version, progress, signal });
  try {
    const found = { plan, secrets };
    const { snapshot } = await perform(
      { ...found, action: "choose", wanted: args[0] },
      path,
      progress,
      signal,
    );
    const wish = { ...found, action: "fetch", snapshot, parts: [], bundle: true } as const;
    const { files, manifest } = await perform(wish, path, progress, signal);
    const renamed = files.map((file) =>
      file.path === `config/${manifest.config}` ? { ...file, path: `config/${basename(config)}` } : file
    );
    await placeSecrets(files, stateDir, join(data, "none"), () => true);
    // The other files first: with config.ts there, this is not done again.
    const [main, others] = [
      `config/${basename(config)}`,
      renamed.filter(({ path }) => path !== `config/${basename(config)}`),
    ];
    await placeConfig(others, dirname(config));
    await placeConfig(renamed.filter(({ path }) => path === main), dirname(config));
  } catch (error) {
    throw asFailure(error);
  } finally {
    await Deno.remove(join(stateDir, "restore"), { recursive: true });
  }
}
