import type { TimerHandle } from '../clock.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { protocols } from '../transport/transport.ts';
import type { ServerTransaction, ServerTransactionOptions, ServerTransactionUser } from './server.ts';
import { type Timers, timersFor } from './timers.ts';

/** States of RFC 3261 figure 8. */
export type NonInviteServerState = 'Trying' | 'Proceeding' | 'Completed' | 'Terminated';

/** The non-INVITE server transaction (RFC 3261 §17.2.2). */
export class NonInviteServerTransaction implements ServerTransaction {
  user: ServerTransactionUser = {};
  readonly #options: Omit<ServerTransactionOptions, 'request'>;
  readonly #timers: Timers;
  #state: NonInviteServerState = 'Trying';
  #lastStatus: number | undefined;
  #sendAgain: (() => void) | undefined;
  #timer: TimerHandle | undefined;

  constructor({ request: _, ...options }: ServerTransactionOptions) {
    this.#options = options;
    this.#timers = timersFor(options.times, protocols[options.flow.protocol].reliable);
    // The client gave up at Timer F: an answer would come to nobody, and 408 is forbidden (RFC 4320 §4.2).
    this.#timer = options.clock.setTimeout(() => {
      this.terminate();
      this.user.timeout?.();
    }, this.#timers.f);
  }

  get state(): NonInviteServerState {
    return this.#state;
  }

  get flow() {
    return this.#options.flow;
  }

  get lastStatus() {
    return this.#lastStatus;
  }

  respond(response: SipResponse): void {
    if (this.#state === 'Completed' || this.#state === 'Terminated') return;
    this.#lastStatus = response.status;
    this.#sendAgain = this.#options.send(response, error => this.user.transportError?.(error));
    if (response.status < 200) this.#state = 'Proceeding';
    else if (this.#timers.j === 0) this.terminate();
    else {
      this.#state = 'Completed';
      this.#options.clock.clearTimeout(this.#timer);
      this.#timer = this.#options.clock.setTimeout(() => this.terminate(), this.#timers.j);
    }
  }

  receive(_request: SipRequest): void {
    if (this.#state !== 'Terminated') this.#sendAgain?.();
  }

  terminate(): void {
    if (this.#state === 'Terminated') return;
    this.#state = 'Terminated';
    this.#options.clock.clearTimeout(this.#timer);
    this.#options.ended();
  }
}
