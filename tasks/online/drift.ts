/** `online/drift`: what runs is what config.ts gives. */

import type { Check, Problem } from "../../lib/check.ts";
import { bytes, durationMs } from "../../lib/units.ts";
import {
  differencesOfAlertmanager,
  differencesOfBlackbox,
  differencesOfPrometheus,
  type Drift,
  Unanswered as Silent,
} from "../engine/apply.ts";
import { askPrometheus, Unanswered } from "../smoke/http.ts";
import type { OnlineContext } from "./context.ts";

const ID = "online/drift";
const APPLY = "`deno task up` applies config.ts; put what you changed by hand and want to keep into it first";

/** Two texts of an alert side by side are longer than anybody reads; `deno task generate --diff --files` shows them whole. */
const MAX_LENGTH = 400;

const ASKED: readonly (readonly [service: "prometheus" | "alertmanager" | "blackbox", Drift])[] = [
  ["prometheus", differencesOfPrometheus],
  ["alertmanager", differencesOfAlertmanager],
  ["blackbox", differencesOfBlackbox],
];

/** Compares what the services say of themselves with what config.ts gives: configuration, rules, flags, versions. */
export const driftCheck: Check<OnlineContext> = {
  id: ID,
  title: "What runs is what config.ts gives",
  severity: "warning",
  online: true,
  async run(context) {
    const found = await Promise.all([
      ...ASKED.map(([service, differences]) => configurationDrift(context, service, differences)),
      flagDrift(context),
    ]);
    return [...serviceDrift(context), ...found.flat()];
  },
};

async function configurationDrift(
  { urls, files, status, signal }: OnlineContext,
  service: string,
  differences: Drift,
): Promise<Problem[]> {
  if (!status.some((each) => each.service === service && each.state === "ready")) return [];
  try {
    return (await differences(urls[service]!, files, signal)).map((difference) =>
      problem(service, `${service}: ${difference}`)
    );
  } catch (error) {
    if (error instanceof Silent) return [silent(service, error)];
    throw error;
  }
}

/** How long Prometheus keeps what it measured is no part of its configuration file. */
async function flagDrift(context: OnlineContext): Promise<Problem[]> {
  const { retention } = context.config;
  try {
    const flags = await askPrometheus<Readonly<Record<string, string>>>(context, "/api/v1/status/flags");
    const wanted = [
      ["storage.tsdb.retention.time", retention.time, durationMs],
      ["storage.tsdb.retention.size", retention.size, sizeOf],
    ] as const;
    return wanted.filter(([flag, value, amount]) => amount(flags[flag] ?? "0") !== amount(value))
      .map(([flag, value]) =>
        problem("prometheus", `prometheus: ${flag} is ${flags[flag]}, wanted ${value}`)
      );
  } catch (error) {
    if (error instanceof Unanswered) return [silent("prometheus", error)];
    throw error;
  }
}

/** Bytes of a size as Prometheus takes it or as it prints it, `5GiB`. */
function sizeOf(text: string): number {
  return text === "0" ? 0 : bytes(text.replace("iB", "B"));
}

function serviceDrift({ status, versions }: OnlineContext): Problem[] {
  return status.flatMap(({ service, state, version, detail }) => {
    if (state === "left-out") return [];
    if (state !== "ready") {
      return [
        problem(service, `${service} is ${state}, wanted ready${detail === undefined ? "" : `: ${detail}`}`),
      ];
    }
    const wanted = versions[service];
    return version === undefined || wanted === undefined || bare(version) === bare(wanted)
      ? []
      : [problem(service, `${service} is version ${bare(version)}, wanted ${wanted}`)];
  });
}

/** A version without what a distribution adds. */
function bare(version: string): string {
  return version.replace(/^v/, "").replace(/[+~].*$/, "");
}

function problem(service: string, said: string): Problem {
  const message = said.length > MAX_LENGTH ? `${said.slice(0, MAX_LENGTH)}…` : said;
  return { check: ID, severity: "warning", file: "", subject: service, message, cure: APPLY };
}

function silent(service: string, error: Error): Problem {
  return problem(service, `${service} does not say what it runs: ${error.message}`);
}
