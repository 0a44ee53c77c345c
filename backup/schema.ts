/** What config.ts says about backups. */

import * as z from "zod";
import { duration } from "../lib/schema.ts";
import { secretRef } from "../lib/secret_ref.ts";

const COUNT = "expected a number of backups to keep, from 0 to 10000";
const count = z.int(COUNT).min(0, COUNT).max(10_000, COUNT);
const REPOSITORY =
  'expected a directory, or a repository as restic names it, such as "sftp:user@host:/srv/vigie" or "s3:https://s3.example.org/vigie"';
const SHARE = 'expected a share of the repository, such as "5%"';
const VARIABLE =
  "expected a variable that restic reads its credentials from, such as AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY";
// Who may set PATH or LD_PRELOAD of a program runs what he likes.
const CREDENTIAL =
  /^(AWS|AZURE|B2|GOOGLE|GS|OS|ST|RCLONE|RESTIC_REST|RESTIC_AWS|HTTPS?|https?|NO|no)_[A-Za-z0-9_]+$/;

/** How many backups are kept, the newest of each time first; none of them is removed when every count is 0. */
const keep = z.strictObject({
  /** The newest ones, whenever they were made. */
  last: count.default(3).describe("The newest ones, whenever they were made."),
  /** The newest of each of so many hours. */
  hourly: count.default(0).describe("The newest of each of so many hours."),
  /** The newest of each of so many days. */
  daily: count.default(7).describe("The newest of each of so many days."),
  /** The newest of each of so many weeks. */
  weekly: count.default(5).describe("The newest of each of so many weeks."),
  /** The newest of each of so many months. */
  monthly: count.default(12).describe("The newest of each of so many months."),
  /** The newest of each of so many years. */
  yearly: count.default(0).describe("The newest of each of so many years."),
});

/** The configuration's slice about backups. */
export const backupSchema = z.strictObject({
  /** How often; a backup that was missed, as the machine was off, is made up for. */
  every: duration.default("1d").describe(
    "How often; a backup that was missed, as the machine was off, is made up for.",
  ),
  /** How many backups are kept: the newest of each day, week and month. */
  keep: keep.prefault({}).describe("How many backups are kept: the newest of each day, week and month."),
  /** Where to: a directory, relative to config.ts, or a repository as restic names it (`sftp:`, `s3:`, `rest:` …); below the state directory when left out. */
  repository: z.string(REPOSITORY).trim().min(1, REPOSITORY).refine(
    (text) => !text.startsWith("-"),
    REPOSITORY,
  )
    .refine((text) => !/^\w+:(\w+:)?\/\/[^/@\s]*:[^/@\s]*@/.test(text), {
      error: "expected a repository without a password in its URL: give it by `credentials`",
    }).optional().describe(
      "Where to: a directory, relative to config.ts, or a repository as restic names it (`sftp:`, `s3:`, `rest:` …); below the state directory when left out.",
    ),
  /** What the repository is encrypted with; made on the first backup when left out. */
  password: secretRef.optional().describe(
    "What the repository is encrypted with; made on the first backup when left out.",
  ),
  /** Variables of restic's environment, such as `{ AWS_ACCESS_KEY_ID: secret("s3-id"), AWS_SECRET_ACCESS_KEY: secret("s3-key") }`. */
  credentials: z.record(z.string().regex(CREDENTIAL, { error: VARIABLE }), secretRef).default({}).describe(
    'Variables of restic\'s environment, such as `{ AWS_ACCESS_KEY_ID: secret("s3-id"), AWS_SECRET_ACCESS_KEY: secret("s3-key") }`.',
  ),
  /** How to sign on to an SFTP server; what ssh's own configuration says when left out. */
  sftp: z.strictObject({
    /** The private key, without a passphrase. */
    key: secretRef.describe("The private key, without a passphrase."),
    /** The server's lines in `known_hosts`: `ssh-keyscan HOST` prints them. */
    knownHosts: secretRef.describe("The server's lines in `known_hosts`: `ssh-keyscan HOST` prints them."),
  }).optional().describe(
    "How to sign on to an SFTP server; what ssh's own configuration says when left out.",
  ),
  /** How the repository is checked, so that a backup that cannot be restored is known before it is needed. */
  verify: z.strictObject({
    /** How often. */
    every: duration.default("7d").describe("How often."),
    /** How much of the data is read back each time; its structure is always checked as a whole. */
    share: z.string(SHARE).regex(/^([1-9]\d?|100)%$/, SHARE).default("10%").describe(
      "How much of the data is read back each time; its structure is always checked as a whole.",
    ),
  }).prefault({}).describe(
    "How the repository is checked, so that a backup that cannot be restored is known before it is needed.",
  ),
});

/** The slice of a valid configuration. */
export type BackupSettings = z.output<typeof backupSchema>;
