import { defineStack } from "vigie";

export default defineStack({
  scrape: { interval: "15", timeout: "0s" },
  evaluation: { interval: "1m 30s" },
  retention: { time: "15 days", size: "5G" },
  notify: { groupWait: "30s1m", repeatInterval: "" },
});
