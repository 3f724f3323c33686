import { Problem } from '../../core/problem.ts';
import { parseSid, rootSid, toUuid } from '../../core/sid.ts';
import { type Route, route } from '../dialect.ts';
import { decodeCallback, unknownAttributes } from './requests.ts';
import { callbackState } from './resources.ts';

/** This API's envelope: `code` 0 is success, `request_id` the handle of the request. */
const accepted = (data: unknown, callSid: string) => ({
  code: 0,
  status: 200,
  data,
  request_id: toUuid(rootSid(callSid)),
});

export const routes: readonly Route[] = [
  route<'placeCall'>({
    method: 'POST',
    path: '/voice/call/callback',
    operation: 'placeCall',
    decode: ({ json }) => decodeCallback(json),
    encode: ({ call }, { json }) => {
      const unknown = unknownAttributes(json);
      return {
        status: 200,
        body: {
          ...accepted('accepted', call.sid),
          ...(unknown.length > 0 && { unknown_attributes: unknown }),
        },
      };
    },
  }),
  route<'readCall'>({
    method: 'GET',
    path: '/voice/call/status/{requestId}',
    operation: 'readCall',
    decode: ({ params }) => {
      const callSid = parseSid('CA', params['requestId'] ?? '');
      if (callSid !== undefined) return { callSid };
      throw new Problem(
        'unknown-call',
        'There is no such request: give the request_id that the call was accepted with.',
      );
    },
    encode: ({ call, calls }) => ({ status: 200, body: accepted(callbackState(calls), call.sid) }),
  }),
];
