import assert from "node:assert/strict";
import { findSecrets, maskSecrets } from "./secrets.ts";

// Made up, and put together here so that scanners of this repository find none.
const made = (...parts: readonly string[]) => parts.join("");
const SLACK = made("xoxb", "-123456789012-1234567890123-", "abcdefghijklmnopqrstuvwx");

const SECRETS: readonly [text: string, secret: string, kind: string][] = [
  [`token is ${SLACK} here`, SLACK, "a slack token"],
  [
    made("url: https://hooks.slack.com/services/", "T00000000/B00000000/", "abcdefghijklmnopqrstuvwx"),
    made("https://hooks.slack.com/services/", "T00000000/B00000000/", "abcdefghijklmnopqrstuvwx"),
    "a Slack Incoming webhook",
  ],
  [
    made("a gh", "p_16C7e42F292c6912E7710c838347Ae178B4a"),
    made("gh", "p_16C7e42F292c6912E7710c838347Ae178B4a"),
    "a GitHub token",
  ],
  [
    "https://user:hunter2pass@example.org/",
    "https://user:hunter2pass@example.org",
    "a password in an address",
  ],
  [
    made("123456789", ":AAF-abcdefghijklmnopqrstuvwxyz_0123"),
    made("123456789", ":AAF-abcdefghijklmnopqrstuvwxyz_0123"),
    "a Telegram bot's token",
  ],
  [
    "      GF_SECURITY_ADMIN_PASSWORD: correct-horse",
    "correct-horse",
    'the value of "GF_SECURITY_ADMIN_PASSWORD"',
  ],
  ["- SMTP_PASSWORD=correct-horse", "correct-horse", 'the value of "SMTP_PASSWORD"'],
  ['  "token": "hunter2hunter",', "hunter2hunter", 'the value of "token"'],
  [
    made('x: "q8Zr2LpX', 'v9TbN4wKc7YdJ1sHfG6mQe3R"'),
    made("q8Zr2LpX", "v9TbN4wKc7YdJ1sHfG6mQe3R"),
    "a key: it is long and random",
  ],
];

for (const [text, secret, kind] of SECRETS) {
  Deno.test(`findSecrets finds ${kind}`, async () => {
    const [found, ...others] = await findSecrets(text);
    assert.deepEqual(others, []);
    assert.equal(text.slice(found!.from, found!.to), secret);
    assert.equal(found!.kind, kind);
  });
}

Deno.test("findSecrets takes paths, templates, digests, metrics and addresses for none", async () => {
  const text = `passwordFile: secrets/smtp
password_file: /run/secrets/vigie/smtp
GF_SECURITY_ADMIN_PASSWORD__FILE: /run/secrets/vigie/admin-password
token: "{{ $labels.token }}"
password: \${PASSWORD}
bypass: oncall-by-mail
image: prom/x@sha256:${"0123456789abcdef".repeat(4)}
expr: prometheus_remote_storage_highest_timestamp_in_seconds
command: --collector.filesystem.mount-points-exclude=^/(dev|proc|run/credentials/.+)
url: https://example.org/d/vigie-host?var-instance={{ $labels.instance | urlquery }}
secret: true
uid: vigie-alerts-and-a-rather-long-name-of-it
`;
  assert.deepEqual(await findSecrets(text), []);
});

Deno.test("maskSecrets keeps the text's length and everything else", async () => {
  const text = `a: 1\ntoken: ${SLACK}\nb: 2`;
  assert.equal(await maskSecrets(text), `a: 1\ntoken: ${"*".repeat(SLACK.length)}\nb: 2`);
});
