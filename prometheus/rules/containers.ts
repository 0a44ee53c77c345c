/**
 * Alerts about containers, measured by cAdvisor. Plain Docker names them by the label `name`; `id` and `image` change with every update.
 *
 * Killed for lack of memory is told by HostOomKill: cAdvisor would have to read the kernel's log, which takes a right it does not have here.
 */

import { durationMs } from "../../lib/units.ts";
import { type AlertRule, atLeast, type RecordingRule, type RuleContext, type RuleFamily } from "./rule.ts";
import { PERCENT, SECONDS, settableAlert } from "./settable_alert.ts";
import { COUNT, DURATION, inWords, VALUE } from "./words.ts";

const DASHBOARD = { uid: "vigie-containers", variables: ["name"] };
const ANY = 'job="cadvisor",name!=""';
const WITHOUT = "without (id, image)";
// cAdvisor looks at a quiet container once a minute.
const RATE_WINDOW = "5m";

/** Containers that are short of memory or processors, ill, restarting or gone. */
export const containerRules: RuleFamily = {
  name: "containers",
  needs: "cadvisor",
  rules: (context) => [...recordings(context), ...saturation(context), ...health(context)],
};

/** Figures that the dashboard of containers and the alerts share, 0–1. */
function recordings(context: RuleContext): readonly RecordingRule[] {
  const window = atLeast(RATE_WINDOW, context);
  return [
    {
      record: "name:container_memory_limit_used:ratio",
      // The limit of a container without one is 0.
      expr:
        `max ${WITHOUT} (container_memory_working_set_bytes{${ANY}} / (container_spec_memory_limit_bytes{${ANY}} > 0))`,
    },
    {
      record: "name:container_cpu_limit_used:ratio",
      expr:
        `max ${WITHOUT} (sum without (cpu) (rate(container_cpu_usage_seconds_total{${ANY}}[${window}])) / (container_spec_cpu_quota{${ANY}} / container_spec_cpu_period{${ANY}}))`,
    },
    {
      record: "name:container_cpu_throttled:ratio",
      expr:
        `max ${WITHOUT} (rate(container_cpu_cfs_throttled_periods_total{${ANY}}[${window}]) / rate(container_cpu_cfs_periods_total{${ANY}}[${window}]))`,
    },
  ];
}

function saturation(context: RuleContext): AlertRule[] {
  return [
    settableAlert(context, {
      alert: "ContainerMemoryHigh",
      severity: "warning",
      line: { threshold: 80, for: "15m" },
      unit: PERCENT,
      expr: (percent) => `100 * name:container_memory_limit_used:ratio > ${percent}`,
      summary: {
        fr: "Le conteneur {{ $labels.name }} manquera bientôt de mémoire",
        en: "The container {{ $labels.name }} is running out of memory",
      },
      description: ({ limit }) => ({
        fr:
          `${VALUE.fr} % de sa limite de mémoire sont utilisés (${limit.fr}). À la limite, le noyau arrête son processus.`,
        en:
          `${VALUE.en}% of its memory limit is taken (${limit.en}). At the limit the kernel kills its process.`,
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "ContainerCpuThrottled",
      severity: "warning",
      line: { threshold: 25, for: "15m" },
      unit: PERCENT,
      // What rests most of the time and then works in a burst is throttled in many of its few periods, and nobody notices.
      expr: (percent) =>
        `100 * name:container_cpu_throttled:ratio > ${percent} and name:container_cpu_limit_used:ratio > 0.5`,
      summary: {
        fr: "Le conteneur {{ $labels.name }} est freiné par sa limite de processeur",
        en: "The container {{ $labels.name }} is slowed down by its CPU limit",
      },
      description: ({ limit }) => ({
        fr:
          `Suspendu pendant ${VALUE.fr} % des périodes (${limit.fr}) : il lui faudrait plus que sa limite. Relevez-la, ou cherchez ce qui l'occupe.`,
        en:
          `Held back in ${VALUE.en}% of the periods (${limit.en}): it needs more than its limit. Raise it, or look for what keeps it busy.`,
      }),
      dashboard: DASHBOARD,
    }),
  ];
}

const ALIVE_FOR_MS = 3_600_000;

function health(context: RuleContext): AlertRule[] {
  // The stack's own services have alerts that say more: TargetDown, ServiceCrashLooping, WebhookNotReady and so on.
  const others = `container_label_com_docker_compose_project!="${context.stack}",${ANY}`;
  const window = atLeast("15m", context);
  const seen = `container_last_seen{${others}}[1d]`;
  // What runs once and ends, such as a migration, is not missed.
  const samples = Math.ceil(ALIVE_FOR_MS / durationMs(context.scrapeInterval));
  return [
    settableAlert(context, {
      alert: "ContainerRestarting",
      severity: "warning",
      line: { threshold: 2 },
      // Docker restarts a container under the same id: its counter begins again. container_start_time_seconds is when it was created.
      expr: (restarts) =>
        `max without (id, image, cpu) (resets(container_cpu_usage_seconds_total{${others}}[${window}])) > ${restarts}`,
      summary: {
        fr: "Le conteneur {{ $labels.name }} redémarre sans cesse",
        en: "The container {{ $labels.name }} restarts over and over",
      },
      description: ({ limit }) => ({
        fr: `${COUNT} redémarrages en ${
          inWords(window).fr
        } (${limit.fr}). La cause est dans son journal : docker logs {{ $labels.name }}`,
        en: `${COUNT} restarts in ${
          inWords(window).en
        } (${limit.en}). Its log says why: docker logs {{ $labels.name }}`,
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "ContainerUnhealthy",
      severity: "warning",
      line: { for: "10m" },
      // 1 is healthy, -1 without a health check; one that is starting counts as not healthy yet.
      expr: () => `max ${WITHOUT} (container_health_state{${others}}) == 0`,
      summary: {
        fr: "Le conteneur {{ $labels.name }} n'est pas en bonne santé",
        en: "The container {{ $labels.name }} is not healthy",
      },
      description: ({ since }) => ({
        fr:
          `Il tourne, mais son contrôle de santé échoue${since.fr}. Ce qu'il répond : docker inspect {{ $labels.name }}`,
        en:
          `It runs, but its health check has failed${since.en}. What it answers: docker inspect {{ $labels.name }}`,
      }),
      dashboard: DASHBOARD,
    }),
    settableAlert(context, {
      alert: "ContainerGone",
      severity: "warning",
      line: { threshold: 300 },
      unit: SECONDS,
      // While cAdvisor itself does not answer, nothing is known of any container: TargetDown says so once.
      expr: (seconds) =>
        `time() - max ${WITHOUT} (last_over_time(${seen})) > ${seconds} and sum ${WITHOUT} (count_over_time(${seen})) > ${samples} and on (instance, job) up{job="cadvisor"} == 1`,
      summary: {
        fr: "Le conteneur {{ $labels.name }} a disparu",
        en: "The container {{ $labels.name }} is gone",
      },
      description: ({ limit }) => ({
        fr:
          `Vu pour la dernière fois il y a ${DURATION.fr} (${limit.fr}), après avoir tourné plus d'une heure : arrêté, ou supprimé. Si c'était voulu, l'alerte s'éteint d'elle-même après un jour.`,
        en:
          `Last seen ${DURATION.en} ago (${limit.en}), after it had run for more than an hour: stopped, or removed. If that was wanted, the alert ends by itself after a day.`,
      }),
      dashboard: DASHBOARD,
    }),
  ];
}
