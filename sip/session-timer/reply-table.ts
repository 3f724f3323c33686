/** What an answer to our refresh means for the call. */
export type ReplyAct =
  /** The dialog is alive and the session refreshed. */
  | 'alive'
  /** An answer from a dialog that is there, to something it should not have minded: leave the call. */
  | 'tolerated'
  /** Both sides tried at once: once more after the back-off of RFC 3261 §14.1. */
  | 'glare'
  /** The interval is too small: at once with the peer's Min-SE (RFC 4028 §7.3). */
  | 'raise'
  /** Once more after Retry-After. */
  | 'wait'
  /** UPDATE is not for this peer: re-INVITE with the unchanged SDP from now on. */
  | 'fall-back'
  /** The dialog is gone, or of no more use: BYE (RFC 3261 §12.2.1.2, RFC 4028 §10, RFC 5057). */
  | 'gone'
  /** This transaction failed, the session has not changed: at the next tick again, but not forever. */
  | 'failed';

/** Answers to UPDATE by status; what is not here is `failed`, and 2xx are `alive`. */
export const replyActs: Readonly<Record<number, ReplyAct>> = {
  404: 'gone',
  405: 'fall-back',
  408: 'gone',
  410: 'gone',
  415: 'fall-back',
  416: 'gone',
  420: 'fall-back',
  422: 'raise',
  480: 'gone',
  481: 'gone',
  482: 'gone',
  483: 'gone',
  484: 'gone',
  485: 'gone',
  488: 'fall-back',
  491: 'glare',
  500: 'wait',
  501: 'fall-back',
  502: 'gone',
  604: 'gone',
  606: 'fall-back',
};

/** After a fall-back, the same words against a re-INVITE leave the call as it is (RFC 3261 §14.1). */
const actsOnReinvite: Readonly<Record<number, ReplyAct>> = {
  415: 'tolerated',
  488: 'tolerated',
  606: 'tolerated',
};

/** What a final status means, for the method it answers. */
export function replyAct(status: number, method: 'UPDATE' | 'INVITE'): ReplyAct {
  if (status >= 200 && status < 300) return 'alive';
  const act = replyActs[status] ?? 'failed';
  if (method === 'UPDATE') return act;
  return actsOnReinvite[status] ?? (act === 'fall-back' ? 'failed' : act);
}
