/** What one side of a bridge is told when the other has refused what was passed on to it. */
import type { SipResponse } from '../sip/message/message.ts';
import type { Reply } from '../sip/session/incoming-request.ts';
import { SessionError } from '../sip/user-agent.ts';
import { SdpRefused } from './sdp.ts';

const GLARE = 491;
const NOT_ACCEPTABLE = 488;

/** Refusals of an INFO that are about what it brought, and the header that says what would be taken (RFC 3261 §21.4.13, RFC 6086 §4.2.1). */
const ABOUT_ITS_BODY: Readonly<Record<number, string>> = { 415: 'Accept', 469: 'Recv-Info' };

/**
 * The status for an offer. Why the other side refused is between it and the edge: many codes would end this side's dialog as well
 * (RFC 5057 §5.1), or need a header that tells of the other one. It may only wait, or leave everything as it was.
 */
export function offerRefusal(error: unknown): number {
  if (error instanceof SdpRefused) return NOT_ACCEPTABLE;
  if (!(error instanceof SessionError)) return 500;
  return error.status === GLARE ? GLARE : NOT_ACCEPTABLE;
}

/** The answer to an INFO, for the same reason 500 where it is no more than the other side's. */
export function infoAnswer({ status, headers }: SipResponse): [status: number, reply?: Reply] {
  if (status < 300) return [status];
  const name = ABOUT_ITS_BODY[status];
  if (name === undefined) return [500];
  return [status, { headers: { [name]: headers.all(name) } }];
}
