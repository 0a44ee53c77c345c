import { equal } from "node:assert/strict";
import { neededRole } from "./access.ts";
import { ENTRY, SETTINGS } from "./testing.ts";

const HOSTS = {
  webhook: "https://stack.example.org",
  prometheus: "https://prometheus.stack.example.org",
  alertmanager: "https://alertmanager.stack.example.org",
};
const host = new URL(ENTRY).host;

Deno.test("neededRole lets viewers read, operators silence, and leaves the rest to admins", () => {
  const cases: [method: string, uri: string, needed: string][] = [
    ["GET", "/", "viewer"],
    ["GET", "/runbooks/HostDown", "viewer"],
    ["GET", "/prometheus/api/v1/query?query=up", "viewer"],
    ["POST", "/prometheus/api/v1/query_range", "viewer"],
    ["POST", "/prometheus/api/v1/query?x=/../admin", "viewer"],
    ["POST", "/prometheus/api/v1/admin/tsdb/delete_series", "admin"],
    ["PUT", "/prometheus/api/v1/query", "admin"],
    ["POST", "/prometheus/-/reload", "admin"],
    ["GET", "/prometheus/debug/pprof/heap", "admin"],
    ["GET", "/alertmanager/api/v2/alerts", "viewer"],
    ["POST", "/alertmanager/api/v2/silences", "operator"],
    ["DELETE", "/alertmanager/api/v2/silence/0b5fe5ee-4c26-4a4c-9e2b-3a0f0e4b1c11", "operator"],
    ["POST", "/alertmanager/api/v2/alerts", "admin"],
    ["POST", "/api/v1/dead-letters/7/replay", "operator"],
    ["POST", "/drill", "operator"],
    ["POST", "/webhook", "nobody"],
    ["GET", "/webhook/", "nobody"],
    ["GET", "/blackbox/metrics", "viewer"],
    ["GET", "/blackbox/probe?target=http://169.254.169.254", "admin"],
    ["TRACE", "/", "admin"],
    ["GET", "/prometheusx", "viewer"],
  ];
  for (const [method, uri, needed] of cases) {
    equal(neededRole({ method, uri, host }, SETTINGS.urls), needed, `${method} ${uri}`);
  }
});

Deno.test("neededRole takes a path that can be read in two ways for the worst", () => {
  for (
    const uri of [
      "/prometheus/api/v1/query/../admin/tsdb/snapshot",
      "/prometheus//debug/pprof",
      "/prometheus/debug%2fpprof",
      "/prometheus/%2e%2e/webhook",
      "/prometheus/%252e%252e/x",
      "/blackbox/\\probe",
      "/blackbox/./probe",
      "/blackbox/probe;x",
      "/%zz",
      "prometheus",
      "//prometheus/graph",
      "/a%00b",
    ]
  ) {
    for (const method of ["GET", "POST"]) {
      equal(neededRole({ method, uri, host }, SETTINGS.urls), "admin", `${method} ${uri}`);
    }
  }
  // Decoded as servers decode it.
  equal(neededRole({ method: "GET", uri: "/blackbox/%70robe", host }, SETTINGS.urls), "admin");
  equal(neededRole({ method: "POST", uri: "/%77ebhook", host }, SETTINGS.urls), "nobody");
});

Deno.test("neededRole goes by the host where services have hosts of their own", () => {
  const at = (host: string, uri: string, method = "GET") => neededRole({ method, uri, host }, HOSTS);
  equal(at("prometheus.stack.example.org", "/debug/pprof"), "admin");
  equal(at("PROMETHEUS.stack.example.org", "/graph"), "viewer");
  equal(at("alertmanager.stack.example.org", "/api/v2/silences", "POST"), "operator");
  equal(at("stack.example.org", "/api/v2/silences", "POST"), "operator");
  equal(at("evil.example.org", "/"), "nobody");
  equal(neededRole({ method: "GET", uri: "/", host: undefined }, HOSTS), "nobody");
});
