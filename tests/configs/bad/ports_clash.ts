import { defineStack } from "vigie";

export default defineStack({
  ports: { grafana: 9090, webhook: 9500, blackbox: 9500 },
});
