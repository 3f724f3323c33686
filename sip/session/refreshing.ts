import { readable } from '../header/readable.ts';
import { RETRY_AFTER } from '../header/retry-after.ts';
import type { RefresherDialog } from '../session-timer/refresher.ts';
import type { SessionCore } from './core.ts';
import type { AttemptOutcome, Offering } from './offering.ts';

/** The refreshing side of a session: how its timer sends, what it hears, and how it gives the call up. */
export class Refreshing implements RefresherDialog {
  readonly #core: SessionCore;
  readonly #offering: Offering;

  constructor(core: SessionCore, offering: Offering) {
    this.#core = core;
    this.#offering = offering;
  }

  get ownsCallId(): boolean {
    return this.#core.dialog.isUac;
  }

  get peerAllowsUpdate(): boolean {
    return this.#core.peerAllows('UPDATE');
  }

  get busy(): boolean {
    const { exchanges } = this.#core;
    return exchanges.ours() || exchanges.theirs('INVITE');
  }

  refresh(method: 'UPDATE' | 'INVITE'): void {
    const { exchange, timer } = this.#core;
    // An offer of the peer that waits for its answer is glare, too: later.
    if (method === 'INVITE' && exchange.state !== 'stable') timer.answered({ kind: 'response', status: 491 });
    else
      this.#offering.attempt(method, method === 'INVITE' ? { sdp: exchange.local } : {}, outcome =>
        this.#heard(outcome),
      );
  }

  end(cause: string): void {
    this.#core.hooks.lost(cause, { by: 'timer', bye: true });
  }

  #heard(outcome: AttemptOutcome): void {
    const { timer } = this.#core;
    if (outcome.kind === 'failure') {
      const { kind } = outcome.failure;
      timer.answered({ kind: kind === 'transport-error' ? 'transport-error' : 'timeout' });
      return;
    }
    const { response } = outcome;
    if (response.status === 422) timer.raise(response);
    const retryAfterSeconds = readable(response.headers, RETRY_AFTER)?.seconds;
    timer.answered({ kind: 'response', status: response.status, retryAfterSeconds });
  }
}
