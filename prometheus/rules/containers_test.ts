import { containerRules } from "./containers.ts";
import { type AlertCase, type Series, testRules } from "../testing/rule_cases.ts";

const OF = { instance: "cadvisor", job: "cadvisor" };
const SHOP = {
  ...OF,
  container_label_com_docker_compose_project: "shop",
  container_label_com_docker_compose_service: "db",
  name: "shop-db-1",
};
const UP = 'up{instance="cadvisor",job="cadvisor"}';

function of(
  metric: string,
  labels: Readonly<Record<string, string>> = SHOP,
  more = "",
  id = "/docker/1",
): string {
  const all = Object.entries(labels).map(([name, value]) => `${name}="${value}"`).join(",");
  return `container_${metric}{${all},id="${id}",image="postgres:18"${more}}`;
}

/** The stack's own Prometheus, which has alerts of its own. */
const OWN = { ...SHOP, container_label_com_docker_compose_project: "vigie", name: "vigie-prometheus-1" };
/** A container that Compose does not know. */
const ALONE = { ...OF, name: "alone" };
const CPU = ',cpu="total"';

function memory(percent: string): Series {
  return { [of("memory_working_set_bytes")]: percent, [of("spec_memory_limit_bytes")]: "100x200" };
}

/** CPU quota of half a processor, of which `share` percent is used. */
function cpu(share: number, throttled: string, periods = "0+100x200"): Series {
  return {
    [of("cpu_usage_seconds_total", SHOP, CPU)]: `0+${15 * 0.5 * share / 100}x200`,
    [of("spec_cpu_quota")]: "50000x200",
    [of("spec_cpu_period")]: "100000x200",
    [of("cpu_cfs_throttled_periods_total")]: throttled,
    [of("cpu_cfs_periods_total")]: periods,
  };
}

const CASES: readonly AlertCase[] = [
  {
    alert: "ContainerMemoryHigh",
    series: {
      ...memory("90x80 80x40"),
      // Another one, without a limit.
      [of("memory_working_set_bytes", ALONE)]: "900x120",
      [of("spec_memory_limit_bytes", ALONE)]: "0x120",
      // The sum of all, which has no name.
      'container_memory_working_set_bytes{id="/",instance="cadvisor",job="cadvisor"}': "99x120",
      'container_spec_memory_limit_bytes{id="/",instance="cadvisor",job="cadvisor"}': "100x120",
    },
    moments: [{
      at: "15m",
      firing: [{
        severity: "warning",
        labels: SHOP,
        summary: {
          fr: "Le conteneur shop-db-1 manquera bientôt de mémoire",
          en: "The container shop-db-1 is running out of memory",
        },
        description: {
          fr:
            "90,0 % de sa limite de mémoire sont utilisés (seuil : 80 % pendant 15 minutes). À la limite, le noyau arrête son processus.",
          en:
            "90.0% of its memory limit is taken (limit: 80% for 15 minutes). At the limit the kernel kills its process.",
        },
      }],
    }, { at: "20m15s", firing: [] }],
    quiet: [memory("80x120")],
  },
  {
    alert: "ContainerCpuThrottled",
    // In the end it has so many periods that few of them count.
    series: cpu(60, "0+40x200", "0+100x79 100000+100x100"),
    // The share of its limit is an average of five minutes.
    moments: [{
      at: "19m15s",
      firing: [{
        severity: "warning",
        labels: SHOP,
        summary: {
          fr: "Le conteneur shop-db-1 est freiné par sa limite de processeur",
          en: "The container shop-db-1 is slowed down by its CPU limit",
        },
        description: {
          fr:
            "Suspendu pendant 40,0 % des périodes (seuil : 25 % pendant 15 minutes) : il lui faudrait plus que sa limite. Relevez-la, ou cherchez ce qui l'occupe.",
          en:
            "Held back in 40.0% of the periods (limit: 25% for 15 minutes): it needs more than its limit. Raise it, or look for what keeps it busy.",
        },
      }],
    }, { at: "20m", firing: [] }],
    quiet: [
      cpu(60, "0+25x200"),
      // An exporter that works for a moment each time it is asked.
      cpu(10, "0+1x200", "0+2x200"),
    ],
  },
  {
    alert: "ContainerRestarting",
    series: {
      [of("cpu_usage_seconds_total", SHOP, CPU)]: "1+1x4 1+1x4 1+1x4 1+1x120",
      [of("cpu_usage_seconds_total", OWN, CPU)]: "1+1x4 1+1x4 1+1x4 1+1x120",
    },
    moments: [{
      at: "3m45s",
      firing: [{
        severity: "warning",
        labels: SHOP,
        summary: {
          fr: "Le conteneur shop-db-1 redémarre sans cesse",
          en: "The container shop-db-1 restarts over and over",
        },
        description: {
          fr:
            "3 redémarrages en 15 minutes (seuil : 2). La cause est dans son journal : docker logs shop-db-1",
          en: "3 restarts in 15 minutes (limit: 2). Its log says why: docker logs shop-db-1",
        },
      }],
    }, { at: "16m", firing: [] }],
    quiet: [
      { [of("cpu_usage_seconds_total", SHOP, CPU)]: "1+1x4 1+1x4 1+1x120" },
      // A new version: another container of the same name.
      {
        [of("cpu_usage_seconds_total", SHOP, CPU)]: "1+1x9 _x100",
        [of("cpu_usage_seconds_total", SHOP, CPU, "/docker/2")]: "_x10 1+1x100",
      },
    ],
  },
  {
    alert: "ContainerUnhealthy",
    series: {
      [of("health_state")]: "0x60 1x20",
      // Without a health check.
      [of("health_state", ALONE)]: "-1x80",
      [of("health_state", OWN)]: "0x80",
    },
    moments: [{
      at: "10m",
      firing: [{
        severity: "warning",
        labels: SHOP,
        summary: {
          fr: "Le conteneur shop-db-1 n'est pas en bonne santé",
          en: "The container shop-db-1 is not healthy",
        },
        description: {
          fr:
            "Il tourne, mais son contrôle de santé échoue depuis 10 minutes. Ce qu'il répond : docker inspect shop-db-1",
          en:
            "It runs, but its health check has failed for 10 minutes. What it answers: docker inspect shop-db-1",
        },
      }],
    }, { at: "15m15s", firing: [] }],
    quiet: [{ [of("health_state")]: "0x30 1x50" }],
  },
  {
    alert: "ContainerGone",
    // Seen for a good hour, then no more, then again under another id.
    series: {
      [UP]: "1x400",
      [of("last_seen")]: "0+15x250",
      [of("last_seen", SHOP, "", "/docker/2")]: "_x275 4125+15x100",
      [of("last_seen", OWN)]: "0+15x250",
    },
    moments: [
      {
        at: "1h7m45s",
        firing: [gone("5m 15s")],
      },
      { at: "1h8m", firing: [gone("5m 30s")] },
      { at: "1h8m15s", firing: [gone("5m 45s")] },
      {
        at: "1h8m30s",
        firing: [gone("6m 0s")],
      },
      { at: "1h8m45s", firing: [] },
    ],
    quiet: [
      // What ran for an hour at most, such as a migration.
      { [UP]: "1x400", [of("last_seen")]: "0+15x239" },
      // cAdvisor does not answer: nothing is known.
      { [UP]: "1x250 0x150", [of("last_seen")]: "0+15x250" },
      { [UP]: "1x400", [of("last_seen")]: "0+15x400" },
      // Away for five minutes, then back.
      { [UP]: "1x400", [of("last_seen")]: "0+15x252 _x20 4095+15x100" },
    ],
  },
];

function gone(time: string) {
  return {
    severity: "warning",
    labels: SHOP,
    summary: { fr: "Le conteneur shop-db-1 a disparu", en: "The container shop-db-1 is gone" },
    description: {
      fr:
        `Vu pour la dernière fois il y a ${time} (seuil : 5 minutes), après avoir tourné plus d'une heure : arrêté, ou supprimé. Si c'était voulu, l'alerte s'éteint d'elle-même après un jour.`,
      en:
        `Last seen ${time} ago (limit: 5 minutes), after it had run for more than an hour: stopped, or removed. If that was wanted, the alert ends by itself after a day.`,
    },
  } as const;
}

testRules(containerRules, CASES);
