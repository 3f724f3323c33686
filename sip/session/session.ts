import { EventEmitter } from 'node:events';
import type { Dialog, InDialogRequest } from '../dialog/dialog.ts';
import { SessionError } from '../dialog/errors.ts';
import { OfferAnswer } from '../dialog/offer-answer.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { SessionTimer } from '../session-timer/session-timer.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import { Acknowledging } from './acknowledging.ts';
import { Answering } from './answering.ts';
import { capabilityHeaders, METHODS, unsupported } from './capabilities.ts';
import { SessionCore, type SessionHooks } from './core.ts';
import type { IncomingOffer } from './incoming-offer.ts';
import { IncomingRequest } from './incoming-request.ts';
import { type Modification, Offering } from './offering.ts';
import type { IncomingReferral, ReferOptions, Referral } from './referral.ts';
import { Referrals } from './referrals.ts';
import { Refreshing } from './refreshing.ts';
import { SDP_TYPE } from './sdp.ts';
import type {
  RequestOptions,
  SessionEnd,
  SessionEvents,
  SessionParts,
  SessionSnapshot,
} from './session-types.ts';

/** One INVITE dialog and its session (RFC 3261 §12–§15), from the first response with a tag to the BYE. */
export class Session extends EventEmitter<SessionEvents> implements SessionHooks {
  readonly dialog: Dialog;
  /** Set it to answer the peer's offers. Without it an unchanged description is answered by ours, another by 488. */
  onOffer: ((offer: IncomingOffer, session: Session) => void) | undefined;
  /** Set it to take INFO (RFC 6086). Without it one with a body gets 415. */
  onInfo: ((incoming: IncomingRequest) => void) | undefined;
  /** Set it to take REFER (RFC 3515). Without it the answer is 603. */
  onRefer: ((referral: IncomingReferral) => void) | undefined;
  /** Set it to take other requests in the dialog. Without it the answer is 405. */
  onRequest: ((incoming: IncomingRequest) => void) | undefined;
  /** For the invitation that this session grows from: its PRACKs. */
  onPrack: ((incoming: IncomingRequest) => void) | undefined;
  /** For the invitation that this session grows from: the session ended before the invitation did. */
  onEarlyEnd: (() => void) | undefined;
  readonly core: SessionCore;
  readonly acknowledging: Acknowledging;
  readonly timer: SessionTimer;
  readonly #offering: Offering;
  readonly #answering: Answering;
  #referrals: Referrals | undefined;
  #end: SessionEnd | undefined;
  #confirmed = false;
  #byeWhenAcked: RequestOptions | undefined;

  constructor({ stack, dialog, exchange = new OfferAnswer(), authenticator, timer }: SessionParts) {
    super();
    this.dialog = dialog;
    this.core = new SessionCore({ stack, dialog, exchange, authenticator, hooks: this });
    this.acknowledging = new Acknowledging(this.core);
    this.#offering = new Offering(this.core, this.acknowledging);
    this.#answering = new Answering(this.core, this.acknowledging);
    const { clock, random } = stack;
    const refreshing = new Refreshing(this.core, this.#offering);
    this.timer = new SessionTimer({ clock, random, dialog: refreshing }, timer);
    this.core.timer = this.timer;
    stack.add(this);
  }

  /** Our description in force. */
  get localSdp(): string | undefined {
    return this.core.exchange.local;
  }

  /** The peer's description in force. */
  get remoteSdp(): string | undefined {
    return this.core.exchange.remote;
  }

  /** Our description that the peer was sent last: it may have refused it. */
  get sentSdp(): string | undefined {
    return this.core.exchange.sent;
  }

  /** How it ended; undefined while it lives. */
  get end(): SessionEnd | undefined {
    return this.#end;
  }

  /** Writes the session down; see `UserAgent.restore`. */
  snapshot(): SessionSnapshot {
    const { dialog, localSdp, remoteSdp, timer } = this;
    return { dialog: dialog.snapshot(), localSdp, remoteSdp, timer: timer.snapshot() };
  }

  /**
   * Changes the session by re-INVITE, through 491 and 422 (RFC 3261 §14.1); one that is not answered within 30 s is cancelled. Resolves
   * with the 2xx. @throws SessionError
   */
  async reinvite(modification: Modification = {}): Promise<SipResponse> {
    if (this.dialog.state !== 'confirmed') throw wrongState('A re-INVITE needs a confirmed dialog.');
    return this.#offering.modify('INVITE', modification);
  }

  /** CANCELs a re-INVITE of ours that waits for its answer (RFC 3261 §9.1). */
  cancelReinvite(): void {
    this.#offering.cancel();
  }

  /** Changes or refreshes the session by UPDATE, in an early dialog too (RFC 3311). Resolves with the 2xx. @throws SessionError */
  async update(modification: Modification = {}): Promise<SipResponse> {
    if (this.dialog.state === 'terminated') throw wrongState('The dialog has ended.');
    return this.#offering.modify('UPDATE', modification);
  }

  /** Sends INFO (RFC 6086). Resolves with its final response. @throws SessionError */
  info(request: InDialogRequest): Promise<SipResponse> {
    return this.request('INFO', request);
  }

  /** Sends any other request in the dialog. Resolves with its final response. @throws SessionError */
  async request(method: string, request: InDialogRequest = {}): Promise<SipResponse> {
    if (this.dialog.state === 'terminated') throw wrongState('The dialog has ended.');
    return this.core.request(method, request);
  }

  /** Asks the peer to call somebody else (RFC 3515). @throws SessionError when it refuses */
  async refer(target: string, options: ReferOptions = {}): Promise<Referral> {
    if (this.dialog.state === 'terminated') throw wrongState('The dialog has ended.');
    return this.#referring.refer(target, options);
  }

  /**
   * Ends the session (RFC 3261 §15.1.1). A callee whose 2xx has no ACK yet sends the BYE when it comes, or when
   * nobody waits for it any more. Harmless once ended.
   */
  bye(options: RequestOptions = {}): void {
    if (this.#end !== undefined || this.#byeWhenAcked !== undefined) return;
    if (this.dialog.state === 'early' && !this.dialog.isUac)
      throw wrongState('A callee ends an early dialog by refusing the INVITE.');
    this.timer.stop();
    if (this.acknowledging.awaited) this.#byeWhenAcked = options;
    else this.#lose({ by: 'local', cause: 'BYE' }, true, options);
  }

  /** A request in this dialog. */
  receive(transaction: ServerTransaction, request: SipRequest): void {
    const incoming = new IncomingRequest(transaction, request, this.dialog.localTag);
    if (this.#end !== undefined) incoming.respond(request.method === 'BYE' ? 200 : 481);
    else if (!this.dialog.accept(request)) incoming.respond(500);
    else {
      const unknown = unsupported(request.require);
      this.core.learnMethods(request);
      if (unknown.length > 0) incoming.respond(420, { headers: { Unsupported: unknown } });
      else this.#serve(incoming);
    }
  }

  #serve(incoming: IncomingRequest): void {
    const serve = Session.#methods[incoming.request.method];
    if (serve) serve(this, incoming);
    else this.#other(incoming);
  }

  /** The ACK of a 2xx of ours. */
  receiveAck(ack: SipRequest): void {
    this.acknowledging.receive(ack);
  }

  /** The dialog is confirmed: its timers start. */
  confirmed(): void {
    if (this.#confirmed) return;
    this.#confirmed = true;
    // What the session grew from is let go.
    this.onPrack = undefined;
    this.timer.start();
    this.emit('confirmed');
  }

  /** Ends it without a BYE: the INVITE that would have made it was refused, or another fork won. */
  drop(cause: string, by: SessionEnd['by'] = 'remote'): void {
    this.#lose({ by, cause }, false);
  }

  static readonly #methods: Readonly<Record<string, (session: Session, incoming: IncomingRequest) => void>> =
    {
      __proto__: null as never,
      INVITE: (session, incoming) => {
        const { state, isUac } = session.dialog;
        if (state === 'confirmed') session.#answering.reinvite(incoming);
        else incoming.respond(isUac ? 491 : 500, isUac ? {} : { headers: { 'Retry-After': 5 } });
      },
      UPDATE: (session, incoming) => session.#answering.update(incoming),
      PRACK: ({ onPrack }, incoming) => (onPrack ? onPrack(incoming) : incoming.respond(481)),
      BYE: (session, incoming) => {
        incoming.respond(200);
        session.#lose({ by: 'remote', cause: 'BYE', request: incoming.request }, false);
      },
      INFO: ({ onInfo }, incoming) => {
        if (onInfo) onInfo(incoming);
        else incoming.respond(incoming.request.body.length === 0 ? 200 : 415);
      },
      REFER: (session, incoming) => session.#referring.receiveRefer(incoming, session.onRefer),
      NOTIFY: (session, incoming) => {
        if (session.#referring.receiveNotify(incoming)) return;
        incoming.respond(200);
        session.emit('notify', incoming.request);
      },
      OPTIONS: (_session, incoming) =>
        incoming.respond(200, { headers: [...capabilityHeaders, ['Accept', SDP_TYPE]] }),
    };

  #other(incoming: IncomingRequest): void {
    if (this.onRequest) this.onRequest(incoming);
    else incoming.respond(405, { headers: { Allow: METHODS.join(', ') } });
  }

  /** REFERs and their NOTIFYs, which few sessions have. */
  get #referring(): Referrals {
    this.#referrals ??= new Referrals(this.core);
    return this.#referrals;
  }

  /** For its parts; see `SessionHooks`. */
  offered(offer: IncomingOffer): void {
    if (this.onOffer) {
      this.onOffer(offer, this);
      return;
    }
    const unchanged = offer.sdp === undefined || offer.sdp === this.remoteSdp;
    if (unchanged && this.localSdp !== undefined) offer.accept(this.localSdp);
    else offer.reject(488);
  }

  /** For its parts; see `SessionHooks`. */
  negotiated(): void {
    this.emit('negotiated');
  }

  /** For its parts; see `SessionHooks`. */
  refreshed(): void {
    this.emit('refreshed');
  }

  /** For its parts; see `SessionHooks`. */
  lost(cause: string, { bye, by }: { readonly bye: boolean; readonly by?: 'timer' }): void {
    this.#lose({ by: by ?? 'network', cause }, bye);
  }

  /** For its parts; see `SessionHooks`. */
  acknowledged(): void {
    this.core.release();
    this.core.closeTheirs('INVITE');
    if (this.#byeWhenAcked !== undefined) this.#lose({ by: 'local', cause: 'BYE' }, true, this.#byeWhenAcked);
    else this.confirmed();
  }

  #lose(end: SessionEnd, bye: boolean, options: RequestOptions = {}): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.core.release();
    this.timer.stop();
    this.#answering.end();
    // Its answer would come to nobody.
    this.#offering.cancel();
    this.acknowledging.end();
    this.#referrals?.end();
    const { stack } = this.core;
    const gone = () => {
      this.dialog.terminate();
      stack.remove(this);
    };
    if (bye) this.#sendBye(options, gone);
    else gone();
    this.dialog.terminate();
    this.core.exchanges.end();
    this.onEarlyEnd?.();
    this.emit('ended', end);
  }

  /** One that cannot be made is reported; the session ends without it. */
  #sendBye({ headers }: RequestOptions, gone: () => void): void {
    try {
      this.core.send('BYE', { headers }, { final: gone, failed: gone });
    } catch (error) {
      this.core.stack.report(error);
      gone();
    }
  }
}

function wrongState(sentence: string): SessionError {
  return new SessionError('wrong-state', sentence);
}
