import { defineStack } from "vigie";

export default defineStack({
  thresholds: { diskFreeWarning: 5, diskFreeCritical: 10 },
  network: { subnet: "172.31.94.0/30" },
});
