import type { Clock, TimerHandle } from '../clock.ts';
import type { SipResponse } from '../message/message.ts';
import { serialise } from '../message/serialise.ts';
import type { TransportError } from '../transport/errors.ts';
import { type Flow, protocols } from '../transport/transport.ts';
import { createAck } from './ack.ts';
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

/** States of RFC 3261 figure 5 as RFC 6026 §7.2 corrects it. */
export type InviteClientState = 'Calling' | 'Proceeding' | 'Accepted' | 'Completed' | 'Terminated';

/** The INVITE client transaction (RFC 3261 §17.1.1, RFC 6026 §7.2). It acknowledges refusals itself. */
export class InviteClientTransaction implements ClientTransaction {
  readonly key: string;
  readonly flow: Flow;
  readonly #clock: Clock;
  readonly #ended: ClientTransactionOptions['ended'];
  readonly #sent: SentRequest;
  readonly #timers: Timers;
  #user: ClientTransactionUser;
  #state: InviteClientState = 'Calling';
  #retransmission: Retransmission | undefined;
  #timer: TimerHandle | undefined;
  #ack: Buffer | undefined;

  constructor({ key, request, bytes, flow, clock, times, user, ended }: ClientTransactionOptions) {
    this.key = key;
    this.flow = flow;
    this.#clock = clock;
    this.#ended = ended;
    this.#sent = new SentRequest(request, bytes);
    this.#user = user;
    this.#timers = timersFor(times, protocols[flow.protocol].reliable);
  }

  get state(): InviteClientState {
    return this.#state;
  }

  get request() {
    return this.#sent.request;
  }

  start(): void {
    this.#timer = this.#clock.setTimeout(() => this.#fail({ kind: 'timeout' }), this.#timers.b);
    const send = () => this.#send(this.#sent.bytes);
    this.#retransmission = new Retransmission({ clock: this.#clock, firstMs: this.#timers.a, send });
    send();
  }

  receive(response: SipResponse): void {
    if (response.status < 200) this.#provisional(response);
    else if (response.status < 300) this.#accepted(response);
    else this.#refused(response);
  }

  handOver(user: ClientTransactionUser): void {
    this.#user = user;
    this.#sent.fold();
  }

  flowLost(error: TransportError): void {
    if (this.#state === 'Calling') this.#fail({ kind: 'transport-error', error });
  }

  terminate(): void {
    if (this.#state === 'Terminated') return;
    this.#enter('Terminated');
    this.#ended(this);
  }

  #provisional(response: SipResponse): void {
    if (this.#state !== 'Calling' && this.#state !== 'Proceeding') return;
    if (this.#state === 'Calling') this.#enter('Proceeding');
    this.#user.response(response, this.request);
  }

  #accepted(response: SipResponse): void {
    if (this.#state === 'Completed' || this.#state === 'Terminated') return;
    if (this.#state !== 'Accepted') this.#enter('Accepted', this.#timers.m);
    this.#user.response(response, this.request);
  }

  #refused(response: SipResponse): void {
    if (this.#state === 'Completed') this.#acknowledge();
    if (this.#state !== 'Calling' && this.#state !== 'Proceeding') return;
    this.#enter('Completed', this.#timers.d);
    const user = this.#user;
    const { request } = this;
    this.#ack = serialise(createAck(request, response));
    this.handOver(nobody);
    this.#acknowledge();
    user.response(response, request);
  }

  #acknowledge(): void {
    if (this.#ack) this.#send(this.#ack);
  }

  #send(bytes: Buffer): void {
    this.flow.send(bytes, error => this.#fail({ kind: 'transport-error', error }));
  }

  #fail(failure: TransactionFailure): void {
    if (this.#state === 'Terminated') return;
    // The user has its final response in these states: a lost ACK is sent again when the peer asks.
    const told = this.#state === 'Completed' || this.#state === 'Accepted';
    if (this.#state === 'Accepted') return;
    this.terminate();
    if (!told) this.#user.failed(failure);
  }

  #enter(state: InviteClientState, lastsMs?: number): void {
    this.#state = state;
    this.#retransmission?.stop();
    this.#retransmission = undefined;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = lastsMs === undefined ? undefined : this.#clock.setTimeout(() => this.terminate(), lastsMs);
  }
}
