import { defineStack } from "vigi";

export default defineStack({});
