import type { Clock, TimerHandle } from '../clock.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { type Flow, protocols } from '../transport/transport.ts';
import {
  type Responder,
  type ServerTransaction,
  type ServerTransactionOptions,
  type ServerTransactionUser,
  silent,
} from './server.ts';
import { type Timers, timersFor } from './timers.ts';

/** States of RFC 3261 figure 8. */
export type NonInviteServerState = 'Trying' | 'Proceeding' | 'Completed' | 'Terminated';

/** The non-INVITE server transaction (RFC 3261 §17.2.2). */
export class NonInviteServerTransaction implements ServerTransaction {
  user: ServerTransactionUser = silent;
  readonly key: string;
  readonly mergeKey: string | undefined;
  readonly flow: Flow;
  readonly #clock: Clock;
  readonly #send: Responder;
  readonly #ended: ServerTransactionOptions['ended'];
  readonly #timers: Timers;
  #state: NonInviteServerState = 'Trying';
  #lastStatus: number | undefined;
  #sendAgain: (() => void) | undefined;
  #timer: TimerHandle | undefined;

  constructor({ key, mergeKey, flow, clock, times, send, ended }: ServerTransactionOptions) {
    this.key = key;
    this.mergeKey = mergeKey;
    this.flow = flow;
    this.#clock = clock;
    this.#send = send;
    this.#ended = ended;
    this.#timers = timersFor(times, protocols[flow.protocol].reliable);
    // The client gave up at Timer F: an answer would come to nobody, and 408 is forbidden (RFC 4320 §4.2).
    this.#timer = clock.setTimeout(() => {
      this.terminate();
      this.user.timeout?.();
    }, this.#timers.f);
  }

  get state(): NonInviteServerState {
    return this.#state;
  }

  get lastStatus() {
    return this.#lastStatus;
  }

  respond(response: SipResponse): void {
    if (this.#state === 'Completed' || this.#state === 'Terminated') return;
    this.#lastStatus = response.status;
    this.#sendAgain = this.#send(response, error => this.user.transportError?.(error));
    if (response.status < 200) this.#state = 'Proceeding';
    else if (this.#timers.j === 0) this.terminate();
    else {
      this.#state = 'Completed';
      this.#clock.clearTimeout(this.#timer);
      this.#timer = this.#clock.setTimeout(() => this.terminate(), this.#timers.j);
    }
  }

  receive(_request: SipRequest): void {
    if (this.#state !== 'Terminated') this.#sendAgain?.();
  }

  terminate(): void {
    if (this.#state === 'Terminated') return;
    this.#state = 'Terminated';
    this.#clock.clearTimeout(this.#timer);
    this.#ended(this);
  }
}
