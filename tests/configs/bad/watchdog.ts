import { defineStack } from "vigie";

export default defineStack({
  webhook: { watchdog: { receiver: "consol" } },
});
