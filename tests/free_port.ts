/** A TCP port for a test. */

export { freePort } from "../lib/free_port.ts";
