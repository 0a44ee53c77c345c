/** A configuration made of parts, as larger ones are. */
import { defineStack } from "vigie";
import { hosts } from "./parts/hosts.ts";

const quick = { interval: "5s", timeout: "5s" } as const;

export default defineStack({
  name: "composed",
  scrape: { ...quick },
  evaluation: { interval: quick.interval },
  hosts: [{ name: "localhost" }, ...hosts],
});
