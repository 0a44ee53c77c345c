import { defineStack } from "vigie";
import { hosts } from "./no_such_hosts.ts";

export default defineStack({ hosts });
