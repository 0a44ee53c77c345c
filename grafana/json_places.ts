/** Where each value of a JSON text stands, so that a problem can name its line. */

/** Keys and indices that lead to a value. */
export type JsonPath = readonly (string | number)[];

/** A place in a text, counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * Finds values in `text`.
 *
 * @param text JSON that `JSON.parse` accepts.
 * @returns for a path the offset of its value's first character, or undefined when there is no such value.
 */
export function jsonPlaces(text: string): (path: JsonPath) => number | undefined {
  const offsets = new Map<string, number>();
  const tokens = [...text.matchAll(TOKEN)];
  let next = 0;
  const value = (path: JsonPath): void => {
    const [[token], offset] = [tokens[next]!, tokens[next]!.index];
    next++;
    offsets.set(JSON.stringify(path), offset);
    if (token !== "{" && token !== "[") return;
    for (let i = 0; !"}]".includes(tokens[next]![0]); i++) {
      if (token === "[") value([...path, i]);
      else {
        const key: string = JSON.parse(tokens[next]![0]);
        next += 2;
        value([...path, key]);
      }
      if (tokens[next]![0] === ",") next++;
    }
    next++;
  };
  if (tokens.length > 0) value([]);
  return (path) => offsets.get(JSON.stringify(path));
}

/** Line and column of a character of `text`. */
export function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

/** Every value below `value`, itself first, with its path. */
export function* walk(value: unknown, path: JsonPath = []): Generator<{ path: JsonPath; value: unknown }> {
  yield { path, value };
  if (typeof value !== "object" || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    yield* walk(item, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}
