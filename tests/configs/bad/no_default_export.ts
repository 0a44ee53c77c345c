import { defineStack } from "vigie";

export const stack = defineStack({});
