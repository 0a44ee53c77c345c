import stack from "https://127.0.0.1:9/stack.ts";

export default stack;
