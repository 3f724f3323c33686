/** What becomes of a request that is kept out: 503 and how long to stay away (RFC 3261 §21.5.4), or no answer at all. */
export type Refusal = { readonly retryAfterSeconds: number } | 'silence';

/** Says who is heard outside dialogs, by the address that a request came from. */
export interface Doorkeeper {
  /** Whether requests of this address have room where others find none. */
  trusts(address: string): boolean;
  /**
   * What keeps a request out that belongs to no dialog of ours and to no open transaction, or that cannot be read;
   * nothing where it is heard. Asked once for each, before anything is kept of it.
   */
  refusal(address: string): Refusal | undefined;
}
