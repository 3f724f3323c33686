import { EventEmitter } from 'node:events';
import type { TimerHandle } from '../clock.ts';
import type { Addressed } from '../dialog/dialog.ts';
import { SessionError } from '../dialog/errors.ts';
import { ReliableUac } from '../dialog/reliable-uac.ts';
import { readable } from '../header/readable.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { mostRepetitions } from '../repetitions.ts';
import { MIN_SE } from '../session-timer/session-expires.ts';
import { invitationTimerHeaders } from '../session-timer/session-timer.ts';
import type { Transport } from '../transport/transport.ts';
import type { ClientRequest } from '../user-agent/client-request.ts';
import { failureError, refusedError } from './core.ts';
import { acknowledge, type ForkParts, sessionOf } from './forks.ts';
import { type ForkAck, LateAnswers } from './late-answers.ts';
import { acknowledgeProvisional } from './pracking.ts';
import { sdpOf } from './sdp.ts';
import type { Session } from './session.ts';

/** What an invitation tells whoever listens. */
export interface OutgoingInvitationEvents {
  /** A provisional response but 100; with the early dialog that it belongs to, if it has a To tag. */
  progress: [response: SipResponse, session: Session | undefined];
  /** A 2xx has made this session; its ACK has left, or waits for the answer to the 2xx's offer. */
  accepted: [session: Session, response: SipResponse];
  /** No session came of it. Exactly one of `accepted` and `failed` happens first, and `failed` at most once. */
  failed: [error: SessionError];
}

/** What an invitation is made of. */
export interface OutgoingInvitationParts extends Omit<ForkParts, keyof Addressed> {
  /** The INVITE without its session timer headers. */
  readonly addressed: Addressed;
  /** The listener to leave by. */
  readonly transport?: Transport | undefined;
  /** What becomes of further 2xx from other forks: ACK and BYE, or sessions too. */
  readonly forks?: 'first' | 'all' | undefined;
}

interface Fork {
  readonly session: Session;
  readonly reliable: ReliableUac;
}

/** An INVITE of ours (RFC 3261 §13.2) and the dialogs that its responses make, one for each To tag. */
export class OutgoingInvitation extends EventEmitter<OutgoingInvitationEvents> {
  readonly #parts: OutgoingInvitationParts;
  readonly #forks = new Map<string, Fork>();
  #request: ClientRequest;
  #sequence: number;
  #accepted: Session | undefined;
  #error: SessionError | undefined;
  #cancelled = false;
  #transport: Transport | undefined;
  #leastSeconds = 0;
  #raises = 0;
  #othersTimer: TimerHandle | undefined;

  constructor(parts: OutgoingInvitationParts) {
    super();
    this.#parts = parts;
    this.#transport = parts.transport;
    this.#sequence = parts.addressed.request.cseq?.number ?? 1;
    this.#request = this.#send();
  }

  /** The INVITE as it was made. */
  get request(): SipRequest {
    return this.#parts.addressed.request;
  }

  /** The dialogs that there are: early ones and those that were accepted. */
  get sessions(): readonly Session[] {
    return [...this.#forks.values()].map(fork => fork.session);
  }

  /** Whether anybody has responded yet, be it with 100 only. */
  get proceeding(): boolean {
    return this.#request.proceeding;
  }

  /** The first session that is accepted. Rejects with a `SessionError` if there is none. */
  get answered(): Promise<Session> {
    const answered = new Promise<Session>((resolve, reject) => {
      if (this.#accepted) resolve(this.#accepted);
      else if (this.#error) reject(this.#error);
      else {
        this.once('accepted', resolve);
        this.once('failed', reject);
      }
    });
    answered.catch(() => {});
    return answered;
  }

  /**
   * CANCELs it (RFC 3261 §9.1). It ends with `failed`, code `cancelled`; a 2xx that crosses the CANCEL is
   * acknowledged and ended by BYE. Does nothing once accepted or failed.
   */
  cancel(options: { readonly headers?: Readonly<Record<string, string>> } = {}): void {
    if (this.#accepted || this.#error || this.#cancelled) return;
    this.#cancelled = true;
    this.#request.cancel(options.headers);
  }

  #send(): ClientRequest {
    const { stack, addressed, authenticator, timer } = this.#parts;
    const request = addressed.request.clone();
    request.headers.set('CSeq', `${this.#sequence} INVITE`);
    for (const [name, value] of invitationTimerHeaders(timer ?? {}, this.#leastSeconds))
      request.headers.set(name, value);
    authenticator?.anticipate(request);
    return stack.send(
      { ...addressed, request },
      {
        authenticator,
        transport: this.#transport,
        nextSequence: () => ++this.#sequence,
        handlers: {
          sent: (_request, transport) => {
            this.#transport = transport;
          },
          provisional: (response, sent) => this.#progress(response, sent),
          final: (response, sent) => this.#final(response, sent),
          failed: failure => this.#fail(failureError(failure)),
        },
      },
    );
  }

  #progress(response: SipResponse, sent: SipRequest): void {
    if (this.#error) return;
    const fork = response.to?.tag === undefined ? undefined : this.#fork(response, sent);
    if (fork === undefined || fork.session.dialog.state !== 'early') {
      if (fork === undefined) this.emit('progress', response, undefined);
      return;
    }
    fork.session.core.learnMethods(response);
    const verdict = fork.reliable.receive(response);
    if (verdict.kind === 'ignore') return;
    if (verdict.kind === 'unreliable') {
      const sdp = sdpOf(response);
      if (sdp !== undefined) fork.session.core.exchange.previewRemotely(sdp);
    }
    if (verdict.kind === 'acknowledge')
      acknowledgeProvisional(fork.session.core, response, verdict.rack, () => this.cancel());
    this.emit('progress', response, fork.session);
  }

  #final(response: SipResponse, sent: SipRequest): void {
    if (response.status < 300) this.#accept(response, sent);
    else if (response.status === 422 && !this.#cancelled && this.#raise(response))
      this.#request = this.#send();
    else if (this.#cancelled)
      this.#fail(new SessionError('cancelled', 'The invitation was cancelled.', { response }));
    else this.#fail(refusedError('INVITE', response));
  }

  #accept(response: SipResponse, sent: SipRequest): void {
    const { session } = this.#fork(response, sent);
    const repeated = session.acknowledging.acknowledges(sent);
    acknowledge(this.#forkParts, session, response, sent);
    if (repeated) return;
    if (this.#cancelled || this.#error || (this.#accepted && this.#parts.forks !== 'all')) {
      session.bye();
      this.#fail(new SessionError('cancelled', 'The peer accepted what was cancelled already.'));
      return;
    }
    if (session.end !== undefined) {
      const { cause } = session.end;
      const code = cause === 'transport-error' ? cause : 'terminated';
      this.#fail(new SessionError(code, `The session ended at once: ${cause}.`));
      return;
    }
    if (this.#early) this.#othersTimer ??= this.#forgetOthersLater();
    session.onEarlyEnd = undefined;
    this.#accepted ??= session;
    this.#letGo(sent);
    session.confirmed();
    this.emit('accepted', session, response);
  }

  #fork(response: SipResponse, sent: SipRequest): Fork {
    const tag = response.to?.tag ?? '';
    const known = this.#forks.get(tag);
    if (known !== undefined) return known;
    const session = sessionOf(this.#forkParts, this.#transport, response, sent);
    session.onEarlyEnd = () => {
      if (!this.#early) this.#parts.stack.clock.clearTimeout(this.#othersTimer);
    };
    const fork = { session, reliable: new ReliableUac() };
    this.#forks.set(tag, fork);
    return fork;
  }

  /** Once nothing is left to be decided, what still comes does without the invitation and its session. */
  #letGo(sent: SipRequest): void {
    if (this.#parts.forks === 'all' || this.#early) return;
    let acks: readonly ForkAck[] = [];
    for (const [tag, { session }] of this.#forks) {
      const ack = session.acknowledging.ackOf(sent);
      if (ack === undefined) return;
      acks = [...acks, { tag, ack }];
    }
    const { stack, authenticator, isOutOfReach, addressed } = this.#parts;
    // Whatever they offer, they get a BYE: the INVITE itself and its description need not be kept for them.
    const parts: ForkParts = { stack, authenticator, isOutOfReach, nextHop: addressed.nextHop };
    this.#request.handOver(new LateAnswers(parts, this.#transport, acks));
  }

  get #forkParts(): ForkParts {
    const { addressed, ...parts } = this.#parts;
    const { nextHop, contactUser } = addressed;
    return { ...parts, nextHop, contactUser };
  }

  /** Whether a dialog waits for a 2xx of its own. */
  get #early(): boolean {
    return this.sessions.some(({ dialog }) => dialog.state === 'early');
  }

  #raise(response: SipResponse): boolean {
    const least = readable(response.headers, MIN_SE) ?? 0;
    if (least <= this.#leastSeconds || this.#raises >= mostRepetitions.intervalTooSmall) return false;
    this.#raises++;
    this.#leastSeconds = least;
    this.#sequence++;
    return true;
  }

  /** RFC 3261 §13.2.2.4: dialogs that have not been accepted 64·T1 after the first 2xx never will be. */
  #forgetOthersLater(): TimerHandle {
    const { clock, times } = this.#parts.stack;
    return clock.setTimeout(() => this.#dropEarly('another fork answered'), 64 * times.t1);
  }

  #dropEarly(cause: string): void {
    for (const [tag, { session }] of this.#forks)
      if (session.dialog.state === 'early') {
        this.#forks.delete(tag);
        session.drop(cause);
      }
  }

  #fail(error: SessionError): void {
    if (this.#error || this.#accepted) return;
    this.#error = error;
    this.#dropEarly(error.code === 'refused' ? `${error.status}` : error.code);
    this.emit('failed', error);
  }
}
