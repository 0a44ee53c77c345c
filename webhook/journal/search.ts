/** What full-text search goes by: words. The index, and what is not in it yet, are searched by the same rules. */

import type { Alert } from "../payload.ts";

// What is longer is no word, and an index of such would be as large as the texts.
const LONGEST_WORD = 64;
// Of an alert with texts without end, this much can be found.
const LONGEST_TEXT = 16_384;
/** Stands at the end of a text that was cut: what its alert holds can only be told from the alert itself. */
const CUT = "andmoreofthesame";
// A single letter begins so many words that it says nothing, and to find them all takes long.
const SHORTEST_BEGINNING = 2;

/** How the index tells words apart: by the spaces between them, as they are put there here. */
export const TOKENIZER = "ascii";

/**
 * What an alert is found by: the words of its label values and annotations, lower-case and without accents, a space around each. Behind
 * them follow the parts of words in camel case, so that `disk` finds `HostDiskFull`.
 */
export function searchText({ labels, annotations }: Pick<Alert, "labels" | "annotations">): string {
  const text = [...Object.values(labels), ...Object.values(annotations)].join("\n");
  const words = wordsOf(text.slice(0, LONGEST_TEXT));
  const parts = words.filter((word) => BOUNDARY.test(word)).map(partsOf);
  const cut = text.length > LONGEST_TEXT ? ` ${CUT}` : "";
  return ` ${[...words.map(plain), ...parts].join(" ")}${cut} `;
}

/** What is searched for. */
export interface Search {
  /** As a query of FTS5. */
  readonly match: string;
  /** Whether it is found in what `searchText` gave. */
  test(text: string): boolean;
}

/**
 * Understands what a person searches for: every term, with a space between two, must be there. A term is found where its words stand
 * side by side; its last one may be the beginning of a word.
 *
 * @returns undefined when it holds no word.
 */
export function parseSearch(query: string): Search | undefined {
  const terms = query.split(/\s+/).map((term) => {
    const words = wordsOf(term);
    const forms = new Set([words.map(plain).join(" "), words.map(partsOf).join(" ")]);
    return [...forms].filter((form) => form !== "").map((form) => {
      const open = form.length - (form.lastIndexOf(" ") + 1) >= SHORTEST_BEGINNING;
      return { match: `"${form}"${open ? " *" : ""}`, text: ` ${form}${open ? "" : " "}` };
    });
  }).filter((forms) => forms.length > 0);
  if (terms.length === 0) return undefined;
  return {
    match: terms.map((forms) => `(${forms.map(({ match }) => match).join(" OR ")})`).join(" AND "),
    test: (searched) => terms.every((forms) => forms.some(({ text }) => searched.includes(text))),
  };
}

/**
 * What the index must hold of an alert that has the label values `values`, as a query of FTS5: it finds all of these, and others.
 *
 * @returns undefined when they hold no word.
 */
export function matchOfValues(values: readonly string[]): string | undefined {
  const phrases = values.map((value) => wordsOf(value).map(plain).join(" ")).filter((phrase) =>
    phrase !== ""
  );
  if (phrases.length === 0) return undefined;
  return `(("${phrases.join('" AND "')}") OR "${CUT}")`;
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
// A small letter or digit before a capital, or a capital before one that begins a word: HostDisk, HTTPError.
const BOUNDARY = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
const ASCII = /^[0-9A-Za-z]*$/;

function wordsOf(text: string): string[] {
  return (text.match(WORD) ?? []).filter((word) => plain(word) !== "");
}

/** A word without what tells its forms apart; `""` for marks that stand alone. */
function plain(word: string): string {
  if (ASCII.test(word)) return word.slice(0, LONGEST_WORD).toLowerCase();
  const bare = word.toLowerCase().normalize("NFKD").replace(/[^\p{L}\p{N}]/gu, "");
  return bare.slice(0, LONGEST_WORD).toWellFormed();
}

function partsOf(word: string): string {
  return word.split(BOUNDARY).map(plain).filter((part) => part !== "").join(" ");
}
