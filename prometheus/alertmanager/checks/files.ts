/** `alertmanager/files`: every file that a receiver names is there. */

import { isRecord } from "../config_file.ts";
import type { CheckContext } from "../../../lib/check.ts";
import type { YamlPath } from "../../../lib/yaml_places.ts";
import { modelCheck } from "./model.ts";

interface NamedFile {
  readonly path: YamlPath;
  readonly receiver: string;
  readonly file: string;
}

/**
 * A file with a secret or a certificate that a receiver names and that nobody will put there: Alertmanager starts all the same and fails when it is
 * to tell. amtool does not look.
 */
export const files = modelCheck(
  {
    id: "alertmanager/files",
    title: "Files with secrets are there",
    severity: "error",
  },
  async ({ config }, context) => {
    const named = config.receivers.flatMap((receiver, i) =>
      filesIn(receiver, ["receivers", i], String(receiver.name))
    );
    const missing = await Promise.all(named.map(async ({ file }) => !await willBeThere(file, context)));
    return named.filter((_, i) => missing[i]).map(({ path, receiver, file }) => ({
      path,
      subject: receiver,
      message: `The receiver "${receiver}" reads "${file}", which is not there`,
      cure:
        "Name the file in the destination under `notify.receivers` in config.ts: `deno task up` puts it there",
    }));
  },
);

function filesIn(value: unknown, path: YamlPath, receiver: string): NamedFile[] {
  if (Array.isArray(value)) return value.flatMap((each, i) => filesIn(each, [...path, i], receiver));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key.endsWith("_file") && typeof inner === "string"
      ? [{ path: [...path, key], receiver, file: inner }]
      : filesIn(inner, [...path, key], receiver)
  );
}

async function willBeThere(file: string, { secretFiles }: CheckContext): Promise<boolean> {
  if (secretFiles?.includes(file)) return true;
  try {
    return (await Deno.stat(file)).isFile;
  } catch {
    return false;
  }
}
