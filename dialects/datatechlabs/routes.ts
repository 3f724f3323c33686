import { Problem } from '../../core/problem.ts';
import { parseSid, rootSid, toUuid } from '../../core/sid.ts';
import { type ApiAnswer, type Route, route } from '../dialect.ts';
import { decodeMenu, unknownInMenu } from './menu-request.ts';
import { decodePlay, unknownInPlay } from './play-request.ts';
import { decodeCallback, unknownInCallback } from './requests.ts';
import { requestState } from './resources.ts';

/** This API's envelope: `code` 0 is success, `request_id` the handle of the request. */
const accepted = (data: unknown, callSid: string) => ({
  code: 0,
  status: 200,
  data,
  request_id: toUuid(rootSid(callSid)),
});

/** A request that was taken, and what of it means nothing here. */
const taken = (callSid: string, unknown: readonly string[]): ApiAnswer => ({
  status: 200,
  body: {
    ...accepted('accepted', callSid),
    ...(unknown.length > 0 && { unknown_attributes: unknown }),
  },
});

export const routes: readonly Route[] = [
  route<'placeCall'>({
    method: 'POST',
    path: '/voice/call/callback',
    operation: 'placeCall',
    decode: ({ json }) => decodeCallback(json),
    encode: ({ call }, { json }) => taken(call.sid, unknownInCallback(json)),
  }),
  route<'placeCall'>({
    method: 'POST',
    path: '/voice/call/play',
    operation: 'placeCall',
    decode: ({ json }) => decodePlay(json),
    encode: ({ call }, { json }) => taken(call.sid, unknownInPlay(json)),
  }),
  route<'placeCalls'>({
    method: 'POST',
    path: '/voice/call/menu',
    operation: 'placeCalls',
    decode: ({ json }) => ({ calls: decodeMenu(json) }),
    encode: ({ calls: [first] }, { json }) => taken(first?.sid ?? '', unknownInMenu(json)),
  }),
  route<'readRequest'>({
    method: 'GET',
    path: '/voice/call/status/{requestId}',
    operation: 'readRequest',
    decode: ({ params }) => {
      const callSid = parseSid('CA', params['requestId'] ?? '');
      if (callSid !== undefined) return { callSid };
      throw new Problem(
        'unknown-call',
        'There is no such request: give the request_id that the call was accepted with.',
      );
    },
    encode: request => ({ status: 200, body: accepted(requestState(request), request.callSid) }),
  }),
];
