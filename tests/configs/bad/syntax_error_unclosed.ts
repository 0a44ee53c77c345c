import { defineStack } from "vigie";

export default defineStack({
  hosts: [{ name: "web-1" },
});
