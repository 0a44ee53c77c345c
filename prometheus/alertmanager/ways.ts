/** Every way that an alert may take through the tree, before it fires. */

import { compileMatchers, type Matcher, printMatcher } from "../../lib/matcher.ts";
import { type AlertShape, decide } from "./alert_shape.ts";
import { allRoutes, type RouteNode } from "./tree.ts";

/** One route that may take an alert. */
export interface Way {
  readonly route: RouteNode;
  /** Matchers on the way that depend on the alert; `[]` when it always takes this way. */
  readonly when: readonly Matcher[];
  /** Whether it takes this way only when none of the ways before took it. */
  readonly otherwise: boolean;
}

/** Judges single values of matchers; each matcher is compiled once. */
export type Fits = (matcher: Matcher, value: string) => boolean;

/**
 * A judge of the matchers in `nodes`.
 *
 * @throws {SyntaxError} when a regular expression is none.
 */
export async function compileFits(matchers: Iterable<Matcher>): Promise<Fits> {
  const judges = new Map<string, (value: string) => boolean>();
  for (const matcher of matchers) {
    const text = printMatcher(matcher);
    if (judges.has(text)) continue;
    const judge = await compileMatchers([matcher]);
    judges.set(text, (value) => judge({ [matcher.label]: value }));
  }
  return (matcher, value) => judges.get(printMatcher(matcher))!(value);
}

/** As `compileFits`, for every matcher of a tree. */
export function treeFits(root: RouteNode): Promise<Fits> {
  return compileFits(allRoutes(root).flatMap(({ matchers }) => matchers));
}

/** The ways of an alert, in the order in which Alertmanager tries them. */
export function waysOf(root: RouteNode, shape: AlertShape, fits: Fits): Way[] {
  return below(root, []);

  function below(node: RouteNode, when: readonly Matcher[]): Way[] {
    const ways: Way[] = [];
    let isTaken = false;
    let isBranched = false;
    for (const child of node.routes) {
      const { possible, open } = decide(child.matchers, shape, fits);
      const together = [...when, ...open.filter((matcher) => !when.some((each) => isSame(each, matcher)))];
      if (!possible || contradicts(together, fits)) continue;
      ways.push(...below(child, together).map((way) => ({ ...way, otherwise: way.otherwise || isBranched })));
      const isCertain = open.every((matcher) => when.some((each) => isSame(each, matcher)));
      isTaken ||= isCertain;
      if (isCertain && !child.continue) return ways;
      isBranched ||= !isCertain && !child.continue;
    }
    if (!isTaken) ways.push({ route: node, when, otherwise: ways.length > 0 });
    return ways;
  }
}

function isSame(a: Matcher, b: Matcher): boolean {
  return printMatcher(a) === printMatcher(b);
}

/** Whether matchers cannot hold together, as far as that shows: one asks for a value that another refuses. */
export function contradicts(matchers: readonly Matcher[], fits: Fits): boolean {
  return matchers.some((matcher) =>
    wantedValues(matcher)?.every((value) =>
      matchers.some((other) => other.label === matcher.label && !fits(other, value))
    )
  );
}

/** The only values that a matcher takes; undefined when there are too many to name. */
export function wantedValues({ operator, value }: Matcher): string[] | undefined {
  if (operator === "=") return [value];
  // Alternatives without any sign that means something in a regular expression.
  return operator === "=~" && /^[\w\- :/@%&,;<>='"!#~]*(?:\|[\w\- :/@%&,;<>='"!#~]*)*$/.test(value)
    ? value.split("|")
    : undefined;
}
