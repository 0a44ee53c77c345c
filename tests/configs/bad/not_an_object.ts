import { defineStack } from "vigie";

export default defineStack("shop" as never);
