import { defineStack } from "vigie";

export default defineStack({
  nmae: "shop",
  scrape: { intervall: "5s" },
  hosts: [{ name: "web-1", adress: "10.0.0.7:9100" }],
  ports: { "node-exprter": 9101 },
  wholly: "unknown",
});
