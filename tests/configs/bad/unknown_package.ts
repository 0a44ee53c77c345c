import { defineStack } from "vigie";
import leftPad from "npm:left-pad";

export default defineStack({ name: leftPad("x", 3) });
