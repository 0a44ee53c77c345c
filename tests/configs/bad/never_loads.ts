import { defineStack } from "vigie";

await new Promise(() => {});
export default defineStack({});
