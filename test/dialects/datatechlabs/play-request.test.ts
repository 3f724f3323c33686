/** POST /voice/call/play: what it takes, and what becomes of it. */
import { describe, expect, it } from 'vitest';
import type { PlaceCall } from '../../../core/operation.ts';
import { MAX_PLAYLIST_FILES } from '../../../dialects/datatechlabs/play-request.ts';
import { apiRequest, OWN, problemOf, routeOf, TO_A } from './support.ts';

const POST_PLAY = routeOf('POST', '/voice/call/play');
const HELLO = { play: 'https://example.com/hello.wav' };
const BYE = { play: 'https://example.com/bye.wav' };
const body = (more: object = {}) => ({ to: TO_A, playlist: [HELLO, BYE], ...more });
const decode = (json: unknown) => POST_PLAY.decode(apiRequest({ json })) as PlaceCall;

describe('a play request', () => {
  it('calls one party and plays the files in their order', () => {
    expect(decode(body())).toEqual({
      to: TO_A,
      fields: { to: 'to', from: 'from' },
      sipSettings: { leg: '', headers: [], attributes: [] },
      entry: {
        verbs: [
          { verb: 'Play', url: HELLO.play, loop: 1 },
          { verb: 'Play', url: BYE.play, loop: 1 },
        ],
      },
      requestKind: 'play',
    });
  });

  it('has the caller id, times and status callback that a leg of a callback has', () => {
    const json = body({ from: OWN, timeout: 20, time_limit: 60, status_callback: 'https://example.com/e' });

    expect(decode(json)).toMatchObject({
      from: OWN,
      ringTimeoutSeconds: 20,
      timeLimitSeconds: 60,
      callback: { url: 'https://example.com/e', method: 'POST' },
    });
  });

  it('may ask for headers and UPDATEs', () => {
    expect(decode(body({ sip_update: 900, osip_Privacy: 'id' })).sipSettings).toEqual({
      leg: '',
      headers: [['Privacy', 'id']],
      updateSeconds: 900,
      attributes: ['sip_update', 'osip_Privacy'],
    });
  });

  it('names attributes that mean nothing in its answer', () => {
    const call = { sid: `CA${'0'.repeat(32)}` };
    const json = body({ colour: 'red', osip_Privacy: 'id' });

    const answer = POST_PLAY.encode({ call, replayed: false } as never, apiRequest({ json }));

    expect(answer.body).toEqual({
      code: 0,
      status: 200,
      data: 'accepted',
      request_id: '00000000-0000-0000-0000-000000000000',
      unknown_attributes: ['colour'],
    });
  });

  const LIST = `playlist must be a list of 1 to ${MAX_PLAYLIST_FILES} objects such as { "play": "https://example.com/hello.wav" }.`;
  const refusals: [what: string, json: unknown, kind: string, message: string][] = [
    [
      'without a body',
      undefined,
      'unsupported-media-type',
      'Send a JSON object with Content-Type: application/json.',
    ],
    ['that is a list', [], 'malformed-body', 'The body has to be a JSON object with to and playlist.'],
    ['that leads nowhere', { playlist: [HELLO] }, 'missing-parameter', 'to is missing.'],
    ['that plays nothing', { to: TO_A }, 'missing-parameter', 'playlist is missing.'],
    ['whose playlist is empty', body({ playlist: [] }), 'invalid-parameter', LIST],
    ['whose playlist is a text', body({ playlist: HELLO.play }), 'invalid-parameter', LIST],
    ['whose playlist has a text', body({ playlist: [HELLO.play] }), 'invalid-parameter', LIST],
    [
      'whose playlist has too many files',
      body({ playlist: Array.from({ length: MAX_PLAYLIST_FILES + 1 }, () => HELLO) }),
      'invalid-parameter',
      LIST,
    ],
    [
      'that plays something else, too',
      body({ playlist: [{ ...HELLO, say: 'x' }] }),
      'invalid-parameter',
      LIST,
    ],
    ['with a file of no name', body({ playlist: [{}] }), 'missing-parameter', 'playlist[0].play is missing.'],
    [
      'with a file that is nowhere',
      body({ playlist: [HELLO, { play: 'hello.wav' }] }),
      'invalid-parameter',
      'playlist[1].play must be an absolute http or https URL.',
    ],
    [
      'with one header twice',
      body({ osip_Privacy: 'id', osip_privacy: 'none' }),
      'invalid-parameter',
      'osip_privacy names the same header as osip_Privacy.',
    ],
  ];

  it.each(refusals)('%s is refused', (_, json, kind, message) => {
    expect(problemOf(() => decode(json))).toMatchObject({ kind, message });
  });

  it('takes as many files as a playlist may have', () => {
    const playlist = Array.from({ length: MAX_PLAYLIST_FILES }, () => HELLO);

    expect(decode(body({ playlist })).entry).toMatchObject({ verbs: { length: MAX_PLAYLIST_FILES } });
  });
});
