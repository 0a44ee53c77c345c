/** A channel's own texts: Liquid templates, checked before they are used and bounded when they are. */

import type { TemplateInput, Templates } from "../messages/templates.ts";
import { createEngine, type EngineOptions, renderTemplates } from "./engine.ts";
import { parseTemplate, type TemplateProblem, unknownNames } from "./problems.ts";
import { scopeOf, type TemplateKey } from "./scope.ts";

export type { TemplateProblem } from "./problems.ts";
export type { TemplateKey } from "./scope.ts";

/** Sources of templates, in Liquid. */
export type TemplateSources = { readonly [Key in TemplateKey]?: string };

/** A template that cannot be used; the message says where and why. */
export class BadTemplate extends Error {
  override readonly name = "BadTemplate";
}

const KEYS: readonly TemplateKey[] = ["title", "alert", "text"];
// Longest source, characters.
const LONGEST_SOURCE = 20_000;
// Longest text, characters; nobody reads more, and what is longer was made by mistake.
const LONGEST_TEXT = 100_000;
// What the templates of one message may take together, whatever it is made of.
const MESSAGE_MS = 500;

/**
 * Templates that are ready to be used. What they give is plain text, not yet escaped for any destination.
 *
 * Each throws when it takes too long, or makes too much.
 *
 * @throws {BadTemplate} when one cannot be parsed.
 */
export function compileTemplates(sources: TemplateSources, options: EngineOptions = {}): Templates {
  const engine = createEngine(options);
  const spent = new WeakMap<object, number>();
  const compile = (key: TemplateKey) => {
    const source = sources[key];
    if (source === undefined) return undefined;
    const parsed = parseTemplate(engine, key, source);
    if (!Array.isArray(parsed)) throw new BadTemplate(problemText(parsed));
    return (input: TemplateInput): string => {
      const before = spent.get(input.message) ?? 0;
      if (before > MESSAGE_MS) {
        throw new RangeError(`The templates of one message take longer than ${MESSAGE_MS} ms`);
      }
      const start = performance.now();
      try {
        const text = renderTemplates(engine, parsed, scopeOf(input), input.message);
        if (text.length > LONGEST_TEXT) {
          throw new RangeError(`It gives more than ${LONGEST_TEXT} characters`);
        }
        return text;
      } finally {
        spent.set(input.message, before + performance.now() - start);
      }
    };
  };
  return { title: compile("title"), alert: compile("alert"), text: compile("text") };
}

/** Everything that is wrong with templates: what cannot be parsed, and names that stand for nothing. */
export function problemsOf(sources: TemplateSources): TemplateProblem[] {
  const engine = createEngine();
  return KEYS.flatMap((key) => {
    const source = sources[key];
    if (source === undefined) return [];
    if (source.length > LONGEST_SOURCE) {
      return [{ key, message: `Longer than ${LONGEST_SOURCE} characters`, line: 1, column: 1 }];
    }
    const parsed = parseTemplate(engine, key, source);
    return Array.isArray(parsed) ? unknownNames(key, parsed) : [parsed];
  });
}

/** `line 2, column 5: Unknown field …` */
export function problemText({ line, column, message }: TemplateProblem): string {
  return `line ${line}, column ${column}: ${message}`;
}
