/** What the sign-in pages say. */

import type { Locale } from "../../lib/text.ts";
import type { Role } from "./role.ts";

/** Why somebody is shown the sign-in page again. */
export type Notice =
  | "wrong"
  | "no-role"
  | "wait"
  | "unavailable"
  | "provider"
  | "canceled"
  | "expired"
  | "signed-out";

interface Words {
  readonly title: string;
  readonly lead: string;
  readonly user: string;
  readonly password: string;
  readonly submit: string;
  readonly or: string;
  readonly provider: (name: string) => string;
  readonly notices: Readonly<Record<Notice, string>>;
  readonly waitFor: (minutes: number) => string;
  readonly signedIn: (user: string) => string;
  readonly roles: Readonly<Record<Role, string>>;
  readonly go: string;
  readonly signOut: string;
  readonly forbidden: string;
  readonly forbiddenText: (role: string) => string;
}

const FR: Words = {
  title: "Connexion",
  lead: "Connectez-vous pour accéder à la supervision.",
  user: "Identifiant",
  password: "Mot de passe",
  submit: "Se connecter",
  or: "ou",
  provider: (name) => `Se connecter avec ${name}`,
  notices: {
    wrong: "Identifiant ou mot de passe incorrect.",
    "no-role":
      "Vous êtes bien identifié, mais aucun de vos groupes ne donne accès à cette supervision. Adressez-vous à ses administrateurs.",
    wait: "Trop de tentatives.",
    unavailable: "L'annuaire ne répond pas. Les comptes locaux restent utilisables.",
    provider:
      "La connexion auprès du fournisseur d'identité a échoué. Réessayez, ou utilisez un compte local.",
    canceled: "La connexion a été annulée.",
    expired: "Cette page a expiré, ou votre navigateur refuse les cookies. Réessayez.",
    "signed-out": "Vous êtes déconnecté.",
  },
  waitFor: (minutes) => `Réessayez dans ${minutes === 1 ? "une minute" : `${minutes} minutes`}.`,
  signedIn: (user) => `Vous êtes connecté en tant que ${user}.`,
  roles: { viewer: "Lecture seule", operator: "Opérateur", admin: "Administrateur" },
  go: "Continuer",
  signOut: "Se déconnecter",
  forbidden: "Accès refusé",
  forbiddenText: (role) => `Votre rôle (${role}) ne permet pas cette action.`,
};

const EN: Words = {
  title: "Sign in",
  lead: "Sign in to see the monitoring.",
  user: "User name",
  password: "Password",
  submit: "Sign in",
  or: "or",
  provider: (name) => `Sign in with ${name}`,
  notices: {
    wrong: "Wrong user name or password.",
    "no-role":
      "We know who you are, but none of your groups may see this monitoring. Ask its administrators.",
    wait: "Too many attempts.",
    unavailable: "The directory does not answer. Local accounts still work.",
    provider: "Signing in at the identity provider failed. Try again, or use a local account.",
    canceled: "Signing in was cancelled.",
    expired: "This page has expired, or your browser refuses cookies. Try again.",
    "signed-out": "You are signed out.",
  },
  waitFor: (minutes) => `Try again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`,
  signedIn: (user) => `You are signed in as ${user}.`,
  roles: { viewer: "Read only", operator: "Operator", admin: "Administrator" },
  go: "Continue",
  signOut: "Sign out",
  forbidden: "Access denied",
  forbiddenText: (role) => `Your role (${role}) does not allow this.`,
};

/** The words of each language. */
export const WORDS: Readonly<Record<Locale, Words>> = { fr: FR, en: EN };

/** The language that a reader prefers among those that there are (RFC 9110, 12.5.4); the stack's own when none of them is named. */
export function localeFor(acceptLanguage: string | null | undefined, own: Locale): Locale {
  const wanted = (acceptLanguage ?? "").split(",").map((range) => {
    const [tag = "", ...parameters] = range.trim().toLowerCase().split(";");
    const weight = parameters.map((each) => /^\s*q=([\d.]+)$/.exec(each)?.[1]).find((q) => q !== undefined);
    return { language: tag.split("-")[0], weight: weight === undefined ? 1 : Number(weight) };
  }).filter(({ language, weight }) => (language === "fr" || language === "en") && weight > 0)
    .sort((a, b) => b.weight - a.weight);
  return (wanted[0]?.language as Locale | undefined) ?? own;
}
