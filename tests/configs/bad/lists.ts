import { defineStack } from "vigie";

const more = [{ name: "db-1", address: "10.0.0.9:99999" }];

export default defineStack({
  hosts: [
    { name: "web 1" },
    ...more,
    { name: "web-3", labels: { "team-name": "web", __meta: "x" } },
  ],
  jobs: [{ name: "api", targets: ["http://10.0.0.7:8000/metrics"], path: "metrics" }],
});
