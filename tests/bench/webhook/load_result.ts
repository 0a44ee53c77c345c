/** What a load generator prints. */
export interface Load {
  /** Answered 200. */
  readonly requests: number;
  readonly failed: number;
  /** Why one of them failed; `""` when none did. */
  readonly why: string;
  readonly seconds: number;
  /** How long half of the answers took at most. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}
