import { defineStack } from "vigie";

export default defineStack({ tls: { mode: "letsencrypt" } });
