import type { Clock, TimerHandle } from '../clock.ts';
import type { SipResponse } from '../message/message.ts';
import type { TransportError } from '../transport/errors.ts';
import { type Flow, protocols } from '../transport/transport.ts';
import {
  type ClientTransaction,
  type ClientTransactionOptions,
  type ClientTransactionUser,
  nobody,
  type TransactionFailure,
} from './client.ts';
import { Retransmission } from './retransmission.ts';
import { SentRequest } from './sent-request.ts';
import { type Timers, timersFor } from './timers.ts';

/** States of RFC 3261 figure 6. */
export type NonInviteClientState = 'Trying' | 'Proceeding' | 'Completed' | 'Terminated';

/** The non-INVITE client transaction (RFC 3261 §17.1.2). */
export class NonInviteClientTransaction implements ClientTransaction {
  readonly key: string;
  readonly flow: Flow;
  readonly #clock: Clock;
  readonly #ended: ClientTransactionOptions['ended'];
  readonly #sent: SentRequest;
  readonly #timers: Timers;
  #user: ClientTransactionUser;
  #state: NonInviteClientState = 'Trying';
  #retransmission: Retransmission | undefined;
  #timer: TimerHandle | undefined;

  constructor({ key, request, bytes, flow, clock, times, user, ended }: ClientTransactionOptions) {
    this.key = key;
    this.flow = flow;
    this.#clock = clock;
    this.#ended = ended;
    this.#sent = new SentRequest(request, bytes);
    this.#user = user;
    this.#timers = timersFor(times, protocols[flow.protocol].reliable);
  }

  get state(): NonInviteClientState {
    return this.#state;
  }

  get request() {
    return this.#sent.request;
  }

  start(): void {
    const send = () =>
      this.flow.send(this.#sent.bytes, error => this.#fail({ kind: 'transport-error', error }));
    this.#timer = this.#clock.setTimeout(() => this.#fail({ kind: 'timeout' }), this.#timers.f);
    this.#retransmission = new Retransmission({
      clock: this.#clock,
      firstMs: this.#timers.e,
      mostMs: this.#timers.t2,
      send,
    });
    send();
  }

  receive(response: SipResponse): void {
    if (this.#state === 'Completed' || this.#state === 'Terminated') return;
    const user = this.#user;
    const { request } = this;
    if (response.status >= 200) this.#complete();
    else if (this.#state === 'Trying') {
      this.#state = 'Proceeding';
      this.#retransmission?.steady(this.#timers.t2);
    }
    user.response(response, request);
  }

  handOver(user: ClientTransactionUser): void {
    this.#user = user;
    this.#sent.fold();
  }

  flowLost(error: TransportError): void {
    if (this.#state === 'Trying') this.#fail({ kind: 'transport-error', error });
  }

  terminate(): void {
    if (this.#state === 'Terminated') return;
    this.#state = 'Terminated';
    this.#stop();
    this.#ended(this);
  }

  #complete(): void {
    this.#state = 'Completed';
    this.#stop();
    this.#retransmission = undefined;
    this.handOver(nobody);
    // Timer K is 0 on a reliable transport: gone at once.
    if (this.#timers.k === 0) this.terminate();
    else this.#timer = this.#clock.setTimeout(() => this.terminate(), this.#timers.k);
  }

  #fail(failure: TransactionFailure): void {
    if (this.#state === 'Completed' || this.#state === 'Terminated') return;
    this.terminate();
    this.#user.failed(failure);
  }

  #stop(): void {
    this.#retransmission?.stop();
    this.#clock.clearTimeout(this.#timer);
  }
}
