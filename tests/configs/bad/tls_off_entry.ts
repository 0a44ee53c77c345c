import { defineStack } from "vigie";

export default defineStack({ entry: { name: "vigie.example.org" } });
