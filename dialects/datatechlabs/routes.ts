import { Problem } from '../../core/problem.ts';
import { parseSid, rootSid, toUuid } from '../../core/sid.ts';
import { type ApiAnswer, type Route, route } from '../dialect.ts';
import { acceptedAnswer, stateAnswer } from './answers.ts';
import { decodeMenu, menu, unknownInMenu } from './menu-request.ts';
import { decodePlay, play, unknownInPlay } from './play-request.ts';
import { callback, decodeCallback, unknownInCallback } from './requests.ts';
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
    describes: {
      id: 'callback',
      summary: 'Call two parties, one after the other, and join them',
      details: 'A leg may also have `osip_…` attributes: headers of its INVITE.',
      body: { schema: callback, as: ['json'] },
      answers: { 200: acceptedAnswer },
    },
    decode: ({ json }) => decodeCallback(json),
    encode: ({ call }, { json }) => taken(call.sid, unknownInCallback(json)),
  }),
  route<'placeCall'>({
    method: 'POST',
    path: '/voice/call/play',
    operation: 'placeCall',
    describes: {
      id: 'play',
      summary: 'Call one party, play a list of audio files, and hang up',
      details: '`osip_…` attributes are headers of the INVITE.',
      body: { schema: play, as: ['json'] },
      answers: { 200: acceptedAnswer },
    },
    decode: ({ json }) => decodePlay(json),
    encode: ({ call }, { json }) => taken(call.sid, unknownInPlay(json)),
  }),
  route<'placeCalls'>({
    method: 'POST',
    path: '/voice/call/menu',
    operation: 'placeCalls',
    describes: {
      id: 'menu',
      summary: 'Call people, play them something stage after stage, and take their keys',
      details:
        '`playlist_2`, `playlist_3` … are further stages. A recipient may also have `osip_…` attributes: headers of its INVITE.',
      body: { schema: menu, as: ['json'] },
      answers: { 200: acceptedAnswer },
    },
    decode: ({ json }) => ({ calls: decodeMenu(json) }),
    encode: ({ calls: [first] }, { json }) => taken(first?.sid ?? '', unknownInMenu(json)),
  }),
  route<'readRequest'>({
    method: 'GET',
    path: '/voice/call/status/{requestId}',
    operation: 'readRequest',
    describes: {
      id: 'status',
      summary: 'Read what became of a request',
      answers: { 200: stateAnswer },
    },
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
