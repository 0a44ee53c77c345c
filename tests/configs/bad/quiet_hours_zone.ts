import { defineStack } from "vigie";

export default defineStack({
  // deno-lint-ignore no-explicit-any
  notify: { bypass: "pager", quietHours: { times: [{ from: "20:00", to: "08:00" }] } as any },
});
