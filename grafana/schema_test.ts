import assert from "node:assert/strict";
import { grafanaEnvironment, grafanaSchema } from "./schema.ts";

Deno.test("grafanaEnvironment calls nobody, lets nobody sign up, and holds no password", () => {
  const settings = grafanaSchema.parse({ adminUser: "operator", theme: "light" });
  const environment = grafanaEnvironment(settings, {
    url: "http://127.0.0.1:3000",
    dashboardsPath: "/dashboards",
    hosts: true,
  });
  for (
    const key of [
      "ANALYTICS_REPORTING_ENABLED",
      "ANALYTICS_CHECK_FOR_UPDATES",
      "ANALYTICS_CHECK_FOR_PLUGIN_UPDATES",
      "USERS_ALLOW_SIGN_UP",
      "NEWS_NEWS_FEED_ENABLED",
    ]
  ) {
    assert.equal(environment[`GF_${key}`], "false", key);
  }
  assert.equal(environment.GF_SECURITY_ADMIN_USER, "operator");
  assert.equal(environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH, "/dashboards/hosts.json");
  assert.deepEqual(Object.keys(environment).filter((key) => key.includes("PASSWORD")), []);
});

Deno.test("grafanaEnvironment opens with the stack where no host is measured", () => {
  const place = { url: "http://127.0.0.1:3000", dashboardsPath: "/dashboards", hosts: false };
  assert.equal(
    grafanaEnvironment(grafanaSchema.parse({}), place).GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH,
    "/dashboards/stack.json",
  );
});
