import type { SipResponse } from '../message/message.ts';

/** Why something asked of a dialog or session was not done. */
export type SessionErrorCode =
  /** The dialog is not in a state for it. */
  | 'wrong-state'
  /** An offer cannot be made, or an answer given, now (RFC 3264 §4, RFC 3311 §5.1). */
  | 'offer-pending'
  /** The peer refused; see `response`. */
  | 'refused'
  /** No final answer came. */
  | 'timeout'
  | 'transport-error'
  /** The dialog ended meanwhile. */
  | 'terminated'
  /** It was cancelled by us. */
  | 'cancelled';

/** Something asked of a dialog was not done. */
export class SessionError extends Error {
  override readonly name = 'SessionError';
  readonly code: SessionErrorCode;
  /** The peer's refusal, when there was one. */
  readonly response: SipResponse | undefined;

  constructor(
    code: SessionErrorCode,
    message: string,
    options: { response?: SipResponse; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.response = options.response;
  }

  /** The status to pass on: the peer's, or what RFC 3261 §8.1.3.1 puts in its place. */
  get status(): number {
    return this.response?.status ?? statusWithoutResponse[this.code];
  }
}

const statusWithoutResponse: Readonly<Record<SessionErrorCode, number>> = {
  'wrong-state': 500,
  'offer-pending': 491,
  refused: 500,
  timeout: 408,
  'transport-error': 503,
  terminated: 481,
  cancelled: 487,
};
