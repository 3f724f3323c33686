import { EventEmitter } from 'node:events';
import type { TimerHandle } from '../clock.ts';
import { Dialog } from '../dialog/dialog.ts';
import { SessionError } from '../dialog/errors.ts';
import type { AnswerCarrier } from '../dialog/offer-answer.ts';
import { ReliableUas } from '../dialog/reliable-uas.ts';
import { createResponse } from '../message/create.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { InviteServerTransaction } from '../transaction/invite-server.ts';
import { silent } from '../transaction/server.ts';
import type { Flow } from '../transport/transport.ts';
import type { Stack } from '../user-agent/stack.ts';
import { capabilityHeaders } from './capabilities.ts';
import { IncomingRequest, type Reply } from './incoming-request.ts';
import type {
  AcceptOptions,
  IncomingInvitationEvents,
  IncomingInvitationParts,
  ProgressOptions,
} from './invitation-options.ts';
import { pairs } from './pairs.ts';
import { answerPrack } from './pracking.ts';
import { sdpBody, sdpOf } from './sdp.ts';
import { Session } from './session.ts';

/** Long rings are said again every minute, or proxies would give up (RFC 3261 §13.3.1.1). */
const REMIND_MS = 60_000;

/** An INVITE of a peer (RFC 3261 §13.3), to be accepted or rejected. */
export class IncomingInvitation extends EventEmitter<IncomingInvitationEvents> {
  readonly request: SipRequest;
  readonly session: Session;
  /** The session that this one takes the place of (RFC 3891): it is ended when this one is accepted. */
  readonly replaces: Session | undefined;
  readonly #stack: Stack;
  readonly #transaction: InviteServerTransaction;
  readonly #incoming: IncomingRequest;
  readonly #reliable: ReliableUas;
  #state: 'open' | 'accepting' | 'accepted' | 'rejected' | 'cancelled' = 'open';
  #reminder: TimerHandle | undefined;
  /** Our description in an unreliable response: the 2xx has to say it again (RFC 6337 §2.1). */
  #early: string | undefined;
  #expiry: TimerHandle | undefined;

  constructor({ stack, transaction, request, timer, replaces }: IncomingInvitationParts) {
    super();
    this.replaces = replaces;
    this.#stack = stack;
    this.#transaction = transaction;
    this.request = request;
    const dialog = Dialog.asUas(request, stack.token(), 'early');
    this.session = new Session({ stack, dialog, timer });
    this.session.core.learnMethods(request);
    this.session.core.transport = transaction.flow.listener;
    this.#incoming = new IncomingRequest(transaction, request, dialog.localTag);
    const offer = sdpOf(request);
    if (offer !== undefined) this.session.core.exchange.offerRemotely(offer);
    this.#reliable = new ReliableUas({
      clock: stack.clock,
      random: stack.random,
      t1: stack.times.t1,
      send: response => transaction.respond(response),
      gaveUp: () => this.reject(504),
    });
    this.session.onPrack = prack => this.#receivePrack(prack);
    this.session.onEarlyEnd = () => this.#cancel(this.session.end?.request);
    if (request.expires !== undefined)
      this.#expiry = stack.clock.setTimeout(() => this.#cancel(undefined), request.expires * 1_000);
    transaction.user = {
      cancelled: cancel => this.#cancel(cancel),
      timeout: () => this.#unacknowledged(),
    };
  }

  /** The way it came by: its `remote` is where the caller's packets really come from. */
  get flow(): Flow {
    return this.#transaction.flow;
  }

  /** The caller's offer; undefined where it asks for ours. */
  get sdp(): string | undefined {
    return sdpOf(this.request);
  }

  get state(): 'open' | 'accepting' | 'accepted' | 'rejected' | 'cancelled' {
    return this.#state;
  }

  /** Says how far it is: 180 Ringing, 183 with early media, … @throws SessionError once it has its final response */
  progress(status = 180, options: ProgressOptions = {}): void {
    this.#expectOpen();
    const response = this.#response(status, options);
    if (!this.#sentReliably(options.reliable)) {
      this.#early = options.sdp ?? this.#early;
      this.#transaction.respond(response);
      this.#remind(response);
      return;
    }
    const { exchange } = this.session.core;
    if (options.sdp !== undefined) this.#describe(options.sdp, 'PRACK');
    this.#reliable.send(response, prack => {
      const answer = sdpOf(prack);
      if (!exchange.awaits('PRACK') || answer === undefined) return;
      exchange.answerRemotely(answer);
      this.session.emit('negotiated');
    });
  }

  /**
   * Accepts it with 200; where the description has gone in a provisional response already, it need not be given again.
   * @throws SessionError once it has its final response
   */
  accept(options: AcceptOptions = {}): Session {
    this.#expectOpen();
    const sdp = options.sdp ?? this.#early;
    if (sdp === undefined && this.session.core.exchange.state === 'have-remote-offer')
      throw new SessionError('wrong-state', 'The caller’s offer needs an answer: give `sdp`.');
    if (options.sessionTimer) this.session.timer.configure(options.sessionTimer);
    this.#state = 'accepting';
    this.#clearTimers();
    // RFC 3262 §3: not while a description is on its way in a response that is not acknowledged.
    this.#reliable.whenIdle(() => this.#sendAccept({ ...options, sdp }));
    return this.session;
  }

  /** Refuses it, or redirects with 3xx and Contact headers. Does nothing once it has its final response. */
  reject(status = 603, reply: Reply = {}): void {
    if (this.#state !== 'open' && this.#state !== 'accepting') return;
    this.#finish('rejected', status, reply);
    this.session.drop(`${status}`, 'local');
  }

  #sendAccept(options: ProgressOptions): void {
    if (this.#state !== 'accepting') return;
    const { session } = this;
    const terms = session.timer.answer(this.request);
    if (terms.kind === 'refuse') {
      this.#state = 'open';
      this.reject(422, { headers: terms.headers });
      return;
    }
    this.#state = 'accepted';
    this.#reliable.stop();
    const { exchange } = session.core;
    const settled = exchange.state === 'stable' && exchange.local !== undefined;
    const sdp = settled ? undefined : options.sdp;
    if (sdp !== undefined) this.#describe(sdp, `ACK ${this.request.cseq?.number ?? 0}`);
    session.onEarlyEnd = undefined;
    session.core.exchanges.open('theirs', 'INVITE');
    session.acknowledging.await(this.#transaction, this.request);
    session.dialog.confirm();
    session.core.hold();
    const headers = [...terms.headers, ...pairs(options.headers)];
    this.#transaction.respond(this.#response(200, { ...options, headers, sdp }));
    terms.take();
    this.replaces?.bye();
  }

  /** Our description, as the answer to the caller's offer or as an offer of ours. */
  #describe(sdp: string, answeredIn: AnswerCarrier): void {
    const { exchange } = this.session.core;
    if (exchange.state === 'have-remote-offer') {
      exchange.answerLocally(sdp);
      this.session.emit('negotiated');
    } else if (exchange.state === 'stable') exchange.offerLocally(sdp, answeredIn);
  }

  #response(status: number, { sdp, headers, reason }: ProgressOptions): SipResponse {
    const { dialog } = this.session;
    return createResponse(this.request, status, reason, {
      toTag: dialog.localTag,
      contact: this.#stack.contactOn(this.#transaction.flow, dialog.secure),
      headers: [...capabilityHeaders, ...pairs(headers)],
      ...sdpBody(sdp),
    });
  }

  #sentReliably(wanted: boolean | undefined): boolean {
    const { require, supported } = this.request;
    if (has(require, '100rel')) return true;
    return wanted === true && has(supported, '100rel');
  }

  #receivePrack(incoming: IncomingRequest): void {
    const goOn = this.#reliable.receive(incoming.request);
    if (goOn === undefined) incoming.respond(481);
    else answerPrack(this.session.core, incoming, goOn);
  }

  #cancel(request: SipRequest | undefined): void {
    if (this.#state !== 'open' && this.#state !== 'accepting') return;
    this.#finish('cancelled', 487, {});
    this.session.drop('CANCEL');
    this.emit('cancelled', request);
  }

  #finish(state: 'rejected' | 'cancelled', status: number, reply: Reply): void {
    this.#state = state;
    this.#clearTimers();
    this.#reliable.stop();
    this.session.onEarlyEnd = undefined;
    this.#transaction.user = silent;
    this.#incoming.respond(status, reply);
  }

  /** RFC 3261 §13.3.1.4: without an ACK the session is ended, though its dialog is confirmed. */
  #unacknowledged(): void {
    if (this.#state === 'accepted') this.session.core.hooks.lost('no ACK', { bye: true });
  }

  #remind(response: SipResponse): void {
    this.#stack.clock.clearTimeout(this.#reminder);
    this.#reminder = this.#stack.clock.setTimeout(() => {
      this.#transaction.respond(response);
      this.#remind(response);
    }, REMIND_MS);
  }

  #clearTimers(): void {
    this.#stack.clock.clearTimeout(this.#reminder);
    this.#stack.clock.clearTimeout(this.#expiry);
  }

  #expectOpen(): void {
    if (this.#state !== 'open')
      throw new SessionError('wrong-state', `The invitation has been ${this.#state} already.`);
  }
}

function has(tags: readonly string[], tag: string): boolean {
  return tags.some(one => one.toLowerCase() === tag);
}
