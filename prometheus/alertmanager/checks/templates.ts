/** `alertmanager/templates`: the texts that Alertmanager writes itself can be written. */

import { join } from "node:path";
import type { CheckContext } from "../../../lib/check.ts";
import { matchingFiles } from "../../../lib/glob.ts";
import { run } from "../../../lib/process.ts";
import type { YamlPath } from "../../../lib/yaml_places.ts";
import { type Fault, type Model, modelCheck } from "./model.ts";

interface Inline {
  readonly path: YamlPath;
  readonly receiver: string;
  readonly text: string;
}

/**
 * A template in a receiver's setting that fails: a field that there is not, a template that is not defined, a function with the wrong arguments.
 * Alertmanager would send an empty text and count it as sent; amtool takes it. Each is tried by `amtool template render` with a notification as
 * Alertmanager makes it.
 */
export const templates = modelCheck(
  {
    id: "alertmanager/templates",
    title: "Texts that Alertmanager writes can be written",
    severity: "error",
  },
  async (model, context) => {
    const directory = join(context.buildDir, "alertmanager");
    const files = await Promise.all(
      model.config.templates.map((pattern) => matchingFiles(directory, pattern)),
    );
    // That they are missing, alertmanager/config says.
    if (files.some((found) => found.length === 0)) return [];
    const inline = inlineTemplates(model);
    // One run for all of them; only when that fails is each tried by itself.
    const distinct = new Map(inline.toReversed().map((each) => [each.text, each]));
    if (distinct.size === 0 || await render([...distinct.keys()].join("\n"), model, context) === undefined) {
      return [];
    }
    const faults: Fault[] = [];
    for (const { text, path, receiver } of distinct.values()) {
      const error = await render(text, model, context);
      if (error === undefined) continue;
      faults.push({
        path,
        subject: receiver,
        message: `The receiver "${receiver}" would send an empty ${String(path.at(-1))}: ${error}`,
        cure: "This is a fault of Vigie, as config.ts has no such templates: report it with this message",
      });
    }
    return faults;
  },
);

/** Every setting of a receiver that is a template. */
function inlineTemplates({ config }: Model): Inline[] {
  return config.receivers.flatMap((receiver, i) =>
    textsIn(receiver, ["receivers", i], String(receiver.name))
  );
}

function textsIn(value: unknown, path: YamlPath, receiver: string): Inline[] {
  if (typeof value === "string") return value.includes("{{") ? [{ path, receiver, text: value }] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    textsIn(inner, [...path, Array.isArray(value) ? Number(key) : key], receiver)
  );
}

/** What is wrong with a template; undefined when it renders. */
async function render(text: string, { config }: Model, context: CheckContext): Promise<string | undefined> {
  const own = join(context.buildDir, "alertmanager");
  const directory = await Deno.makeTempDir({ prefix: "vigie-notification-" });
  try {
    await Deno.writeTextFile(join(directory, "data.json"), JSON.stringify(SAMPLE));
    // amtool wants a file of templates, and there need not be one.
    await Deno.writeTextFile(join(directory, "none.tmpl"), "");
    const { code, stdout, stderr } = await run(await context.tool("amtool"), [
      "template",
      "render",
      ...[...config.templates.map((pattern) => join(own, pattern)), join(directory, "none.tmpl")].map((
        glob,
      ) => `--template.glob=${glob}`),
      `--template.text=${text}`,
      "--template.type=text",
      `--template.data=${join(directory, "data.json")}`,
    ], { signal: context.signal });
    return code === 0 ? undefined : reason(stderr || stdout);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Go's own words without the place in a text that has no name. */
function reason(output: string): string {
  const last = output.trim().split("\n").at(-1) ?? "";
  return last.replace(/^amtool: error: /, "").replace(
    /^.*?template: :\d+(?::\d+)?: +(?:executing "" at )?/,
    "",
  );
}

const SAMPLE = {
  receiver: "oncall",
  status: "firing",
  alerts: [{
    status: "firing",
    labels: { alertname: "HostDown", instance: "web-1", severity: "critical" },
    annotations: { summary: "web-1 is down", description: "It does not answer" },
    startsAt: "2026-01-02T03:04:05Z",
    endsAt: "0001-01-01T00:00:00Z",
    generatorURL: "http://127.0.0.1:9090/graph",
    fingerprint: "0123456789abcdef",
  }],
  groupLabels: { alertname: "HostDown", severity: "critical" },
  commonLabels: { alertname: "HostDown", instance: "web-1", severity: "critical" },
  commonAnnotations: { summary: "web-1 is down" },
  externalURL: "http://127.0.0.1:9093",
};
