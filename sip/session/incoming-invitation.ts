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
import { EarlyDialogs } from './early-dialogs.ts';
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
  /** The session that this one takes the place of (RFC 3891): it is ended when this one is accepted. */
  readonly replaces: Session | undefined;
  readonly #stack: Stack;
  readonly #transaction: InviteServerTransaction;
  readonly #incoming: IncomingRequest;
  readonly #reliable: ReliableUas;
  readonly #timer: IncomingInvitationParts['timer'];
  readonly #dialogs: EarlyDialogs;
  #state: 'open' | 'accepting' | 'accepted' | 'rejected' | 'cancelled' = 'open';
  #reminder: TimerHandle | undefined;
  #expiry: TimerHandle | undefined;

  constructor({ stack, transaction, request, timer, replaces }: IncomingInvitationParts) {
    super();
    this.replaces = replaces;
    this.#stack = stack;
    this.#transaction = transaction;
    this.request = request;
    this.#timer = timer;
    this.#dialogs = new EarlyDialogs(before => this.#open(before));
    this.#incoming = new IncomingRequest(transaction, request, this.session.dialog.localTag);
    this.#reliable = new ReliableUas({
      clock: stack.clock,
      random: stack.random,
      t1: stack.times.t1,
      send: response => transaction.respond(response),
      gaveUp: () => this.reject(504),
    });
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

  /**
   * The dialog of what was said last, and the session once it is accepted. Another one from the moment on that the caller is told another
   * description: see `EarlyDialogs`.
   */
  get session(): Session {
    return this.#dialogs.session;
  }

  get state(): 'open' | 'accepting' | 'accepted' | 'rejected' | 'cancelled' {
    return this.#state;
  }

  /** Says how far it is: 180 Ringing, 183 with early media, … @throws SessionError once it has its final response */
  progress(status = 180, options: ProgressOptions = {}): void {
    this.#expectOpen();
    if (options.sdp !== undefined) this.#dialogs.tell(options.sdp);
    const response = this.#response(status, options);
    if (!this.#sentReliably(options.reliable)) {
      this.#transaction.respond(response);
      this.#remind(response);
      return;
    }
    const { session } = this;
    const { exchange } = session.core;
    if (options.sdp !== undefined) this.#describe(options.sdp, 'PRACK');
    this.#reliable.send(response, prack => {
      const answer = sdpOf(prack);
      if (!exchange.awaits('PRACK') || answer === undefined) return;
      exchange.answerRemotely(answer);
      session.emit('negotiated');
    });
  }

  /**
   * Accepts it with 200; where the description has gone in a provisional response already, it need not be given again.
   * @throws SessionError once it has its final response
   */
  accept(options: AcceptOptions = {}): Session {
    this.#expectOpen();
    // What an unreliable response has said, the 2xx has to say again (RFC 6337 §2.1).
    const sdp = options.sdp ?? this.#dialogs.told;
    if (sdp === undefined && this.session.core.exchange.state === 'have-remote-offer')
      throw new SessionError('wrong-state', 'The caller’s offer needs an answer: give `sdp`.');
    if (sdp !== undefined) this.#dialogs.tell(sdp);
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
    this.#dialogs.dropOthers();
    session.core.exchanges.open('theirs', 'INVITE');
    session.acknowledging.await(this.#transaction, this.request);
    session.dialog.confirm();
    session.core.hold();
    const headers = [...terms.headers, ...pairs(options.headers)];
    this.#transaction.respond(this.#response(200, { ...options, headers, sdp }));
    terms.take();
    this.replaces?.bye();
  }

  /** One more dialog (RFC 3261 §12.1.1), which goes the same way as that before it. */
  #open(before: Session | undefined): Session {
    const { request } = this;
    const session = new Session({
      stack: this.#stack,
      dialog: Dialog.asUas(request, this.#stack.token(), 'early'),
      timer: this.#timer,
    });
    session.dialog.detour = before?.dialog.detour;
    session.core.learnMethods(request);
    session.core.transport = this.#transaction.flow.listener;
    const offer = sdpOf(request);
    if (offer !== undefined) session.core.exchange.offerRemotely(offer);
    session.onPrack = prack => this.#receivePrack(session, prack);
    session.onEarlyEnd = () => this.#ended(session);
    return session;
  }

  /** The caller gives up with the dialog that it was told of last; an earlier one it may end alone. */
  #ended(session: Session): void {
    if (session === this.session) this.#cancel(session.end?.request);
    else this.#dialogs.forget(session);
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

  #receivePrack({ core }: Session, incoming: IncomingRequest): void {
    const goOn = this.#reliable.receive(incoming.request);
    if (goOn === undefined) incoming.respond(481);
    else answerPrack(core, incoming, goOn);
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
    this.#dialogs.dropOthers();
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
