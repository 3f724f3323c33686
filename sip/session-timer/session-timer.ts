import type { Clock } from '../clock.ts';
import { readable } from '../header/readable.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { Random } from '../random.ts';
import {
  agreedSessionTimer,
  answerSessionTimer,
  offeredSessionExpires,
  refreshSeconds,
  type SessionTimerAgreement,
  type SessionTimerRequest,
  type SessionTimerWishes,
  watchDogSeconds,
} from './negotiate.ts';
import { Refresher, type RefresherDialog, type RefreshOutcome } from './refresher.ts';
import { MIN_SE, SESSION_EXPIRES, SessionExpires } from './session-expires.ts';
import { WatchDog } from './watch-dog.ts';

/** Session timer and keep-alive of one call. */
export interface SessionTimerOptions extends SessionTimerWishes {
  /**
   * Send UPDATE every so many seconds, whoever refreshes the session. Unless told otherwise it also asks for a
   * session interval of twice as much, with us as refresher.
   */
  readonly keepAliveSeconds?: number | undefined;
}

/** A session timer as plain data. Times are milliseconds of the clock: since the epoch. */
export interface SessionTimerSnapshot {
  readonly options: SessionTimerOptions;
  readonly agreement: SessionTimerAgreement | undefined;
  readonly refreshAt: number | undefined;
  readonly expiresAt: number | undefined;
}

/** What a session timer needs besides its dialog. */
export interface SessionTimerParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly dialog: RefresherDialog;
}

type HeaderPairs = [name: string, value: string | number][];

/** What to do with a request's session timer. */
export type SessionTimerReply =
  | { readonly kind: 'refuse'; readonly headers: HeaderPairs }
  | { readonly kind: 'go-on'; readonly headers: HeaderPairs; readonly take: () => void };

/** The session timer of one dialog (RFC 4028), in both roles, and a keep-alive with its own period beside it. */
export class SessionTimer {
  #options: SessionTimerOptions;
  readonly #refresher: Refresher;
  readonly #watchDog: WatchDog;
  #agreement: SessionTimerAgreement | undefined;
  #least: number | undefined;
  #running = false;

  constructor({ clock, random, dialog }: SessionTimerParts, options: SessionTimerOptions = {}) {
    this.#options = options;
    this.#refresher = new Refresher({ clock, random, dialog });
    this.#watchDog = new WatchDog(clock, dialog);
  }

  /** Wants something else from now on; what is agreed stays so until the next refresh. */
  configure(options: SessionTimerOptions): void {
    this.#options = options;
  }

  /** What is wanted, agreed and due, to go on elsewhere. */
  snapshot(): SessionTimerSnapshot {
    const { dueAt: refreshAt } = this.#refresher;
    return {
      options: this.#options,
      agreement: this.#agreement,
      refreshAt,
      expiresAt: this.#watchDog.bitesAt,
    };
  }

  /** Goes on where another process left off: a refresh that fell due meanwhile is sent at once. */
  resume({ agreement, refreshAt, expiresAt }: Omit<SessionTimerSnapshot, 'options'>): void {
    this.#agreement = agreement;
    this.start();
    if (refreshAt !== undefined) this.#refresher.resume(refreshAt);
    if (expiresAt !== undefined) this.#watchDog.resume(expiresAt);
  }

  get #wishes(): SessionTimerWishes {
    return wishesOf(this.#options);
  }

  /** What is in force. */
  get agreement(): SessionTimerAgreement | undefined {
    return this.#agreement;
  }

  get refresher(): Refresher {
    return this.#refresher;
  }

  /** Headers for a re-INVITE or UPDATE of ours; the roles are said so that they stay (RFC 4028 §7.4). */
  requestHeaders(): HeaderPairs {
    const { intervalSeconds, weRefresh, shared } = this.#agreement ?? {};
    if (intervalSeconds === undefined || !shared) return [];
    const seconds = Math.max(intervalSeconds, this.#least ?? 0);
    return withMinimum(
      [['Session-Expires', `${new SessionExpires(seconds, weRefresh ? 'uac' : 'uas')}`]],
      this.#least,
    );
  }

  /** Reads an INVITE or UPDATE of the peer: 422, or headers for the 2xx, whose sending `take` puts in force. */
  answer(request: SipRequest): SessionTimerReply {
    const answer = answerSessionTimer(...this.#continued(readSessionTimer(request)));
    if (answer.kind === 'too-small') return { kind: 'refuse', headers: [['Min-SE', answer.minSeconds]] };
    if (answer.kind === 'off') return { kind: 'go-on', headers: [], take: () => this.#take(undefined) };
    const headers: HeaderPairs = [['Session-Expires', `${answer.sessionExpires}`]];
    if (answer.require) headers.push(['Require', 'timer']);
    return { kind: 'go-on', headers, take: () => this.#take(answer.agreement) };
  }

  /** Reads a 2xx to an INVITE or UPDATE of ours. One without any Session-Expires on either side changes nothing. */
  learn(request: SipRequest, response: SipResponse): void {
    const offered = request.headers.read(SESSION_EXPIRES);
    const answered = readable(response.headers, SESSION_EXPIRES);
    if (offered === undefined && answered === undefined) return;
    this.#take(agreedSessionTimer(answered, offered));
  }

  /** Keeps the Min-SE of a 422, for every later request (RFC 4028 §7.3). False if it asks for nothing new. */
  raise(response: SipResponse): boolean {
    const least = readable(response.headers, MIN_SE);
    if (least === undefined || least <= (this.#least ?? 0)) return false;
    this.#least = least;
    return true;
  }

  /** The dialog is confirmed: from now on refreshes are due. */
  start(): void {
    this.#running = true;
    this.#apply();
  }

  stop(): void {
    this.#running = false;
    this.#watchDog.stop();
    this.#refresher.stop();
  }

  /** Our refresh has its answer; see `Refresher`. */
  answered(outcome: RefreshOutcome): void {
    this.#refresher.answered(outcome);
  }

  /** An INVITE or UPDATE of ours has ended. */
  dialogFree(refreshed: boolean): void {
    this.#refresher.dialogFree(refreshed);
  }

  /** In a session that has a timer, what a request leaves open stays as it is: interval and roles (RFC 4028 §7.4, §9). */
  #continued(request: SessionTimerRequest): [SessionTimerRequest, SessionTimerWishes] {
    const agreement = this.#agreement;
    const wishes = this.#wishes;
    if (!agreement?.shared) return [request, wishes];
    const { intervalSeconds, weRefresh } = agreement;
    const interval = request.sessionExpires === undefined ? intervalSeconds : wishes.intervalSeconds;
    return [
      { ...request, supportsTimer: request.supportsTimer || !weRefresh },
      { ...wishes, intervalSeconds: interval, refresher: weRefresh ? 'us' : 'peer' },
    ];
  }

  #take(agreement: SessionTimerAgreement | undefined): void {
    this.#agreement = agreement;
    if (this.#running) this.#apply();
  }

  #apply(): void {
    const { intervalSeconds, weRefresh, shared } = this.#agreement ?? {};
    const { keepAliveSeconds } = this.#options;
    const periods = keepAliveSeconds === undefined ? [] : [keepAliveSeconds];
    if (intervalSeconds !== undefined && weRefresh) periods.push(refreshSeconds(intervalSeconds));
    if (periods.length > 0) this.#refresher.start(Math.min(...periods));
    else this.#refresher.pause();
    if (intervalSeconds === undefined || !shared) this.#watchDog.stop();
    // Our own refreshes end the call when they fail; the interval is the last word (RFC 4028 §10).
    else this.#watchDog.feed(weRefresh ? intervalSeconds : watchDogSeconds(intervalSeconds));
  }
}

/** The headers of the 422 that an INVITE outside any dialog deserves, if it does. */
export function refusedInterval(
  request: SipRequest,
  options: SessionTimerOptions = {},
): HeaderPairs | undefined {
  const answer = answerSessionTimer(readSessionTimer(request), wishesOf(options));
  return answer.kind === 'too-small' ? [['Min-SE', answer.minSeconds]] : undefined;
}

function readSessionTimer(request: SipRequest): SessionTimerRequest {
  return {
    sessionExpires: request.headers.read(SESSION_EXPIRES),
    minSeconds: request.headers.read(MIN_SE),
    supportsTimer: request.supported.some(tag => tag.toLowerCase() === 'timer'),
  };
}

/** What a keep-alive asks for when nothing else is said. */
function wishesOf({ keepAliveSeconds, ...wishes }: SessionTimerOptions): SessionTimerWishes {
  if (keepAliveSeconds === undefined) return wishes;
  return {
    ...wishes,
    intervalSeconds: wishes.intervalSeconds ?? 2 * keepAliveSeconds,
    refresher: wishes.refresher ?? 'us',
  };
}

/** Headers for a first INVITE, and again after a 422 with the Min-SE that it asked for (RFC 4028 §7.1, §7.3). */
export function invitationTimerHeaders(options: SessionTimerOptions, least?: number): HeaderPairs {
  const wishes = wishesOf(options);
  const offered = offeredSessionExpires({
    ...wishes,
    minSeconds: Math.max(wishes.minSeconds ?? 0, least ?? 0),
  });
  const pairs: HeaderPairs = offered === undefined ? [] : [['Session-Expires', `${offered}`]];
  return withMinimum(pairs, Math.max(wishes.minSeconds ?? 0, least ?? 0));
}

function withMinimum(pairs: HeaderPairs, least: number | undefined): HeaderPairs {
  return least ? [...pairs, ['Min-SE', least]] : pairs;
}
