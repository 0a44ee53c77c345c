/** What the dashboards say around what their models say. */

import type { Locale } from "../../../lib/text.ts";

/** The words of the dashboards. */
export interface DashboardWords {
  readonly title: string;
  readonly none: string;
  readonly unknown: string;
  readonly unknownText: string;
  readonly unreadable: string;
  readonly panels: (count: number) => string;
  readonly inGrafana: string;
  readonly controls: string;
  readonly range: string;
  readonly last: (range: string) => string;
  readonly custom: string;
  readonly from: string;
  readonly to: string;
  readonly momentHint: string;
  readonly badRange: string;
  readonly apply: string;
  readonly refresh: string;
  readonly never: string;
  readonly every: (span: string) => string;
  readonly now: string;
  readonly earlier: string;
  readonly later: string;
  readonly wider: string;
  readonly all: string;
  readonly chosen: (count: number) => string;
  readonly about: string;
  readonly noCurves: string;
  readonly showValues: string;
  readonly newest: string;
  readonly notDrawn: (type: string) => string;
  readonly partly: (what: string) => string;
  readonly openGrafana: string;
  readonly noGrafana: string;
  readonly rowsLeft: (count: number) => string;
  readonly loading: string;
  /** `#` stands for how many. */
  readonly tooMany: string;
  readonly keys: string;
  readonly series: string;
  readonly value: string;
  readonly outside: string;
  readonly cannotLoad: string;
  readonly noValueName: string;
  readonly threshold: string;
}

/** In both languages. */
export const WORDS: Readonly<Record<Locale, DashboardWords>> = {
  fr: {
    title: "Tableaux de bord",
    none: "Il n’y a pas de tableau de bord : la pile n’en a pas généré à côté de webhook.json.",
    unknown: "Tableau de bord introuvable",
    unknownText: "Aucun tableau de bord n’a cet identifiant.",
    unreadable: "Fichiers illisibles",
    panels: (count) => `${count} panneau${count > 1 ? "x" : ""}`,
    inGrafana: "Ouvrir dans Grafana",
    controls: "Réglages",
    range: "Période",
    last: (range) => `Depuis ${range}`,
    custom: "Autre période",
    from: "De",
    to: "À",
    momentHint: "now-6h, ou 2026-01-31 14:00 (UTC)",
    badRange: "Cette période ne peut pas être lue : la période habituelle est montrée.",
    apply: "Appliquer",
    refresh: "Actualiser",
    never: "jamais",
    every: (span) => `toutes les ${span}`,
    now: "maintenant",
    earlier: "Période précédente",
    later: "Période suivante",
    wider: "Période plus large",
    all: "Tous",
    chosen: (count) => `${count} choisis`,
    about: "Ce que montre ce panneau",
    noCurves: "Les courbes ont besoin de script.",
    showValues: "Montrer les dernières valeurs à la place",
    newest: "Dernières valeurs",
    notDrawn: (type) => `Les panneaux du type « ${type} » ne sont pas dessinés ici.`,
    partly: (what) => `Dessiné sans : ${what}.`,
    openGrafana: "Le voir dans Grafana",
    noGrafana: "Grafana, qui le montrerait, n’est pas en marche.",
    rowsLeft: (count) => `${count} lignes de plus ne sont pas montrées.`,
    loading: "Chargement…",
    tooMany: "# courbes de plus ne sont pas dessinées",
    keys: "Glisser pour agrandir, double clic pour revenir",
    series: "Série",
    value: "Valeur",
    outside: "nouvel onglet",
    cannotLoad: "Chargement impossible",
    noValueName: "aucune donnée",
    threshold: "seuil",
  },
  en: {
    title: "Dashboards",
    none: "There is no dashboard: the stack generated none beside webhook.json.",
    unknown: "Dashboard not found",
    unknownText: "No dashboard has this identifier.",
    unreadable: "Files that cannot be read",
    panels: (count) => `${count} panel${count === 1 ? "" : "s"}`,
    inGrafana: "Open in Grafana",
    controls: "Settings",
    range: "Time range",
    last: (range) => `Last ${range}`,
    custom: "Another range",
    from: "From",
    to: "To",
    momentHint: "now-6h, or 2026-01-31 14:00 (UTC)",
    badRange: "This time range cannot be read: the usual one is shown.",
    apply: "Apply",
    refresh: "Refresh",
    never: "never",
    every: (span) => `every ${span}`,
    now: "now",
    earlier: "Earlier",
    later: "Later",
    wider: "Wider",
    all: "All",
    chosen: (count) => `${count} chosen`,
    about: "What this panel shows",
    noCurves: "Curves need script.",
    showValues: "Show the newest values instead",
    newest: "Newest values",
    notDrawn: (type) => `Panels of the kind "${type}" are not drawn here.`,
    partly: (what) => `Drawn without: ${what}.`,
    openGrafana: "See it in Grafana",
    noGrafana: "Grafana, which would show it, does not run.",
    rowsLeft: (count) => `${count} more rows are not shown.`,
    loading: "Loading…",
    tooMany: "# more series are not drawn",
    keys: "Drag to zoom in, double click to go back",
    series: "Series",
    value: "Value",
    outside: "new tab",
    cannotLoad: "Cannot load",
    noValueName: "no data",
    threshold: "threshold",
  },
};
