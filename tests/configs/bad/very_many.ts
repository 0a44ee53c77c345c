import { defineStack } from "vigie";

const hosts = Array.from({ length: 25 }, (_, i) => ({ name: `Web-${i}`, address: "10.0.0.7:9100" }));

export default defineStack({ hosts });
