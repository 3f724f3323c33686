import { strict as assert } from 'node:assert';
import { AUTHORIZATION, WWW_AUTHENTICATE } from '../../../sip/header/auth.ts';
import { ACCEPT } from '../../../sip/header/content-type.ts';
import { DATE } from '../../../sip/header/date.ts';
import {
  DIVERSION,
  HISTORY_INFO,
  P_ASSERTED_IDENTITY,
  PATH,
  REFER_TO,
} from '../../../sip/header/name-addr.ts';
import { CONTENT_DISPOSITION, EVENT } from '../../../sip/header/parameterised.ts';
import { PRIVACY } from '../../../sip/header/privacy.ts';
import { RACK } from '../../../sip/header/rack.ts';
import { REASON } from '../../../sip/header/reason.ts';
import { REPLACES } from '../../../sip/header/replaces.ts';
import { RETRY_AFTER } from '../../../sip/header/retry-after.ts';
import { type HeaderType, parseHeader } from '../../../sip/header/type.ts';
import { USER_TO_USER } from '../../../sip/header/user-to-user.ts';
import { VIA } from '../../../sip/header/via.ts';
import { WARNING } from '../../../sip/header/warning.ts';
import { createResponse } from '../../../sip/message/create.ts';
import { SipParseError } from '../../../sip/message/errors.ts';
import { Headers, type HeaderValue } from '../../../sip/message/headers.ts';
import type { SipMessage } from '../../../sip/message/message.ts';
import { parseMessage } from '../../../sip/message/parse.ts';
import { serialise } from '../../../sip/message/serialise.ts';
import { validate } from '../../../sip/message/validate.ts';

const types: readonly HeaderType<unknown>[] = [
  ...[
    VIA,
    AUTHORIZATION,
    WWW_AUTHENTICATE,
    ACCEPT,
    DATE,
    DIVERSION,
    HISTORY_INFO,
    P_ASSERTED_IDENTITY,
    PATH,
    REFER_TO,
  ],
  ...[CONTENT_DISPOSITION, EVENT, PRIVACY, RACK, REASON, REPLACES, RETRY_AFTER, USER_TO_USER, WARNING],
];

/** What became of one input. */
export type Outcome = 'refused' | 'accepted';

/**
 * Does with bytes from a stranger all that the stack may do with them, and throws if anything but a `SipParseError`
 * comes out, or a promise is broken: a place outside the input, a message that is not the same when written and
 * read, a typed value that cannot read what it wrote or cannot enter a message, a response that cannot be read.
 */
export function exercise(bytes: Buffer): Outcome {
  let message: SipMessage;
  try {
    message = parseMessage(bytes);
  } catch (error) {
    assert(error instanceof SipParseError, error as Error);
    assert(error.offset >= 0 && error.offset <= bytes.length && error.line >= 1 && error.column >= 1);
    if (error.salvaged?.isRequest)
      parseMessage(serialise(createResponse(error.salvaged, error.status, undefined, { toTag: 't' })));
    return 'refused';
  }
  const written = serialise(message);
  assert(serialise(parseMessage(written)).equals(written), 'writing is no fixed point');
  for (const type of types) readBack(message, type);
  if (message.isRequest) parseMessage(serialise(createResponse(message, 400, undefined, { toTag: 't' })));
  return validate(message).action === 'accept' ? 'accepted' : 'refused';
}

function readBack<T>(message: SipMessage, type: HeaderType<T>): void {
  let values: readonly T[];
  try {
    values = message.headers.readAll(type);
  } catch (error) {
    assert(error instanceof SipParseError, error as Error);
    return;
  }
  for (const value of values) {
    if (!(value instanceof Date)) new Headers().append(type.name, [value as HeaderValue]);
    const text = value instanceof Date ? value.toUTCString() : String(value);
    assert.equal(
      parseHeader(type, text)
        .map(again => (again instanceof Date ? again.toUTCString() : String(again)))
        .join(),
      text,
    );
  }
}
