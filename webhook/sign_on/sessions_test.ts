import { deepEqual, equal, notEqual } from "node:assert/strict";
import { join } from "node:path";
import { openSessionFile } from "./session_file.ts";
import { createSessions, type SessionsOptions } from "./sessions.ts";

const ANNA = { user: "anna", source: "ldap", groups: ["cn=sre"] } as const;
const HOUR_MS = 60 * 60_000;
const same = () => "";

function create(options: Partial<SessionsOptions> = {}) {
  const time = { now: 1_000_000_000 };
  const problems: string[] = [];
  const sessions = createSessions({
    limits: () => ({ idleMs: HOUR_MS, longestMs: 3 * HOUR_MS }),
    now: () => time.now,
    onProblem: (problem) => void problems.push(problem),
    ...options,
  });
  return { sessions, time, problems };
}

Deno.test("createSessions ends a session that is idle, and one that is old", () => {
  const { sessions, time } = create();
  const token = sessions.begin(ANNA);
  for (let i = 0; i < 5; i++) {
    time.now += HOUR_MS / 2;
    deepEqual(sessions.find(token, same), ANNA);
  }
  time.now += HOUR_MS / 2;
  equal(sessions.find(token, same), undefined, "three hours");
  const idle = sessions.begin(ANNA);
  time.now += HOUR_MS;
  equal(sessions.count(), 0);
  equal(sessions.find(idle, same), undefined);
});

Deno.test("createSessions knows no token but its own, and none twice", () => {
  const { sessions } = create();
  const [first, second] = [sessions.begin(ANNA), sessions.begin(ANNA)];
  notEqual(first, second);
  for (const token of ["", "x", first.slice(1), `${first}=`, first.toUpperCase(), "__proto__"]) {
    equal(sessions.find(token, same), undefined);
  }
  deepEqual(sessions.end(first), ANNA);
  equal(sessions.find(first, same), undefined);
  equal(sessions.end(first), undefined);
  deepEqual(sessions.find(second, same), ANNA);
});

Deno.test("createSessions ends a session whose user signs in with something else now, or may not any more", () => {
  const { sessions } = create();
  const [first, second] = [sessions.begin(ANNA, "old"), sessions.begin(ANNA, "old")];
  equal(sessions.find(first, () => "new"), undefined);
  equal(sessions.find(first, () => "old"), undefined);
  equal(sessions.find(second, () => undefined), undefined);
});

Deno.test("createSessions keeps a bounded number of one user's, the latest", () => {
  const { sessions, time } = create();
  const tokens = Array.from({ length: 60 }, () => {
    time.now++;
    return sessions.begin(ANNA);
  });
  equal(sessions.count(), 50);
  equal(sessions.find(tokens[0]!, same), undefined);
  deepEqual(sessions.find(tokens[59]!, same), ANNA);
});

Deno.test("createSessions signs nobody out by a restart, and keeps no token", async () => {
  const directory = await Deno.makeTempDir();
  const path = join(directory, "sessions.sqlite");
  try {
    const open = () =>
      openSessionFile(path, (problem) => {
        throw new Error(problem);
      });
    const first = create({ open });
    const [kept, ended] = [first.sessions.begin(ANNA, "secret"), first.sessions.begin(ANNA, "secret")];
    first.sessions.end(ended);
    first.sessions.close();
    equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    const bytes = new TextDecoder("latin1").decode(await Deno.readFile(path));
    for (const secret of [kept, ended, "secret"]) equal(bytes.includes(secret), false);

    const second = create({ open });
    equal(second.sessions.find(ended, () => "secret"), undefined);
    deepEqual(second.sessions.find(kept, () => "secret"), ANNA);
    second.sessions.close();
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("openSessionFile begins a damaged file anew and says so; without one sessions are in memory", async () => {
  const directory = await Deno.makeTempDir();
  const path = join(directory, "sessions.sqlite");
  try {
    await Deno.writeTextFile(path, "not a database, and long enough to be taken for a damaged one");
    const problems: string[] = [];
    const file = openSessionFile(path, (problem) => void problems.push(problem));
    deepEqual(file.all(), []);
    file.close();
    equal(problems.length, 1);
    const { sessions, problems: told } = create({
      open: () => openSessionFile(join(path, "below"), () => {}),
    });
    deepEqual(sessions.find(sessions.begin(ANNA), same), ANNA);
    equal(told.length, 1);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
