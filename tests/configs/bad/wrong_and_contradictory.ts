import { defineStack } from "vigie";

export default defineStack({
  locale: "de" as never,
  bind: "0.0.0.0",
  ports: { grafana: 9090 },
  notify: { receiver: "oncall" },
});
