/** A language that alerts, dashboards and messages can be in. */
export type Locale = "fr" | "en";

/** The same sentence in every language. */
export type Text = Readonly<Record<Locale, string>>;
