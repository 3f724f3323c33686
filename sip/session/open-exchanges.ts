/** The transactions that may carry offers, and so must not cross. */
type ExchangeMethod = 'INVITE' | 'UPDATE';

/** Which INVITE and UPDATE transactions of a dialog are open, on which side (RFC 3261 §14.1, RFC 3311 §5). */
export class OpenExchanges {
  readonly #ours = new Set<ExchangeMethod>();
  readonly #theirs = new Set<ExchangeMethod>();
  /** Hears of every exchange of the peer that ends. */
  onTheirsClosed: () => void = () => {};
  #waiting: (() => void)[] = [];

  ours(method?: ExchangeMethod): boolean {
    return method === undefined ? this.#ours.size > 0 : this.#ours.has(method);
  }

  theirs(method?: ExchangeMethod): boolean {
    return method === undefined ? this.#theirs.size > 0 : this.#theirs.has(method);
  }

  open(side: 'ours' | 'theirs', method: ExchangeMethod): void {
    this.#side(side).add(method);
  }

  close(side: 'ours' | 'theirs', method: ExchangeMethod): void {
    this.#side(side).delete(method);
    this.#wake();
    if (side === 'theirs') this.onTheirsClosed();
  }

  /** Calls back, now or later, when no exchange is open; one waiter after another, as each may open the next. */
  whenFree(run: () => void): void {
    this.#waiting.push(run);
    this.#wake();
  }

  /** The dialog has ended, and with it whatever was open. */
  end(): void {
    this.#ours.clear();
    this.#theirs.clear();
    this.#wake();
  }

  #wake(): void {
    while (this.#waiting.length > 0 && this.#ours.size === 0 && this.#theirs.size === 0)
      this.#waiting.shift()?.();
  }

  #side(side: 'ours' | 'theirs'): Set<ExchangeMethod> {
    return side === 'ours' ? this.#ours : this.#theirs;
  }
}
