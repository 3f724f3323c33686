import { CALL_ID } from '../header/call-id.ts';
import { ACCEPT, CONTENT_TYPE } from '../header/content-type.ts';
import { CSEQ } from '../header/cseq.ts';
import { DATE } from '../header/date.ts';
import { CONTACT, FROM, RECORD_ROUTE, ROUTE, TO } from '../header/name-addr.ts';
import { byHeader } from '../header/names.ts';
import { EXPIRES, MAX_FORWARDS } from '../header/number.ts';
import { REQUIRE } from '../header/token-list.ts';
import type { HeaderType } from '../header/type.ts';
import { VIA } from '../header/via.ts';
import { SipParseError } from './errors.ts';
import type { SipMessage, SipRequest } from './message.ts';
import type { Objection } from './verdict.ts';

/** The headers that an element reads whatever the message is about: each must follow its grammar. */
const read = byHeader<HeaderType<unknown> | undefined>(
  [
    VIA,
    FROM,
    TO,
    CALL_ID,
    CSEQ,
    MAX_FORWARDS,
    ROUTE,
    RECORD_ROUTE,
    CONTACT,
    REQUIRE,
    CONTENT_TYPE,
    ACCEPT,
    EXPIRES,
    DATE,
  ].map(type => [type.name, type] as const),
  undefined,
);

/** Says what in the headers of a message does not follow its grammar (RFC 4475 §3.1.2). */
export function headersFollowGrammar(message: SipMessage): Objection | undefined {
  const { headers } = message;
  try {
    for (const field of headers.fields) {
      const type = read[field.header.index];
      if (type !== undefined && (type !== CONTACT || !message.contactIsStar)) headers.readField(field, type);
    }
    return undefined;
  } catch (error) {
    return objectionOf(error);
  }
}

/** A Request-URI is a URI, without brackets and without headers (RFC 3261 §19.1.1; RFC 4475 §3.1.2.7, §3.1.2.11). */
export function requestUriFollowsGrammar(request: SipRequest): Objection | undefined {
  try {
    const { requestUri } = request;
    if (requestUri.kind === 'sip' && requestUri.headers.length > 0) {
      return { status: 400, reason: 'A Request-URI must not contain headers' };
    }
    return undefined;
  } catch (error) {
    return objectionOf(error);
  }
}

/** The method in CSeq is that of the request (RFC 3261 §8.1.1.5; RFC 4475 §3.1.2.17, §3.1.2.18). */
export function cseqHasTheMethod({ cseq, method }: SipRequest): Objection | undefined {
  if (cseq === undefined || cseq.method === method) return undefined;
  return { status: 400, reason: `CSeq says ${cseq.method} in a request whose method is another` };
}

function objectionOf(error: unknown): Objection {
  if (!(error instanceof SipParseError)) throw error;
  return { status: error.status, reason: error.message };
}
