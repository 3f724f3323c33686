import { detached } from '../grammar/detached.ts';
import { createResponse } from '../message/create.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { Retransmission } from './retransmission.ts';
import { type ServerTransactionOptions, silent } from './server.ts';
import { ServerMachine } from './server-machine.ts';

/** States of RFC 3261 figure 7 as RFC 6026 §7.1 corrects it. */
export type InviteServerState = 'Proceeding' | 'Accepted' | 'Completed' | 'Confirmed' | 'Terminated';

/**
 * The INVITE server transaction (RFC 3261 §17.2.1, RFC 6026 §7.1). It says 100 Trying after 200 ms of silence,
 * and repeats a refusal until its ACK. A 2xx is repeated end to end until `acknowledged()` is told of its ACK
 * (RFC 3261 §13.3.1.4), on every transport, because the hop after the next may lose it.
 */
export class InviteServerTransaction extends ServerMachine {
  #state: InviteServerState = 'Proceeding';
  #retransmission: Retransmission | undefined;
  #toTag: string | undefined;
  #acknowledged = false;

  constructor(options: ServerTransactionOptions) {
    super(options);
    const { request } = options;
    this.timer = this.clock.setTimeout(() => {
      if (this.lastStatus === undefined) this.respond(createResponse(request, 100));
    }, this.timers.trying);
  }

  get state(): InviteServerState {
    return this.#state;
  }

  /** The To tag of the last response that was sent. */
  get toTag() {
    return this.#toTag;
  }

  respond(response: SipResponse): void {
    if (this.#state !== 'Proceeding') return;
    const tag = response.to?.tag;
    this.#toTag = tag && detached(tag);
    if (response.status >= 300) this.#refuse();
    else if (response.status >= 200) this.#accept();
    this.send(response);
  }

  receive(request: SipRequest): void {
    if (request.method === 'ACK') this.#confirm();
    else if (this.#state === 'Proceeding' || this.#state === 'Completed') this.sendAgain();
  }

  /** The ACK of the 2xx has reached the dialog: stop repeating it. Its user hears nothing any more. */
  acknowledged(): void {
    this.#acknowledged = true;
    if (this.#state !== 'Accepted') return;
    // It goes on for 32 s to absorb repetitions: it need not keep the call for so long.
    this.user = silent;
    this.#retransmission?.stop();
    this.#retransmission = undefined;
    this.sent = undefined;
  }

  terminate(): void {
    if (this.#state === 'Terminated') return;
    this.#enter('Terminated');
    this.end();
  }

  #accept(): void {
    this.#enter('Accepted', this.timers.l);
    this.#repeatFrom(this.timers.t1);
  }

  #refuse(): void {
    this.#enter('Completed', this.timers.h);
    this.#repeatFrom(this.timers.g);
  }

  #repeatFrom(firstMs: number | undefined): void {
    const { clock } = this;
    const mostMs = this.timers.t2;
    this.#retransmission = new Retransmission({ clock, firstMs, mostMs, send: () => this.sendAgain() });
  }

  #confirm(): void {
    if (this.#state !== 'Completed') return;
    this.sent = undefined;
    if (this.timers.i === 0) this.terminate();
    else this.#enter('Confirmed', this.timers.i);
  }

  #enter(state: InviteServerState, lastsMs?: number): void {
    this.#state = state;
    this.#retransmission?.stop();
    this.clock.clearTimeout(this.timer);
    if (lastsMs !== undefined) this.timer = this.clock.setTimeout(() => this.#expire(), lastsMs);
  }

  /** The user is told where the ACK has not come. */
  #expire(): void {
    const isOwed = this.#state === 'Completed' || (this.#state === 'Accepted' && !this.#acknowledged);
    this.terminate();
    if (isOwed) this.user.timeout?.();
  }
}
