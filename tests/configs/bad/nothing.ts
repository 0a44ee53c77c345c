import { defineStack } from "vigie";

export default defineStack(undefined as never);
