/** Messages that every channel is shown with: the same for all, so that they can be compared. */

import type { Locale } from "../../../lib/text.ts";
import { createMessage, type Message, type MessageNote } from "../../message.ts";
import { decodeNotification } from "../../payload.ts";

const SENT_MS = Date.parse("2026-11-22T10:05:00Z");
const EXTERNAL = { externalURL: "http://alertmanager.example:9093" };

interface Case {
  readonly body: unknown;
  readonly notes?: readonly MessageNote[];
}

const disk = (host: string, more: Record<string, unknown> = {}) => ({
  status: "firing",
  labels: {
    alertname: "HostDiskAlmostFull",
    instance: `${host}:9100`,
    job: "node",
    mountpoint: "/var/lib/postgresql",
    severity: "critical",
  },
  annotations: {
    summary: `Disk almost full on ${host}`,
    description: "2.1 % (4.3 GB) left on /var/lib/postgresql.\nMake room, or the database stops.",
    runbook_url: "https://runbooks.example/disk?from=vigie&part=1#room",
    value: "97.9 %",
  },
  startsAt: "2026-11-22T10:02:00.123456789Z",
  endsAt: "0001-01-01T00:00:00Z",
  generatorURL: "http://prometheus.example:9090/graph?g0.expr=disk_used_ratio+%3E+0.95&g0.tab=1",
  fingerprint: "dbb38017f519720e",
  ...more,
});

const load = (severity: string, host: string) =>
  disk(host, {
    labels: { alertname: "HostLoadHigh", instance: `${host}:9100`, job: "node", severity },
    annotations: { summary: `Load of ${host} too high` },
    startsAt: "2026-11-21T22:30:00Z",
  });

const resolved = (host: string) => disk(host, { status: "resolved", endsAt: "2026-11-22T10:04:30Z" });

const group = (alerts: readonly unknown[], more: Record<string, unknown> = {}) => ({
  receiver: "vigie",
  status: "firing",
  groupKey: '{}:{alertname="HostDiskAlmostFull"}',
  groupLabels: { alertname: "HostDiskAlmostFull" },
  version: "4",
  truncatedAlerts: 0,
  ...EXTERNAL,
  alerts,
  ...more,
});

const BIDI = "\u202egnp.exe\u202c";
const HOSTILE = disk("db-1", {
  labels: {
    alertname: "<!channel> @everyone *bold* _it_ ~no~ `code` # - > | [x](javascript:alert(1))",
    instance: '<@U123> <at>all</at> <https://evil.example|click> &lt; &amp; & < > "quoted"',
    severity: "critical",
    ["__proto__x"]: "hidden",
    ["a*b|c"]: "1. one\\n**two** ||spoiler|| <@&1> <#C1> <:e:1> </b>&quot;",
  },
  annotations: {
    summary: `Line one\nline two \u0000\u001b[2J ${BIDI} zero\u200bwidth @here`,
    description: "# Title\n- item\n> quote\n```block```\n1. <script>alert(1)</script>\n👩‍👩‍👧‍👦 🇫🇷 é",
    runbook_url: "javascript:alert(1)",
    dashboard_url: "https://user:password@dash.example/a|b<c>(d)[e]'f\"?q=`*_~@everyone",
  },
  generatorURL: "data:text/html,x",
});

const CASES = {
  /** One alert that fires. */
  firing: { body: group([disk("db-1")]) },
  /** Three that fire, each of another severity. */
  mixed: { body: group([load("info", "web-1"), disk("db-1"), load("warning", "web-2")]) },
  /** One resolved, one that fires. */
  someResolved: { body: group([resolved("db-1"), disk("db-2")]) },
  /** All resolved. */
  resolved: { body: group([resolved("db-1"), resolved("db-2")], { status: "resolved" }) },
  /** What the webhook itself says when the Watchdog has not come. */
  own: {
    body: {
      receiver: "vigie",
      status: "firing",
      groupKey: "vigie:own",
      alerts: [{
        status: "firing",
        labels: { alertname: "WatchdogMissing", severity: "critical" },
        annotations: {
          summary: "No Watchdog for 12 min",
          description: "Prometheus or Alertmanager is down, or cannot reach this webhook.",
        },
        startsAt: "2026-11-22T09:53:00Z",
      }],
    },
    notes: [{ kind: "own" }],
  },
  /** Sixty alerts with long texts. */
  long: {
    body: group(
      Array.from({ length: 60 }, (_, i) => {
        const { annotations, ...alert } = disk(`db-${i + 1}`);
        return { ...alert, annotations: { ...annotations, description: "All of it matters. ".repeat(40) } };
      }),
    ),
  },
  /** One alert that is longer than any destination takes. */
  huge: {
    body: group([
      disk("db-1", { annotations: { summary: "é👩‍👩‍👧‍👦 ".repeat(500), description: "x".repeat(100_000) } }),
    ]),
  },
  /** Texts made to harm: markup, mentions, links, control characters. */
  hostile: { body: group([HOSTILE]) },
  /** Late, in place of older ones, and incomplete. */
  late: {
    body: group([disk("db-1")], { truncatedAlerts: 3 }),
    notes: [{ kind: "late", byMs: 7_500_000, standsFor: 14 }],
  },
  /** As Grafana's own alerting sends it. */
  grafana: {
    body: {
      version: "1",
      receiver: "vigie",
      status: "firing",
      orgId: 1,
      groupKey: "grafana",
      externalURL: "https://grafana.example/",
      alerts: [
        disk("db-1", {
          annotations: { summary: "Disk almost full" },
          values: { B: 97.8912345, C: 1 },
          valueString: "[ var='B' labels={instance=db-1} value=97.8912345 ]",
          silenceURL: "https://grafana.example/alerting/silence/new?matcher=alertname%3DDisk",
          dashboardURL: "https://grafana.example/d/host",
          panelURL: "https://grafana.example/d/host?viewPanel=4",
        }),
      ],
    },
  },
  /** A notification without alerts. */
  empty: { body: { alerts: [] } },
} satisfies Record<string, Case>;

/** Names of the messages. */
export type CaseName = keyof typeof CASES;

/** The names, in order. */
export const CASE_NAMES = Object.keys(CASES) as CaseName[];

/** A message of a case. */
export function caseMessage(name: CaseName, locale: Locale): Message {
  const { body, notes = [] }: Case = CASES[name];
  return createMessage(decodeNotification(body), {
    id: 42,
    group: "5f0c2a9be1d34c77",
    locale,
    timezone: "Europe/Paris",
    sentMs: SENT_MS,
    notes,
    externalUrl: "https://vigie.example",
  });
}
