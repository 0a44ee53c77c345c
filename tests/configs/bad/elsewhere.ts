import { stack } from "./parts/stack.ts";

export default stack;
