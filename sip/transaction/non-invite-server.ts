import type { SipRequest, SipResponse } from '../message/message.ts';
import type { ServerTransactionOptions } from './server.ts';
import { ServerMachine } from './server-machine.ts';

/** States of RFC 3261 figure 8. */
export type NonInviteServerState = 'Trying' | 'Proceeding' | 'Completed' | 'Terminated';

/** The non-INVITE server transaction (RFC 3261 §17.2.2). */
export class NonInviteServerTransaction extends ServerMachine {
  #state: NonInviteServerState = 'Trying';

  constructor(options: ServerTransactionOptions) {
    super(options);
    // The client gave up at Timer F: an answer would come to nobody, and 408 is forbidden (RFC 4320 §4.2).
    this.timer = this.clock.setTimeout(() => {
      this.terminate();
      this.user.timeout?.();
    }, this.timers.f);
  }

  get state(): NonInviteServerState {
    return this.#state;
  }

  respond(response: SipResponse): void {
    if (this.#state === 'Completed' || this.#state === 'Terminated') return;
    this.send(response);
    if (response.status < 200) this.#state = 'Proceeding';
    else if (this.timers.j === 0) this.terminate();
    else {
      this.#state = 'Completed';
      this.clock.clearTimeout(this.timer);
      this.timer = this.clock.setTimeout(() => this.terminate(), this.timers.j);
    }
  }

  receive(_request: SipRequest): void {
    if (this.#state !== 'Terminated') this.sendAgain();
  }

  terminate(): void {
    if (this.#state === 'Terminated') return;
    this.#state = 'Terminated';
    this.clock.clearTimeout(this.timer);
    this.end();
  }
}
