import { defineStack } from "vigie";

export default defineStack({ notify: { receivers: {} } });
