import { defineStack } from "vigie";

const address = "10.0.0.7";

export default defineStack({ bind: address });
