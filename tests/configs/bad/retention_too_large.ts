import { defineStack } from "vigie";

export default defineStack({
  retention: { time: "10y", size: "900PB" },
});
