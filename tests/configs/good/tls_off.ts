/** What goes without saying, said. */
import { defineStack } from "vigie";

export default defineStack({ tls: { mode: "off" } });
