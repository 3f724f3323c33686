/** The transactions that may carry offers, and so must not cross. */
export type ExchangeMethod = 'INVITE' | 'UPDATE';

/** How many of each: a second re-INVITE may come before the ACK of the first. */
type Count = Record<ExchangeMethod, number>;

/** Which INVITE and UPDATE transactions of a dialog are open, on which side (RFC 3261 §14.1, RFC 3311 §5). */
export class OpenExchanges {
  readonly #ours: Count = { INVITE: 0, UPDATE: 0 };
  readonly #theirs: Count = { INVITE: 0, UPDATE: 0 };
  #waiting: (() => void)[] = [];

  ours(method?: ExchangeMethod): boolean {
    return isOpen(this.#ours, method);
  }

  theirs(method?: ExchangeMethod): boolean {
    return isOpen(this.#theirs, method);
  }

  open(side: 'ours' | 'theirs', method: ExchangeMethod): void {
    this.#side(side)[method]++;
  }

  close(side: 'ours' | 'theirs', method: ExchangeMethod): void {
    const count = this.#side(side);
    count[method] = Math.max(0, count[method] - 1);
    this.#wake();
  }

  /** Calls back, now or later, when no exchange is open; one waiter after another, as each may open the next. */
  whenFree(run: () => void): void {
    this.#waiting.push(run);
    this.#wake();
  }

  /** The dialog has ended, and with it whatever was open. */
  end(): void {
    for (const count of [this.#ours, this.#theirs]) Object.assign(count, { INVITE: 0, UPDATE: 0 });
    this.#wake();
  }

  #wake(): void {
    while (this.#waiting.length > 0 && !this.ours() && !this.theirs()) this.#waiting.shift()?.();
  }

  #side(side: 'ours' | 'theirs'): Count {
    return side === 'ours' ? this.#ours : this.#theirs;
  }
}

function isOpen(count: Count, method: ExchangeMethod | undefined): boolean {
  return method === undefined ? count.INVITE + count.UPDATE > 0 : count[method] > 0;
}
