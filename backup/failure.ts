/** What a backup or a restore fails with: known to people, with what to do. */

/** Exit codes as `deno task` has them. */
export type FailureCode = 1 | 2 | 3;

/** A failure that says everything. */
export class BackupFailure extends Error {
  override readonly name = "BackupFailure";
  /** @param code 1: what is there is not right; 2: what was asked for is wrong; 3: the machine lacks something. */
  constructor(message: string, readonly code: FailureCode, readonly cure: string) {
    super(message);
  }
}
