import { defineStack } from "vigie";

export default defineStack({
  hosts: [
    { name: "web-1", address: "10.0.0.7", tls: { ca: "" }, auth: { basic: { user: "vigie", password: "hunter2" } } },
    { name: "web-2", address: "10.0.0.8", tls: { ca: "no_such_ca.pem" } },
  ],
});
