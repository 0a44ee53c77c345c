import { defineStack, secret, secretEnv } from "vigie";

export default defineStack({
  hosts: [
    { name: "localhost", tls: {} },
    { name: "web-1", address: "10.0.0.7", auth: { basic: { user: "vigie", password: secret("web-1") } } },
    { name: "db-1", address: "10.0.0.8", tls: { certificate: "client.pem" } },
  ],
  jobs: [
    { name: "api", targets: ["10.0.0.7:8000"], tls: { serverName: "api.example.org" } },
    { name: "shop", targets: ["10.0.0.7:8001"], auth: { bearer: secretEnv("SHOP_TOKEN") } },
  ],
});
