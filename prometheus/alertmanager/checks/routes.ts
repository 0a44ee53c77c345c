/** `alertmanager/shadowed-route`: every route takes an alert sometimes. */

import { type Matcher, printMatcher } from "../../../lib/matcher.ts";
import { type RouteNode, routeText } from "../tree.ts";
import { contradicts, type Fits, wantedValues } from "../ways.ts";
import { capital, type Fault, modelCheck, pathOf } from "./model.ts";

const CHANGE = "Correct its matchers, or move it, under `notify` in config.ts";

/**
 * A route whose matchers contradict one another or those of a route above it, and a route of which an earlier one takes every alert. Both never
 * tell anybody, and amtool takes them.
 */
export const shadowedRoute = modelCheck(
  {
    id: "alertmanager/shadowed-route",
    title: "Every route takes alerts",
    severity: "error",
  },
  ({ root, fits }) => below(root, [], fits),
);

function below(node: RouteNode, above: readonly Matcher[], fits: Fits): Fault[] {
  return node.routes.flatMap((child, i): Fault[] => {
    const together = [...above, ...child.matchers];
    const about = { path: pathOf(child), subject: child.receiver, cure: CHANGE };
    if (contradicts(together, fits)) {
      return [{
        ...about,
        message: `${capital(routeText(child))} never takes an alert: ${whyNever(together, fits)}`,
      }];
    }
    const earlier = node.routes.slice(0, i).find((other) =>
      !other.continue && other.matchers.every((matcher) => isImplied(matcher, together, fits))
    );
    if (earlier) {
      return [{
        ...about,
        message: `${capital(routeText(child))} to "${child.receiver}" never takes an alert: ${
          routeText(earlier)
        } before it takes them all`,
      }];
    }
    return below(child, together, fits);
  });
}

function whyNever(matchers: readonly Matcher[], fits: Fits): string {
  const [first, second] = matchers.flatMap((one) => {
    const other = matchers.find((each) => each !== one && contradicts([one, each], fits));
    return other ? [one, other] : [];
  });
  return first && second
    ? `${printMatcher(first)} and ${printMatcher(second)} contradict each other`
    : "its matchers and those above it contradict one another";
}

/** Whether whatever fits `given` fits `matcher` too. */
function isImplied(matcher: Matcher, given: readonly Matcher[], fits: Fits): boolean {
  const same = given.filter(({ label }) => label === matcher.label);
  if (same.some((other) => printMatcher(other) === printMatcher(matcher))) return true;
  if (matcher.operator === "=~" && matcher.value === ".*") return true;
  // Every alert has a name.
  const isThere = matcher.operator === "=~"
    ? matcher.value === ".+"
    : matcher.operator === "!=" && matcher.value === "";
  if (isThere && matcher.label === "alertname") return true;
  return same.some((other) => wantedValues(other)?.every((value) => fits(matcher, value)));
}
