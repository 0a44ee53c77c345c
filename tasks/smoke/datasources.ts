/** smoke/datasources: Grafana lets its administrator in, reaches its datasources and shows the dashboards. */

import { Skipped } from "../../lib/check.ts";
import { fromYaml } from "../../lib/yaml.ts";
import { failed, smokeCheck, type SmokeContext, type Step } from "./check.ts";
import { ask, askJson, Unanswered } from "./http.ts";
import { poll } from "./poll.ts";

const ID = "smoke/datasources";

/** A datasource of the generated provisioning files. */
interface Datasource {
  readonly name: string;
  readonly uid: string;
  readonly type: string;
  readonly file: string;
}

/**
 * Proves, through Grafana's own API, that the password in the state directory opens Grafana, that Grafana reaches every
 * provisioned datasource, and that every generated dashboard is there. Skipped, with the reason, when the stack has no Grafana
 * or the engine left it out.
 *
 * When it fails: a password that is refused was changed in Grafana itself, which keeps it in its own database; a datasource
 * without an answer is a service that is down or an address that Grafana cannot reach; a dashboard that is missing was refused
 * when Grafana read it, and Grafana's log says why.
 */
export const datasources = smokeCheck(
  ID,
  "Grafana answers, with its datasources and dashboards",
  async function* (context) {
    insistOnGrafana(context);
    const headers = await login(context);
    if ("outcome" in headers) return yield headers;
    yield { name: "login", outcome: "passed", detail: `as ${context.grafana.user}` };
    for (const datasource of datasourcesOf(context)) yield await datasourceStep(context, headers, datasource);
    yield* dashboardSteps(context, headers);
  },
);

function insistOnGrafana({ services, leftOut }: SmokeContext): void {
  if (!services.has("grafana")) throw new Skipped("Grafana is switched off in config.ts");
  const reason = leftOut.grafana;
  if (reason !== undefined) throw new Skipped(reason);
}

/** The header to ask with, or the step that says why nobody gets in. */
async function login(context: SmokeContext): Promise<{ authorization: string } | Step> {
  const { grafana, urls } = context;
  const { user, passwordPath } = grafana;
  let password: string;
  try {
    password = (await grafana.password()).trim();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return failed(
      ID,
      "login",
      `Cannot log in to Grafana: there is no password in "${passwordPath}"`,
      "run `deno task up`, which makes one",
    );
  }
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  const authorization = `Basic ${btoa(String.fromCharCode(...bytes))}`;
  try {
    await ask(context, `${urls.grafana}/api/user`, { headers: { authorization } });
    return { authorization };
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    if (error.status === 401) {
      return failed(
        ID,
        "login",
        `Grafana refuses the password of "${user}" in "${passwordPath}"`,
        `write the password that was set in Grafana into that file, or set Grafana's back with \`grafana cli admin reset-admin-password\``,
      );
    }
    return failed(ID, "login", error.message, "read `deno task logs grafana`");
  }
}

async function datasourceStep(
  context: SmokeContext,
  headers: Readonly<Record<string, string>>,
  { name, uid, type, file }: Datasource,
): Promise<Step> {
  const base = `${context.urls.grafana}/api/datasources`;
  try {
    if (type === "alertmanager") {
      // It has no backend, and so no health of its own: Grafana's pages reach it through this proxy.
      await ask(context, `${base}/proxy/uid/${uid}/api/v2/status`, { headers });
      return { name, outcome: "passed" };
    }
    const { status, message } = await askJson<{ status?: string; message?: string }>(
      context,
      `${base}/uid/${uid}/health`,
      { headers, statuses: [200, 400, 500] },
    );
    if (status === "OK") return { name, outcome: "passed" };
    throw new Unanswered(message ?? "it did not say why");
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    const cure = error.status === 404
      ? "restart Grafana with `deno task down` and `deno task up`: it reads datasources when it starts"
      : "`deno task doctor` tests the way from Grafana to the service";
    return failed(ID, name, `Grafana's datasource "${name}" does not answer: ${error.message}`, cure, {
      file,
    });
  }
}

/** Grafana reads dashboards some time after it is ready, so they are waited for. */
async function* dashboardSteps(
  context: SmokeContext,
  headers: Readonly<Record<string, string>>,
): AsyncIterable<Step> {
  const wanted = [...context.files].filter(([file]) => /^grafana\/dashboards\/.*\.json$/.test(file))
    .map(([file, text]) => ({ file, ...JSON.parse(text) as { uid: string; title: string } }));
  const look = () =>
    askJson<{ uid: string }[]>(
      context,
      `${context.urls.grafana}/api/search?type=dash-db&limit=5000`,
      { headers },
    );
  try {
    const { seen } = await poll(
      look,
      (found) => wanted.every(({ uid }) => found.some((one) => one.uid === uid)),
      {
        ...context,
        deadlineMs: context.marginMs * 2,
        waiting: () => context.progress.step("Waiting for Grafana's dashboards"),
      },
    );
    for (const { uid, title, file } of wanted) {
      const name = `dashboard ${title}`;
      if (seen.some((one) => one.uid === uid)) yield { name, outcome: "passed" };
      else {
        yield failed(
          ID,
          name,
          `Grafana does not have the dashboard "${title}"`,
          "read `deno task logs grafana`: it says why it did not take the file",
          { file },
        );
      }
    }
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    yield failed(ID, "dashboards", error.message, "read `deno task logs grafana`");
  }
}

function datasourcesOf({ files }: SmokeContext): Datasource[] {
  return [...files].filter(([file]) => /^grafana\/provisioning\/datasources\/[^/]+\.ya?ml$/.test(file))
    .flatMap(([file, text]) => {
      const { datasources = [] } = (fromYaml(text) ?? {}) as { datasources?: Omit<Datasource, "file">[] };
      return datasources.map((datasource) => ({ ...datasource, file }));
    });
}
