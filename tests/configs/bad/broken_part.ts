import { defineStack } from "vigie";
import { hosts } from "./parts/broken.ts";

export default defineStack({ hosts });
