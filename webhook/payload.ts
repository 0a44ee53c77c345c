/** The notification that Alertmanager posts to a webhook, read from any JSON. */

/** One alert of a notification. Its maps have no prototype: whatever a key is called, it is plain data. */
export interface Alert {
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** RFC 3339, up to nanoseconds; `""` when unknown. */
  readonly startsAt: string;
  /** RFC 3339; `""` while it fires. */
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
  /** What Grafana adds, as far as it said it. */
  readonly grafana?: GrafanaAlert;
}

/** What Grafana's webhook says of an alert beyond Alertmanager's. */
export interface GrafanaAlert {
  readonly silenceURL?: string;
  readonly dashboardURL?: string;
  readonly panelURL?: string;
  readonly imageURL?: string;
  /** The expressions' values by their letters; without a prototype. */
  readonly values?: Readonly<Record<string, number>>;
  /** The same as a sentence of Grafana's own. */
  readonly valueString?: string;
}

/** What Grafana's webhook says of a group beyond Alertmanager's. */
export interface GrafanaGroup {
  readonly title?: string;
  readonly message?: string;
  readonly orgId?: number;
}

/** One group of alerts that one receiver is told about. */
export interface Notification {
  /** Receiver as named in config.ts (Alertmanager sends it regexp-quoted). */
  readonly receiver: string;
  readonly status: "firing" | "resolved";
  readonly alerts: readonly Alert[];
  readonly groupKey: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly commonLabels: Readonly<Record<string, string>>;
  readonly commonAnnotations: Readonly<Record<string, string>>;
  readonly externalURL: string;
  /** Alerts that the sender left out of `alerts`. */
  readonly truncatedAlerts: number;
  /** What Grafana adds, as far as it said it. */
  readonly grafana?: GrafanaGroup;
  /** Why it was sent, such as `first notification` (Alertmanager 0.32 and later); `""` when unknown. */
  readonly reason: string;
}

/** JSON that is no notification; the message says what it looks like, and repeats nothing of it. */
export class NotANotification extends Error {
  override readonly name = "NotANotification";
}

/**
 * The notification in `value`: Alertmanager's body, Grafana's, or a bare `{"alerts": […]}`. Total below the top level: a field that is
 * missing, null or odd is left empty and costs nothing else; an alert without a usable status counts as firing, as an alarm too many
 * is better than one too few.
 *
 * Source: `notify/webhook/webhook.go` and `template/template.go` of Alertmanager; Grafana's `receivers/webhook/v1/webhook.go`.
 *
 * @param value What JSON.parse gave.
 * @throws {NotANotification} when it is not an object with a list of alerts.
 */
export function decodeNotification(value: unknown): Notification {
  const body = record(value);
  if (!body || !Array.isArray(body.alerts)) throw new NotANotification(describe(value));
  const said = status(body.status);
  const alerts = body.alerts.map((alert) => decodeAlert(alert, said));
  return withGrafana<Notification>({
    receiver: unquote(text(body.receiver)),
    status: said ?? (isFiring(alerts) ? "firing" : "resolved"),
    alerts,
    groupKey: text(body.groupKey),
    groupLabels: textMap(body.groupLabels),
    commonLabels: textMap(body.commonLabels),
    commonAnnotations: textMap(body.commonAnnotations),
    externalURL: text(body.externalURL),
    truncatedAlerts: count(body.truncatedAlerts),
    reason: text(body.notification_reason),
  }, grafanaGroup(body));
}

function isFiring(alerts: readonly Alert[]): boolean {
  return alerts.length === 0 || alerts.some(({ status }) => status === "firing");
}

/** With what Grafana said, if it said something. */
function withGrafana<Of extends Alert | Notification>(of: Of, grafana: Of["grafana"]): Of {
  return grafana === undefined ? of : { ...of, grafana };
}

function decodeAlert(value: unknown, fallback: Alert["status"] | undefined): Alert {
  const alert = record(value) ?? {};
  const own = status(alert.status) ?? fallback ?? "firing";
  return withGrafana<Alert>({
    status: own,
    labels: textMap(alert.labels),
    annotations: textMap(alert.annotations),
    startsAt: timestamp(alert.startsAt),
    endsAt: own === "firing" ? "" : timestamp(alert.endsAt),
    generatorURL: text(alert.generatorURL),
    fingerprint: text(alert.fingerprint),
  }, grafanaAlert(alert));
}

const GRAFANA_TEXTS = ["silenceURL", "dashboardURL", "panelURL", "imageURL", "valueString"] as const;

function grafanaAlert(alert: Record<string, unknown>): GrafanaAlert | undefined {
  let said: { -readonly [Key in keyof GrafanaAlert]: GrafanaAlert[Key] } | undefined;
  for (const key of GRAFANA_TEXTS) {
    const value = text(alert[key]);
    if (value !== "") (said ??= {})[key] = value;
  }
  const values = record(alert.values);
  if (values === undefined) return said;
  const kept: Record<string, number> = Object.create(null);
  let isEmpty = true;
  for (const key in values) {
    const value = values[key];
    // JSON writes numbers that are too large for JavaScript.
    if (!Number.isFinite(value)) continue;
    kept[key.toWellFormed()] = value as number;
    isEmpty = false;
  }
  if (!isEmpty) (said ??= {}).values = kept;
  return said;
}

function grafanaGroup(body: Record<string, unknown>): GrafanaGroup | undefined {
  const [title, message] = [text(body.title), text(body.message)];
  const orgId = typeof body.orgId === "number" ? count(body.orgId) : 0;
  if (title === "" && message === "" && orgId === 0) return undefined;
  return {
    ...(title === "" ? {} : { title }),
    ...(message === "" ? {} : { message }),
    ...(orgId === 0 ? {} : { orgId }),
  };
}

function record(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return value as Record<string, unknown>;
}

function status(value: unknown): Alert["status"] | undefined {
  return value === "firing" || value === "resolved" ? value : undefined;
}

/** Text as it is; numbers and truth values as JSON writes them; anything else is not there. */
function text(value: unknown): string {
  // A lone surrogate cannot be sent on as UTF-8.
  if (typeof value === "string") return value.toWellFormed();
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

function textMap(value: unknown): Record<string, string> {
  const map: Record<string, string> = Object.create(null);
  const entries = record(value);
  for (const key in entries) {
    const entry = entries[key];
    if (entry !== null && typeof entry !== "object") map[key.toWellFormed()] = text(entry);
  }
  return map;
}

/** What is too large to be counted exactly is still many. */
function count(value: unknown): number {
  if (typeof value !== "number" || !(value >= 1)) return 0;
  return Math.min(Math.floor(value), Number.MAX_SAFE_INTEGER);
}

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** A time as it was written; `""` for Go's zero time and for what no calendar knows. */
function timestamp(value: unknown): string {
  const match = typeof value === "string" ? RFC_3339.exec(value) : null;
  if (!match || match[1] === "0001") return "";
  // Date turns 30 February into 2 March instead of refusing it.
  if (Number(match[3]) > 28 && Number(match[3]) > daysOf(Number(match[1]), Number(match[2]))) return "";
  return Number.isNaN(Date.parse(match[0])) ? "" : match[0];
}

function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Undoes Go's `regexp.QuoteMeta`, which Alertmanager puts receivers' names through. */
function unquote(name: string): string {
  return !name.includes("\\") ? name : name.replace(/\\([\\.+*?()|[\]{}^$])/g, "$1");
}

function describe(value: unknown): string {
  const wanted = 'expected an object with a list "alerts", as Alertmanager posts it';
  if (value === null) return `The body is null: ${wanted}`;
  if (Array.isArray(value)) {
    return `The body is a bare list: it looks like Prometheus, which must post to Alertmanager, and Alertmanager here; ${wanted}`;
  }
  if (typeof value !== "object") return `The body is a ${typeof value}: ${wanted}`;
  const { alerts } = value as { alerts?: unknown };
  if (alerts === undefined) return `The body is an object without "alerts": ${wanted}`;
  return `The body has "alerts" that are ${alerts === null ? "null" : `of type ${typeof alerts}`}: ${wanted}`;
}
