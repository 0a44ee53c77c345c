/** The generated parts of docs/security.md: what each task may, and what `doctor --security` looks for. */

import { RULES } from "../../tasks/security/mod.ts";
import { tasksWithPermissions } from "./permissions.ts";

/** A table of the tasks and their permissions. */
export async function permissionTable(): Promise<string> {
  const rows = (await tasksWithPermissions()).map(({ task, flags }) => {
    const cell = (name: string) => {
      const given = flags.get(name);
      return given === undefined ? "" : given === "" ? "all" : given.replaceAll(",", ", ");
    };
    return `| \`${task}\` | ${["read", "write", "env", "run", "net", "sys"].map(cell).join(" | ")} |`;
  });
  return [
    "| Task | Read | Write | Environment | Run | Network | System |",
    "| - | - | - | - | - | - | - |",
    ...rows,
  ].join("\n");
}

/** Tables of the rules, one for each engine. */
export function ruleTables(): string {
  const common = new Set(RULES.docker.filter((rule) => RULES.local.includes(rule)));
  const table = (title: string, rules: readonly (typeof RULES.docker)[number][]) =>
    [
      `### ${title}`,
      "",
      "| Id | Severity | What holds | See |",
      "| - | - | - | - |",
      ...rules.map(({ id, severity, title, reference }) =>
        `| \`${id}\` | ${severity} | ${title} | ${reference} |`
      ),
    ].join("\n");
  return [
    table("On Docker", RULES.docker.filter((rule) => !common.has(rule))),
    table("On the local engine", RULES.local.filter((rule) => !common.has(rule))),
    table("On both", [...common]),
  ].join("\n\n");
}
