import { defineStack } from "vigie";

export default defineStack({
  get name(): string {
    throw new Error("Not today\nand not tomorrow");
  },
});
