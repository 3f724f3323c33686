import type { Clock, TimerHandle } from '../clock.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { type Flow, protocols } from '../transport/transport.ts';
import {
  type ReadyResponse,
  type Responder,
  type ServerTransaction,
  type ServerTransactionOptions,
  type ServerTransactionUser,
  silent,
} from './server.ts';
import { type Timers, timersFor } from './timers.ts';

/** What the two machines of RFC 3261 §17.2 have in common: what they are made of, and the last response that they sent. */
export abstract class ServerMachine implements ServerTransaction {
  user: ServerTransactionUser = silent;
  readonly key: string;
  readonly mergeKey: string | undefined;
  readonly flow: Flow;
  protected readonly clock: Clock;
  protected readonly timers: Timers;
  protected timer: TimerHandle | undefined;
  /** The last response, for as long as it may have to be repeated. */
  protected sent: ReadyResponse | undefined;
  readonly #respond: Responder;
  readonly #ended: ServerTransactionOptions['ended'];
  #lastStatus: number | undefined;

  constructor({ key, mergeKey, flow, clock, times, respond, ended }: ServerTransactionOptions) {
    this.key = key;
    this.mergeKey = mergeKey;
    this.flow = flow;
    this.clock = clock;
    this.timers = timersFor(times, protocols[flow.protocol].reliable);
    this.#respond = respond;
    this.#ended = ended;
  }

  abstract readonly state: string;
  abstract respond(response: SipResponse): void;
  abstract receive(request: SipRequest): void;
  abstract terminate(): void;

  get lastStatus(): number | undefined {
    return this.#lastStatus;
  }

  protected send(response: SipResponse): void {
    this.#lastStatus = response.status;
    this.sent = this.#respond(response, this.flow);
    this.sendAgain();
  }

  protected sendAgain(): void {
    this.sent?.send(error => this.user.transportError?.(error));
  }

  /** It is over: its layer forgets it. */
  protected end(): void {
    this.#ended(this);
  }
}
