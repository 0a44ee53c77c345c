import { defineStack } from "vigie";

const common = { interval: "soon" };

export const stack = defineStack({
  scrape: { ...common },
});
