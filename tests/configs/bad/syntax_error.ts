import { defineStack } from "vigie";

export default defineStack({
  name: "shop"
  locale: "en",
});
