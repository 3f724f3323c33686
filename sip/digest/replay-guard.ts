/**
 * Sees to it that no nonce count is used twice (RFC 7616 §5.5, §5.12). Holds at most `capacity` nonces: what is
 * dropped stays refused, because from then on everything issued as early counts as used.
 */
export class ReplayGuard {
  readonly #capacity: number;
  readonly #uses = new Map<string, { readonly issuedAt: number; count: number }>();
  #floor = Number.NEGATIVE_INFINITY;

  constructor(capacity = 100_000) {
    this.#capacity = capacity;
  }

  /** How many nonces are remembered. */
  get size(): number {
    return this.#uses.size;
  }

  /** Takes note of a use, and says whether it is new: a count above every one before it. */
  admit(nonce: string, count: number, issuedAt: number, expiredBefore: number): boolean {
    const known = this.#uses.get(nonce);
    if (known !== undefined) {
      if (count <= known.count) return false;
      known.count = count;
      return true;
    }
    if (issuedAt <= this.#floor) return false;
    this.#uses.set(nonce, { issuedAt, count });
    this.#trim(expiredBefore);
    return true;
  }

  #trim(expiredBefore: number): void {
    for (const [nonce, { issuedAt }] of this.#uses) {
      const full = this.#uses.size > this.#capacity;
      if (!full && issuedAt >= expiredBefore) return;
      if (full && issuedAt > this.#floor) this.#floor = issuedAt;
      this.#uses.delete(nonce);
    }
  }
}
