import { defineStack } from "vigie";

export default defineStack({
  scrape: { interval: "5s" },
  evaluation: { interval: "5m" },
  jobs: [{ name: "api", targets: ["10.0.0.7:8000"], interval: "1h" }],
});
