/** Whether Grafana is well and sees the measurements. */

import { join } from "node:path";
import { Skipped } from "../../lib/check.ts";
import { readIfThere } from "../../lib/files.ts";
import { GRAFANA_PASSWORD } from "../secrets.ts";
import type { Diagnosis, Sighting } from "./diagnosis.ts";
import { healthOf } from "./health.ts";
import { SERVICE_FAILURES } from "./prometheus.ts";
import type { Scene, Site } from "./scene.ts";

const database: Diagnosis = {
  id: "doctor/grafana-database",
  area: "grafana",
  title: "Grafana's database works",
  about:
    "Grafana runs and says that its database does not work: the disk is full, the file is locked by another Grafana, or " +
    "damaged. Dashboards come from files, so the database may be removed: users and stars are lost.",
  weight: "error",
  mayFollowFrom: ["doctor/disk-full", "doctor/disk-inodes", "doctor/data-path"],
  async run(scene) {
    await grafanaSite(scene);
    const answer = await healthOf(scene, "grafana");
    if (answer.status === 0) throw new Skipped("grafana does not answer");
    const state = /"database"\s*:\s*"([^"]*)"/.exec(answer.body)?.[1];
    if (state === undefined || state === "ok") return "database ok";
    return [{
      subject: "grafana",
      cause: "Grafana's database does not work",
      evidence: [`GET ${answer.url}: ${answer.detail}: ${answer.body.replace(/\s+/g, " ").slice(0, 200)}`],
      cure: "`deno task logs grafana` shows why; free some disk space and restart it",
    }];
  },
};

const login: Diagnosis = {
  id: "doctor/grafana-login",
  area: "grafana",
  title: "Grafana takes the password in the state directory",
  about:
    "Grafana refuses the administrator's password of the state directory. It takes that password only when it makes " +
    "its database: with an older database, or after a change in Grafana's own pages, the file no longer says the truth.",
  weight: "warning",
  async run(scene) {
    const answer = await asAdmin(scene, "/api/org");
    if (answer.status !== 401) return "";
    return [{
      subject: "grafana",
      cause: "Grafana refuses the password that the state directory has for it",
      evidence: [`GET ${answer.url}: ${answer.status}`],
      cure: `set it anew: grafana cli admin reset-admin-password --password-from-stdin < ${
        join(scene.paths.stateDir, GRAFANA_PASSWORD)
      }`,
    }];
  },
};

const datasource: Diagnosis = {
  id: "doctor/grafana-datasource",
  area: "grafana",
  title: "Grafana's data sources work",
  about:
    "Grafana runs and cannot query Prometheus or Alertmanager: every panel is empty. The evidence is the data " +
    "source's address as Grafana has it, and its own message.",
  weight: "error",
  mayFollowFrom: [...SERVICE_FAILURES, "doctor/generated-differs", "doctor/grafana-login"],
  async run(scene) {
    const list = await asAdmin(scene, "/api/datasources");
    if (list.status !== 200) throw new Skipped(`grafana does not list its data sources: ${list.status}`);
    const sources = JSON.parse(list.body) as { uid: string; name: string; url: string; type: string }[];
    const sightings: Sighting[] = [];
    for (const { uid, name, url, type } of sources) {
      const health = await asAdmin(scene, `/api/datasources/uid/${encodeURIComponent(uid)}/health`);
      // Not every kind of data source can be asked.
      if (health.status === 200 || health.status === 404) continue;
      sightings.push({
        subject: "grafana",
        involves: [type],
        cause: `Grafana cannot use its data source "${name}"`,
        evidence: [`${url}: ${/"message"\s*:\s*"([^"]*)"/.exec(health.body)?.[1] ?? health.status}`],
        cure: "`deno task up` writes its data sources again and restarts what is missing",
      });
    }
    return sightings.length > 0 ? sightings : `${sources.length} data sources work`;
  },
};

/** Diagnoses of Grafana. */
export const grafana: readonly Diagnosis[] = [database, login, datasource];

async function grafanaSite(scene: Scene): Promise<Site> {
  const site = await scene.site();
  if (!site.services.includes("grafana")) throw new Skipped("it is switched off in config.ts");
  const status = (await scene.status()).find(({ service }) => service === "grafana");
  if (status?.state === "left-out") throw new Skipped("it is left out");
  return site;
}

/** GETs a path of Grafana's API as its administrator. The password goes nowhere else. */
async function asAdmin(scene: Scene, path: string): Promise<{ url: string; status: number; body: string }> {
  const { stack, urls } = await grafanaSite(scene);
  const password = await readIfThere(join(scene.paths.stateDir, GRAFANA_PASSWORD)).catch(() => undefined);
  if (password === undefined) throw new Skipped("grafana's password cannot be read");
  const credentials = new TextEncoder().encode(`${stack.grafana.adminUser}:${password.trim()}`);
  const answer = await scene.get(`${urls.grafana}${path}`, {
    authorization: `Basic ${btoa(String.fromCharCode(...credentials))}`,
  });
  if (answer.status === 0) throw new Skipped("grafana does not answer");
  return answer;
}
