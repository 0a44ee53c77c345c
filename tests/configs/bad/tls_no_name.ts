import { defineStack } from "vigie";

export default defineStack({ bind: "0.0.0.0", tls: { mode: "internal" }, ports: { entry: 9090 } });
