/** smoke/ready: every service is ready. */

import { DEFINITIONS, type Service } from "../../compose/services/mod.ts";
import type { ServiceStatus } from "../engine/engine.ts";
import { failed, smokeCheck, type SmokeContext, type Step } from "./check.ts";
import { ask, Unanswered } from "./http.ts";
import { poll } from "./poll.ts";

const ID = "smoke/ready";

/** Prometheus's to reach, and nobody else's: see smoke/targets. */
const EXPORTERS: ReadonlySet<Service> = new Set(["node-exporter", "blackbox", "cadvisor"]);

/**
 * Proves that the engine counts every service of the stack as ready, and that each but the exporters says so itself on the
 * port that people use. A service that is starting is waited for. A service that the engine
 * cannot run here (Grafana without a binary) is skipped with the engine's reason.
 *
 * When it fails: the service named has stopped, is restarting again and again, or another program holds its port.
 */
export const ready = smokeCheck(ID, "Every service is ready", async function* (context) {
  const { services, status, marginMs, progress } = context;
  const { seen } = await poll(status, (all) => all.every(({ state }) => state !== "starting"), {
    ...context,
    deadlineMs: marginMs * 2,
    waiting: () => progress.step("Waiting for services that are starting"),
  });
  for (const service of services) {
    yield await stepOf(context, service, seen.find((one) => one.service === service));
  }
});

async function stepOf(
  context: SmokeContext,
  service: Service,
  status: ServiceStatus | undefined,
): Promise<Step> {
  if (status?.state === "left-out") {
    return { name: service, outcome: "skipped", detail: status.detail ?? "the engine cannot run it here" };
  }
  if (status?.state !== "ready") {
    const state = status?.state ?? "not there";
    const why = status?.detail ? `: ${status.detail}` : "";
    return failed(
      ID,
      service,
      `The service "${service}" is ${state === "failed" ? "failing" : state}${why}`,
      state === "stopped" || state === "not there"
        ? "run `deno task up`, which starts what is missing"
        : `read \`deno task logs ${service}\`, then run \`deno task up\``,
    );
  }
  const started = context.now();
  try {
    if (!EXPORTERS.has(service)) {
      await ask(context, context.urls[service] + DEFINITIONS[service].readyPath);
    }
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    return failed(
      ID,
      service,
      `The service "${service}" runs and is not ready: ${error.message}`,
      `read \`deno task logs ${service}\`; \`deno task doctor\` looks for the cause`,
    );
  }
  const { version, restarts = 0 } = status;
  const detail = [version, restarts > 0 ? `restarted ${restarts} ${restarts === 1 ? "time" : "times"}` : ""];
  return {
    name: service,
    outcome: restarts > 0 ? "note" : "passed",
    elapsedMs: context.now() - started,
    detail: detail.filter(Boolean).join(", ") || undefined,
  };
}
