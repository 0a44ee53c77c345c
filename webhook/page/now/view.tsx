/** The first page: how all is, what fires, the hosts, the services, and the way on. */

import type { Child } from "hono/jsx";
import type { Locale } from "../../../lib/text.ts";
import type { Readiness } from "../../readiness.ts";
import { Time } from "../time.tsx";
import type { Visitor } from "../view.ts";
import { WORDS as PAGE_WORDS } from "../words.ts";
import type { Curve, Figures, Firing, Host, Service } from "./figures.ts";
import { decimalText, percentText } from "../numbers.ts";
import type { Stated } from "./sentence.ts";
import { Sparkline } from "./sparkline.tsx";
import { WORDS } from "./words.ts";

/** What the page shows. */
export interface NowView {
  readonly visitor: Visitor;
  readonly timezone?: string;
  readonly state: Stated;
  readonly figures: Figures;
  readonly readiness: Readiness;
  /** Addresses of the services as readers reach them. */
  readonly urls: Readonly<Record<string, string>>;
}

const REFRESH_MS = 10_000;
const NAMES: Readonly<Record<string, string>> = {
  grafana: "Grafana",
  prometheus: "Prometheus",
  alertmanager: "Alertmanager",
  blackbox: "Blackbox Exporter",
  "node-exporter": "Node Exporter",
};
/** What Prometheus calls the webhook, which knows best itself how it is. */
const OWN_JOB = "webhook";
/** The dashboard of one host. */
const HOST_DASHBOARD = "/dashboards/vigie-host";

/** The page. */
export function Now({ visitor, timezone, state, figures, readiness, urls }: NowView) {
  const { language } = visitor;
  const words = WORDS[language];
  return (
    <>
      <div id="now" class="stack-y" data-refresh={REFRESH_MS}>
        <section class="panel now" data-severity={state.severity}>
          <h1>{state.sentence}</h1>
          <p class="faint">
            {words.asOf} <Time at={figures.atMs} language={language} timezone={timezone} relative />
          </p>
          {figures.problems.map((problem) => <p class="error mono">{problem}</p>)}
        </section>
        <Alerts firing={figures.firing} language={language} />
        <section aria-labelledby="hosts" class="stack-y">
          <h2 id="hosts">{words.hostsTitle}</h2>
          {figures.hosts === undefined && <p class="panel empty">{words.unknown}</p>}
          {figures.hosts?.length === 0 && <p class="panel empty">{words.noHosts}</p>}
          {(figures.hosts?.length ?? 0) > 0 && (
            <ul class="grid">{figures.hosts!.map((host) => <HostTile host={host} language={language} />)}</ul>
          )}
        </section>
        <section aria-labelledby="services" class="stack-y">
          <h2 id="services">{words.servicesTitle}</h2>
          <Services services={figures.services} readiness={readiness} language={language} />
        </section>
      </div>
      <nav aria-labelledby="elsewhere" class="stack-y">
        <h2 id="elsewhere">{words.elsewhere}</h2>
        <p class="row">
          {Object.entries(urls).filter(([name, url]) =>
            name !== "webhook" && name !== "entry" && /^https?:\/\//i.test(url)
          ).map(([name, url]) => <a class="button plain" href={url}>{NAMES[name] ?? name}</a>)}
          <a class="button plain" href="/runbooks">{words.runbooks}</a>
          <a class="button plain" href="/openapi.json">{words.api}</a>
          <a class="button plain" href="/metrics">{words.metrics}</a>
        </p>
      </nav>
      {visitor.user !== undefined && visitor.signOutProof !== undefined && (
        <form method="post" action="/sign-on/out" class="row">
          <input type="hidden" name="proof" value={visitor.signOutProof} />
          <span class="soft">{visitor.user}, {PAGE_WORDS[language].roles[visitor.role]}</span>
          <button class="button plain small" type="submit">{PAGE_WORDS[language].signOut}</button>
        </form>
      )}
    </>
  );
}

function Alerts({ firing, language }: { readonly firing?: readonly Firing[]; readonly language: Locale }) {
  const words = WORDS[language];
  return (
    <section aria-labelledby="firing" class="panel">
      <div class="panel-head">
        <h2 id="firing">{words.firingTitle}</h2>
        <a href="/alerts">{words.all}</a>
      </div>
      {firing === undefined && <p class="soft">{words.firingUnknown}</p>}
      {firing?.length === 0 && <p class="soft">{words.noFiring}</p>}
      {firing !== undefined && firing.length > 0 && (
        <ul class="firing">
          {firing.map(({ name, severity, instances, count }) => (
            <li class="row">
              <span class="badge" data-severity={severity}>{PAGE_WORDS[language].severities[severity]}</span>
              <a href={`/runbooks/${encodeURIComponent(name)}`}>{name}</a>
              <span class="soft">{[...instances, ...count > 1 ? [`× ${count}`] : []].join(", ")}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function HostTile({ host, language }: { readonly host: Host; readonly language: Locale }) {
  const words = WORDS[language];
  const { name, isUp, cpu, memory, disk, load } = host;
  const percent = (value: number) => percentText(value, language);
  return (
    <li class="tile host">
      <h3 class="row spread">
        <a href={`${HOST_DASHBOARD}?var-host=${encodeURIComponent(name)}`}>{name}</a>
        {!isUp && <span class="badge" data-severity="critical">{words.down}</span>}
      </h3>
      <dl>
        <Figure name={words.cpu} curve={cpu} text={percent} to={1} language={language} />
        <Figure name={words.memory} curve={memory} text={percent} to={1} language={language} />
        <Figure
          name={words.disk}
          more={disk.mountpoint}
          curve={disk}
          text={percent}
          to={1}
          language={language}
        />
        <Figure
          name={words.load}
          curve={load}
          text={(value) => decimalText(value, language)}
          language={language}
        />
      </dl>
    </li>
  );
}

function Figure({ name, more, curve, text, to, language }: {
  readonly name: string;
  /** Beside the name. */
  readonly more?: string;
  readonly curve: Curve;
  readonly text: (value: number) => string;
  readonly to?: number;
  readonly language: Locale;
}) {
  const words = WORDS[language];
  return (
    <div class="figure">
      <dt>{name} {more !== undefined && <span class="mono faint">{more}</span>}</dt>
      <dd class={curve.now === undefined ? "faint" : "value"}>
        {curve.now === undefined ? words.noValue : text(curve.now)}
      </dd>
      <dd>
        <Sparkline points={curve.points} label={words.hour(name)} from={0} to={to} />
      </dd>
    </div>
  );
}

function Services({ services, readiness, language }: {
  readonly services?: readonly Service[];
  readonly readiness: Readiness;
  readonly language: Locale;
}) {
  const words = WORDS[language];
  const own = (
    <Tile name={OWN_JOB} severity={readiness.ready ? "good" : "critical"}>
      {readiness.ready ? words.ready : words.notReadyBadge}
    </Tile>
  );
  return (
    <ul class="row services">
      {own}
      {services === undefined && <li class="soft">{words.unknown}</li>}
      {services?.filter(({ name, up, of }) => name !== OWN_JOB || up < of).map(({ name, up, of }) => (
        <Tile name={name} severity={up === of ? "good" : up === 0 ? "critical" : "warning"}>
          {up === of ? words.up : up === 0 ? words.down : words.some(up, of)}
          {up === of && of > 1 && ` (${of})`}
        </Tile>
      ))}
    </ul>
  );
}

function Tile(
  { name, severity, children }: {
    readonly name: string;
    readonly severity: string;
    readonly children: Child;
  },
) {
  return (
    <li class="tile service">
      <span>{name}</span>
      <span class="badge" data-severity={severity}>{children}</span>
    </li>
  );
}
