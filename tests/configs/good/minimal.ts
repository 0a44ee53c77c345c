import { defineStack } from "vigie";

export default defineStack({});
