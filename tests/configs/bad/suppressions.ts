import { defineStack } from "vigie";

export default defineStack({
  checks: {
    ignore: [
      { check: "promql/flaping", reason: "known", until: "2027-01-01" },
      { check: "promql/flapping", until: "2027-01-01" },
      { check: "promql/flapping", reason: " ", until: "soon" },
      { check: "promql/flapping", subjects: "HostCpuHigh", reason: "known" },
    ],
  },
});
