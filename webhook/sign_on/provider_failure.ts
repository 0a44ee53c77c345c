/** When a provider cannot be used. */

/** The provider does not answer, or its answer cannot be believed. The message is for the operator. */
export class ProviderFailure extends Error {
  override readonly name = "ProviderFailure";
}
