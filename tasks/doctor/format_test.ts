import { strictEqual } from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import type { Finding } from "./diagnosis.ts";
import { formatReport } from "./format.ts";

const CAUSE: Finding = {
  id: "doctor/service-hung",
  area: "services",
  subject: "webhook",
  weight: "error",
  cause: "The process of webhook is stopped by a signal",
  evidence: ["GET http://127.0.0.1:9094/health: no answer within 3 s", "pid 42, state T: webhook"],
  cure: "kill -CONT 42",
};

Deno.test("formatReport shows causes with their cure, consequences below them, and the areas that are well", () => {
  const text = formatReport({
    findings: [
      CAUSE,
      {
        ...CAUSE,
        id: "doctor/target-down",
        cause: 'Prometheus cannot scrape the target "webhook"',
        evidence: ["context deadline exceeded"],
        followsFrom: "doctor/service-hung webhook",
      },
    ],
    areas: [
      { area: "disk", seen: ["70.0 GB free of 252.0 GB"], skipped: [], findings: 0 },
      { area: "services", seen: [], skipped: [], findings: 1 },
      { area: "grafana", seen: [], skipped: ["it is left out"], findings: 0 },
      { area: "network", seen: [], skipped: ["it is left out"], findings: 0 },
    ],
  });
  strictEqual(
    stripVTControlCharacters(text),
    `error   doctor/service-hung webhook
  The process of webhook is stopped by a signal
  evidence: GET http://127.0.0.1:9094/health: no answer within 3 s
            pid 42, state T: webhook
  cure:     kill -CONT 42

  error   doctor/target-down webhook
    Prometheus cannot scrape the target "webhook"
    probably follows from doctor/service-hung webhook
    evidence: context deadline exceeded

ok    disk  70.0 GB free of 252.0 GB
skip  grafana, network: not examined, as it is left out

1 cause, 1 consequence: begin at the top`,
  );
});

Deno.test("formatReport says so when nothing is wrong, notes or not", () => {
  const text = formatReport({ findings: [{ ...CAUSE, weight: "note" }], areas: [] });
  strictEqual(stripVTControlCharacters(text).trimEnd().endsWith("Nothing is wrong"), true);
});
