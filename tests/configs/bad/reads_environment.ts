import { defineStack } from "vigie";

export default defineStack({ name: Deno.env.get("VIGIE_NAME_FOR_A_TEST") });
