import { none } from '../none.ts';

/** The transactions that may carry offers, and so must not cross. */
export type ExchangeMethod = 'INVITE' | 'UPDATE';

/**
 * Which INVITE and UPDATE transactions of a dialog are open, on which side (RFC 3261 §14.1, RFC 3311 §5): a second
 * re-INVITE may come before the ACK of the first. Most of the time there are none.
 */
export class OpenExchanges {
  #ours: readonly ExchangeMethod[] = none;
  #theirs: readonly ExchangeMethod[] = none;
  #waiting: readonly (() => void)[] = none;

  ours(method?: ExchangeMethod): boolean {
    return isOpen(this.#ours, method);
  }

  theirs(method?: ExchangeMethod): boolean {
    return isOpen(this.#theirs, method);
  }

  open(side: 'ours' | 'theirs', method: ExchangeMethod): void {
    if (side === 'ours') this.#ours = [...this.#ours, method];
    else this.#theirs = [...this.#theirs, method];
  }

  close(side: 'ours' | 'theirs', method: ExchangeMethod): void {
    if (side === 'ours') this.#ours = without(this.#ours, method);
    else this.#theirs = without(this.#theirs, method);
    this.#wake();
  }

  /** Calls back, now or later, when no exchange is open; one waiter after another, as each may open the next. */
  whenFree(run: () => void): void {
    this.#waiting = [...this.#waiting, run];
    this.#wake();
  }

  /** The dialog has ended, and with it whatever was open. */
  end(): void {
    this.#ours = none;
    this.#theirs = none;
    this.#wake();
  }

  #wake(): void {
    while (this.#waiting.length > 0 && !this.ours() && !this.theirs()) {
      const [first, ...others] = this.#waiting;
      this.#waiting = others;
      first?.();
    }
  }
}

function isOpen(open: readonly ExchangeMethod[], method: ExchangeMethod | undefined): boolean {
  return method === undefined ? open.length > 0 : open.includes(method);
}

/** One fewer of that method. */
function without(open: readonly ExchangeMethod[], method: ExchangeMethod): readonly ExchangeMethod[] {
  const at = open.indexOf(method);
  if (at < 0) return open;
  return open.length === 1 ? none : open.toSpliced(at, 1);
}
