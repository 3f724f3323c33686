import { type RefresherRole, SessionExpires } from './session-expires.ts';

/** RFC 4028 §4 and §5, seconds. */
export const sessionIntervals = { recommended: 1_800, least: 90 } as const;

/** What one side wants of session timers. */
export interface SessionTimerWishes {
  /** The interval to ask for or to lower the peer's to; undefined asks for none. */
  readonly intervalSeconds?: number | undefined;
  /** The shortest interval that is accepted. 90 by default and at least. */
  readonly minSeconds?: number | undefined;
  /** Who should refresh; undefined leaves it to the peer, or as UAS to the UAC. */
  readonly refresher?: 'us' | 'peer' | undefined;
}

/** What a request said, read from its Session-Expires, Min-SE and Supported. */
export interface SessionTimerRequest {
  readonly sessionExpires: SessionExpires | undefined;
  readonly minSeconds: number | undefined;
  readonly supportsTimer: boolean;
}

/** A session timer that both sides agreed on. */
export interface SessionTimerAgreement {
  readonly intervalSeconds: number;
  readonly weRefresh: boolean;
  /** False when only we wanted it: the peer keeps no timer, and refreshes are plain keep-alives. */
  readonly shared: boolean;
}

/** How a UAS answers a request's session timer (RFC 4028 §9). */
export type SessionTimerAnswer =
  | { readonly kind: 'off' }
  | { readonly kind: 'too-small'; readonly minSeconds: number }
  | {
      readonly kind: 'on';
      readonly sessionExpires: SessionExpires;
      /** Whether the 2xx must carry `Require: timer`. */
      readonly require: boolean;
      readonly agreement: SessionTimerAgreement;
    };

/** The UAS's decision on an INVITE or UPDATE (RFC 4028 §9). It lowers the interval, never under the request's Min-SE. */
export function answerSessionTimer(
  request: SessionTimerRequest,
  wishes: SessionTimerWishes,
): SessionTimerAnswer {
  const { sessionExpires, supportsTimer } = request;
  const ourLeast = Math.max(sessionIntervals.least, wishes.minSeconds ?? 0);
  const theirLeast = Math.max(sessionIntervals.least, request.minSeconds ?? 0);
  const asked = sessionExpires?.seconds;
  if (asked !== undefined && asked < ourLeast && supportsTimer)
    return { kind: 'too-small', minSeconds: ourLeast };
  const wanted =
    wishes.intervalSeconds === undefined ? undefined : Math.max(wishes.intervalSeconds, theirLeast, ourLeast);
  if (asked === undefined && wanted === undefined) return { kind: 'off' };
  const seconds = longEnough(Math.min(asked ?? Number.POSITIVE_INFINITY, wanted ?? Number.POSITIVE_INFINITY));
  const refresher = answeredRefresher(request, wishes);
  return {
    kind: 'on',
    sessionExpires: new SessionExpires(seconds, refresher),
    require: refresher === 'uac',
    agreement: { intervalSeconds: seconds, weRefresh: refresher === 'uas', shared: true },
  };
}

/** RFC 4028 table 2: a UAC without timer support cannot refresh, and one that has chosen keeps its choice. */
function answeredRefresher(request: SessionTimerRequest, wishes: SessionTimerWishes): RefresherRole {
  if (!request.supportsTimer) return 'uas';
  return request.sessionExpires?.refresher ?? (wishes.refresher === 'us' ? 'uas' : 'uac');
}

/** The Session-Expires of our first INVITE (RFC 4028 §7.1). */
export function offeredSessionExpires(wishes: SessionTimerWishes): SessionExpires | undefined {
  if (wishes.intervalSeconds === undefined) return undefined;
  const seconds = Math.max(wishes.intervalSeconds, wishes.minSeconds ?? 0, sessionIntervals.least);
  const role = wishes.refresher === undefined ? undefined : wishes.refresher === 'us' ? 'uac' : 'uas';
  return new SessionExpires(seconds, role);
}

/**
 * What a 2xx to our request agreed on (RFC 4028 §7.2). Without a Session-Expires the peer keeps no timer;
 * whoever asked for one may then refresh alone, which is `weRefresh`.
 */
export function agreedSessionTimer(
  answered: SessionExpires | undefined,
  offered: SessionExpires | undefined,
): SessionTimerAgreement | undefined {
  if (answered !== undefined) {
    const refresher = answered.refresher ?? offered?.refresher ?? 'uac';
    return { intervalSeconds: longEnough(answered.seconds), weRefresh: refresher === 'uac', shared: true };
  }
  return offered && { intervalSeconds: offered.seconds, weRefresh: true, shared: false };
}

/** A peer that asks for less is refreshed as seldom as any other: RFC 4028 §4 and §5 know no shorter interval. */
const longEnough = (seconds: number) => Math.max(sessionIntervals.least, seconds);

/** When a refresh is due: half of the interval (RFC 4028 §7.2, §10). */
export function refreshSeconds(intervalSeconds: number): number {
  return intervalSeconds / 2;
}

/** When a session that was not refreshed is given up: 32 s or a third before its end (RFC 4028 §10). */
export function watchDogSeconds(intervalSeconds: number): number {
  return intervalSeconds - Math.min(32, intervalSeconds / 3);
}
