/** Status callbacks of this API: ours, since it has none of its own. */
import { rootSid, toUuid } from '../../core/sid.ts';
import type { CallbackQuestion, Pairs, WebRequest } from '../dialect.ts';
import { withQuery } from '../web-encoding.ts';
import { asSeen, SIGNATURE_HEADER, sign } from './signature.ts';
import { STATUS_WORDS } from './status-words.ts';

/** A JSON body, or for GET the same as query parameters; signed either way. */
export function callback({ target, event, authToken, nowMs }: CallbackQuestion): WebRequest {
  const parameters = payload(event.detail);
  const url =
    target.method === 'GET'
      ? withQuery(
          target.url,
          Object.entries(parameters).map(([name, value]) => [name, String(value)]) satisfies Pairs,
        )
      : target.url;
  const body = target.method === 'GET' ? undefined : JSON.stringify(parameters);
  return {
    method: target.method,
    url,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      [SIGNATURE_HEADER]: sign({ authToken, url: asSeen(url), body: body ?? '', nowMs }),
    },
    ...(body !== undefined && { body }),
    parameters,
  };
}

function payload({ call, metadata, callback: subscription }: CallbackQuestion['event']['detail']) {
  return {
    request_id: toUuid(rootSid(call.sid)),
    call_id: toUuid(call.sid),
    leg: call.parentSid === undefined ? 'A' : 'B',
    event: subscription?.event,
    state: STATUS_WORDS[call.status],
    to: call.to,
    from: call.from,
    sequence_number: subscription?.sequenceNumber,
    timestamp: metadata.occurredAt,
    ...(call.durationSeconds !== undefined && { duration_seconds: call.durationSeconds }),
    ...(call.sipCode !== undefined && { sip_code: call.sipCode }),
  };
}
