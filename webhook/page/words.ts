/** What every page says. */

import type { Locale } from "../../lib/text.ts";

/** The words around the views. */
export interface Words {
  readonly now: string;
  readonly alerts: string;
  readonly silences: string;
  readonly dashboards: string;
  readonly delivery: string;
  readonly proof: string;
  readonly runbooks: string;
  readonly skip: string;
  readonly views: string;
  readonly theme: string;
  readonly themes: Readonly<Record<"light" | "dark" | "system", string>>;
  readonly language: string;
  readonly apply: string;
  readonly settings: string;
  readonly signOut: string;
  readonly roles: Readonly<Record<"viewer" | "operator" | "admin", string>>;
  readonly live: string;
  /** `{time}`: since when. */
  readonly cut: string;
  /** `{time}`: of when the data are. */
  readonly stale: string;
  readonly notFound: string;
  readonly notFoundText: string;
  readonly severities: Readonly<Record<"critical" | "warning" | "info" | "none", string>>;
}

/** In both languages. */
export const WORDS: Readonly<Record<Locale, Words>> = {
  fr: {
    now: "Maintenant",
    alerts: "Alertes",
    silences: "Silences",
    dashboards: "Tableaux de bord",
    delivery: "Envois",
    proof: "Preuve",
    runbooks: "Procédures",
    skip: "Aller au contenu",
    views: "Pages",
    theme: "Thème",
    themes: { light: "Clair", dark: "Sombre", system: "Du système" },
    language: "Langue",
    apply: "Appliquer",
    settings: "Affichage",
    signOut: "Se déconnecter",
    roles: { viewer: "lecture seule", operator: "opérateur", admin: "administrateur" },
    live: "En direct",
    cut: "Reconnexion depuis {time}",
    stale: "Plus en direct\u00a0: données de {time}",
    notFound: "Page introuvable",
    notFoundText: "Il n’y a rien à cette adresse.",
    severities: { critical: "critique", warning: "avertissement", info: "information", none: "sans gravité" },
  },
  en: {
    now: "Now",
    alerts: "Alerts",
    silences: "Silences",
    dashboards: "Dashboards",
    delivery: "Delivery",
    proof: "Proof",
    runbooks: "Runbooks",
    skip: "Skip to the content",
    views: "Pages",
    theme: "Theme",
    themes: { light: "Light", dark: "Dark", system: "The system’s" },
    language: "Language",
    apply: "Apply",
    settings: "Display",
    signOut: "Sign out",
    roles: { viewer: "read only", operator: "operator", admin: "administrator" },
    live: "Live",
    cut: "Reconnecting since {time}",
    stale: "No longer live: data of {time}",
    notFound: "Page not found",
    notFoundText: "There is nothing at this address.",
    severities: { critical: "critical", warning: "warning", info: "information", none: "no severity" },
  },
};
