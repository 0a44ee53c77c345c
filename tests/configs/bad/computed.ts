import { defineStack } from "vigie";

const names = ["web-1", "WEB-2"];
const scrape = { interval: "15x" } as const;

export default defineStack({
  scrape,
  evaluation: { interval: scrape.interval },
  hosts: names.map((name) => ({ name, address: name })),
});
