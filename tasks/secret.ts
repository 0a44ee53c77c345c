/** `deno task secret`: the secrets of the stack. It shows none. */

import { dirname } from "node:path";
import pc from "picocolors";
import { nearest } from "../lib/nearest.ts";
import { secretName, secretRefText } from "../lib/secret_ref.ts";
import { type Command, type Ending, EXIT, Failure, type Invocation, main, UsageError } from "./cli.ts";
import { pathText } from "./config_issue.ts";
import { readRecord, type StackRecord } from "./engine/choose.ts";
import { settleGrafanaPassword } from "./grafana_password.ts";
import { loadConfig } from "./load_config.ts";
import { formatTable } from "./report.ts";
import { isGiven, type SecretNeed, secretNeedsOf } from "./secret_needs.ts";
import { readSecret } from "./secret_input.ts";
import { type KnownSecret, madeName, secretOverview } from "./secret_overview.ts";
import { listStored, removeStored, writeStored } from "./secret_store.ts";
import { renewSecret } from "./secrets.ts";
import { type Stack, urlsOf } from "./stack.ts";
import { lockState } from "./state_directory.ts";
import { formatAge } from "./status.ts";

const WORDS = 'expected "list", "set NAME", "rotate NAME" or "remove NAME"';

/** What the command line asks for. */
export interface SecretAction {
  readonly word: "list" | "set" | "rotate" | "remove";
  /** `""` for `list`. */
  readonly name: string;
}

/** The command. */
export const secretTask: Command = {
  name: "secret",
  summary: "set, list, rotate and remove the secrets of the stack; it shows none of them",
  usage: "[list | set NAME | rotate NAME | remove NAME]",
  maxArgs: 2,
  examples: [
    "secret set slack-url",
    "secret set slack-url < slack-url.txt",
    "secret list",
    "secret rotate grafana/admin-password",
    "secret remove slack-url",
  ],
  async run(invocation) {
    const action = actionOf(invocation.args);
    const stack = await stackOf(invocation);
    switch (action.word) {
      case "list":
        return await list(stack, invocation);
      case "remove":
        return await remove(action.name, stack, invocation);
      case "rotate": {
        const made = needsOf(stack).find((need) => !isGiven(need) && madeName(need) === action.name);
        if (made) return await renew(made, invocation);
        await refuseUnknown(action.name, stack, invocation);
      }
    }
    return await set(action, stack, invocation);
  },
};

/**
 * What the command line asks for.
 *
 * @throws {UsageError} when that is not clear.
 */
export function actionOf([word = "list", name]: readonly string[]): SecretAction {
  if (word === "list" && name === undefined) return { word: "list", name: "" };
  if (word !== "set" && word !== "rotate" && word !== "remove") {
    throw new UsageError(`Cannot use the argument "${word === "list" ? name : word}": ${WORDS}`);
  }
  if (name === undefined) throw new UsageError(`Cannot ${word} a secret without its name: ${WORDS}`);
  // What is made is called by its service as well.
  const parts = word === "rotate" ? name.split("/", 2) : [name];
  if (parts.join("/") === name && parts.every((part) => secretName.safeParse(part).success)) {
    return { word, name };
  }
  // It may be the secret itself, given by mistake: it is not repeated.
  throw new UsageError(
    `Cannot ${word} a secret of that name: expected lower-case letters, digits, "-", "_" and ".", at most 63, such as "slack-url"`,
  );
}

/** What config.ts says, or what was brought up last; undefined without either: a secret may be set before there is a config.ts. */
async function stackOf({ config, stateDir, progress }: Invocation): Promise<Stack | undefined> {
  try {
    return (await loadConfig(config, { stateDir, machine: false })).stack;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const record = await readRecord(stateDir);
    progress.warn(
      `${error.message.split("\n")[0]}: ${
        record ? "what was brought up last is gone by" : "what uses which secret is not known"
      }`,
    );
    return record?.stack;
  }
}

/** Of both engines: which one it will be does not matter here. */
function needsOf(stack: Stack | undefined): SecretNeed[] {
  return stack ? secretNeedsOf(stack, { engine: "docker" }) : [];
}

async function withLock<T>({ stateDir, signal, progress }: Invocation, body: () => Promise<T>): Promise<T> {
  const onWait = () => progress.step("wait for another task that works on this stack");
  using _lock = await lockState(stateDir, { signal, onWait });
  return await body();
}

/** `set`, and `rotate` of what was set. */
async function set(
  { word, name }: SecretAction,
  stack: Stack | undefined,
  invocation: Invocation,
): Promise<Ending> {
  const question = `${word === "rotate" ? "New value" : "Value"} of ${name} (not shown): `;
  // Before the lock: as long as somebody types, no other task has to wait.
  const text = await readSecret(question, invocation);
  const users = needsOf(stack).filter(({ from }) => "secret" in from && from.secret === name);
  for (const { from, wanted, config = [] } of users) {
    const expected = wanted?.(text);
    if (expected === undefined || !("secret" in from)) continue;
    throw new Failure(
      `Cannot use what was given as ${secretRefText(from)}, for ${pathText(config)}: expected ${expected}`,
      EXIT.usage,
      "nothing was changed: give it again",
    );
  }
  const kept = word === "rotate" ? users.find(({ keep }) => keep !== undefined) : undefined;
  if (kept) invocation.progress.warn(`Keep the value that ${name} had: ${kept.keep!.reason}`);
  await withLock(invocation, () => writeStored(invocation.stateDir, name, text));
  const { print, stateDir } = invocation;
  print(`${pc.bold(name)} is ${word === "rotate" ? "changed" : "set"}`);
  if (stack && users.length === 0) {
    print(`Nothing in config.ts uses it yet: name it there with secret("${name}")`);
  }
  for (const { service, config = [] } of users) print(`  ${service} uses it: ${pathText(config)}`);
  const applies = users.length > 0 && (await readRecord(stateDir))?.running === true;
  if (applies) print("`deno task up` hands it to the services that run");
  const usedBy = users.map(({ service, config = [] }) => ({ service, config: pathText(config) }));
  return { code: EXIT.done, json: { name, action: word, usedBy, ...(applies && { next: "up" }) } };
}

/** `rotate` of what Vigie makes. */
async function renew(need: SecretNeed, invocation: Invocation): Promise<Ending> {
  const { stateDir, print, signal } = invocation;
  const name = madeName(need);
  if (need.keep !== undefined) {
    throw new Failure(`Cannot rotate ${name}: ${need.keep.reason}`, EXIT.usage, need.keep.cure);
  }
  return await withLock(invocation, async () => {
    const record = await readRecord(stateDir);
    await renewSecret(need, stateDir, record?.engine ?? "local");
    print(`${pc.bold(name)} has a new value`);
    const applied = record?.running && need.service === "grafana" && await settle(record, stateDir, signal);
    const next = record?.running && !applied;
    if (applied) print("Grafana has it, as a login showed");
    if (next) print("`deno task up` hands it to the services that run");
    return {
      code: EXIT.done,
      json: { name, action: "rotate", applied: applied === true, ...(next && { next: "up" }) },
    };
  });
}

/** @returns whether Grafana runs, and has its new password. */
async function settle(
  { stack, engine, leftOut }: StackRecord,
  stateDir: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (!stack.services.grafana || leftOut.grafana !== undefined) return false;
  const url = urlsOf(stack).grafana;
  await settleGrafanaPassword({
    url,
    user: stack.grafana.adminUser,
    stateDir,
    stack: stack.name,
    engine,
    signal,
  });
  return true;
}

async function remove(name: string, stack: Stack | undefined, invocation: Invocation): Promise<Ending> {
  const { stateDir, print } = invocation;
  const user = needsOf(stack).find(({ from }) => "secret" in from && from.secret === name);
  if (user) {
    throw new Failure(
      `Cannot remove the secret "${name}": ${pathText(user.config ?? [])} uses it`,
      EXIT.usage,
      "take it out of config.ts first",
    );
  }
  if (!await withLock(invocation, () => removeStored(stateDir, name))) {
    await refuseUnknown(name, undefined, invocation);
  }
  print(`${pc.bold(name)} is removed`);
  return { code: EXIT.done, json: { name, action: "remove" } };
}

async function refuseUnknown(
  name: string,
  stack: Stack | undefined,
  { stateDir }: Invocation,
): Promise<void> {
  const stored = (await listStored(stateDir)).map((each) => each.name);
  if (stored.includes(name)) return;
  const needs = needsOf(stack);
  const made = needs.filter((need) => !isGiven(need)).map(madeName);
  const near = nearest(name, [...stored, ...made]);
  throw new Failure(
    `There is no secret "${name}" in the store${near === undefined ? "" : `: did you mean "${near}"?`}`,
    EXIT.usage,
    "`deno task secret list` names them all; one in a file, a variable or a password manager is changed there",
  );
}

async function list(stack: Stack | undefined, invocation: Invocation): Promise<Ending> {
  const { stateDir, config, print } = invocation;
  const target = { engine: "docker" as const, stateDir, configDir: dirname(config) };
  const secrets = stack
    ? await secretOverview(stack, target)
    : (await listStored(stateDir)).map((each): KnownSecret => ({
      ...each,
      source: "store",
      isSet: true,
      uses: [],
    }));
  print(formatSecrets(secrets, Date.now()));
  return {
    code: EXIT.done,
    json: {
      secrets: secrets.map(({ name, source, isSet, setMs, uses }) => ({
        name,
        source,
        set: isSet ?? null,
        setAt: setMs === undefined ? null : new Date(setMs).toISOString(),
        usedBy: uses,
      })),
    },
  };
}

/** The secrets as a table. @param nowMs Now, milliseconds since 1970. */
export function formatSecrets(secrets: readonly KnownSecret[], nowMs: number): string {
  if (secrets.length === 0) return "There are no secrets";
  const rows = secrets.map(({ name, source, isSet, setMs, uses }) => [
    isSet === false ? pc.red(name) : name,
    source,
    isSet === false
      ? pc.red(source === "made" ? "made by up" : "not set")
      : isSet === undefined
      ? "asked by up"
      : "set",
    setMs === undefined ? "" : formatAge(nowMs - setMs),
    uses.length === 0
      ? "unused"
      : uses.map(({ service, config }) => config ? `${service}: ${config}` : service).join(", "),
  ]);
  return formatTable([["NAME", "FROM", "STATE", "AGE", "USED BY"].map((head) => pc.dim(head)), ...rows]);
}

if (import.meta.main) await main(secretTask);
