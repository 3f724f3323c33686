import { SipError } from '../grammar/errors.ts';
import type { SipMessage } from './message.ts';

export { SipError, SipInjectionError, SipSyntaxError } from '../grammar/errors.ts';

/** Where in the bytes of a message something stands; `line` and `column` count from 1. */
export interface Place {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/**
 * Bytes that are no SIP message, or a header in them that cannot be read. Says where, which status refuses it, and
 * what could be read all the same, so that a 400 (or 505) can be sent (RFC 3261 §8.2, §16.3; RFC 4475 §3.1.2).
 */
export class SipParseError extends SipError {
  readonly reason: string;
  /** Bytes from the start of the message. */
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  readonly status: number;
  /** What could be read; absent where not even the start line could. Only its raw headers may be relied on. */
  readonly salvaged: SipMessage | undefined;

  constructor(
    reason: string,
    place: Place,
    options: { status?: number; salvaged?: SipMessage; cause?: unknown } = {},
  ) {
    super(
      'SIP_PARSE',
      `${reason} (line ${place.line}, column ${place.column}, byte ${place.offset})`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.reason = reason;
    this.offset = place.offset;
    this.line = place.line;
    this.column = place.column;
    this.status = options.status ?? 400;
    this.salvaged = options.salvaged;
  }
}
