/** POST /voice/call/callback: what it takes, and what becomes of it. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_RING_TIMEOUT_SECONDS, DEFAULT_TIME_LIMIT_SECONDS } from '../../../core/limits.ts';
import type { SecondLeg } from '../../../core/operation.ts';
import { EVENTS, MAX_URL_CHARACTERS } from '../../../dialects/datatechlabs/fields.ts';
import {
  apiRequest,
  body,
  decode,
  legA,
  legB,
  OWN,
  OWN_TOO,
  POST_CALLBACK,
  refusal,
  TO_A,
  TO_B,
} from './support.ts';

const joined = (json: unknown): SecondLeg => {
  const { entry } = decode(json);
  return 'join' in entry ? entry.join : expect.unreachable();
};
const NO_WISHES = { headers: [], attributes: [] };
const HOOK = 'https://example.com/events';
const HOOK_B = 'https://example.com/events-of-b';

describe('a callback request', () => {
  it('calls A and joins it with B, wherever routes may lead them', () => {
    const call = decode(body());

    expect(call).toEqual({
      to: TO_A,
      fields: { to: 'leg_A.to', from: 'leg_A.from' },
      sipSettings: { leg: 'leg_A', ...NO_WISHES },
      entry: {
        join: {
          to: TO_B,
          fields: { to: 'leg_B.to', from: 'leg_B.from' },
          sipSettings: { leg: 'leg_B', ...NO_WISHES },
          timeoutSeconds: DEFAULT_RING_TIMEOUT_SECONDS,
          timeLimitSeconds: DEFAULT_TIME_LIMIT_SECONDS,
        },
      },
      ringTimeoutSeconds: DEFAULT_RING_TIMEOUT_SECONDS,
    });
  });

  it('shows each party the number that its leg comes from', () => {
    const json = body({ leg_A: legA({ from: OWN }), leg_B: legB({ from: OWN_TOO }) });

    expect([decode(json).from, joined(json).from]).toEqual([OWN, OWN_TOO]);
  });

  it.each(['1000123', '12025550100', 'Bob', 'client:bob', 'sip:alice@example.com:5060', '+0'])(
    'may lead to %s: whether it does, the routes of the account say',
    to => {
      const json = body({ leg_A: { to }, leg_B: { to, from: 'Company' } });

      expect([decode(json).to, joined(json).to, joined(json).from]).toEqual([to, to, 'Company']);
    },
  );

  it('rings each party as long as timeout says', () => {
    const json = body({ timeout: 20 });

    expect([decode(json).ringTimeoutSeconds, joined(json).timeoutSeconds]).toEqual([20, 20]);
  });

  it('lets them talk as long as time_limit says', () => {
    expect(joined(body({ time_limit: 600 })).timeLimitSeconds).toBe(600);
  });

  it('tells one URL of both legs, by POST and of every event, unless it says otherwise', () => {
    const json = body({ status_callback: HOOK });
    const all = { url: HOOK, method: 'POST', events: [...EVENTS] };

    expect(decode(json).callback).toEqual(all);
    expect(joined(json).callback).toEqual(all);
  });

  it("lets a leg's own wishes come first, each by itself", () => {
    const json = body({
      status_callback: HOOK,
      status_callback_method: 'GET',
      status_callback_event: 'completed',
      leg_B: legB({ status_callback: HOOK_B, status_callback_event: ['answered', 'completed'] }),
    });

    expect(decode(json).callback).toEqual({ url: HOOK, method: 'GET', events: ['completed'] });
    expect(joined(json).callback).toEqual({
      url: HOOK_B,
      method: 'GET',
      events: ['answered', 'completed'],
    });
  });

  it('tells nobody of a leg without a URL', () => {
    const json = body({ leg_A: legA({ status_callback: HOOK }) });

    expect(decode(json).callback?.url).toBe(HOOK);
    expect(joined(json).callback).toBeUndefined();
  });

  it('takes events as a text with spaces between, too', () => {
    const { callback } = decode(
      body({ status_callback: HOOK, status_callback_event: ' ringing  answered ' }),
    );

    expect(callback?.events).toEqual(['ringing', 'answered']);
  });
});

describe('an attribute that means nothing here', () => {
  const call = { sid: `CA${'0'.repeat(32)}` };
  const answerFor = (json: unknown) =>
    POST_CALLBACK.encode({ call, replayed: false } as never, apiRequest({ json })).body;

  it('is named in the answer', () => {
    const json = body({ colour: 'red', leg_A: legA({ ring_tone: 1 }), leg_B: legB({ toString: 'x' }) });

    expect(answerFor(json)).toMatchObject({
      code: 0,
      unknown_attributes: ['colour', 'leg_A.ring_tone', 'leg_B.toString'],
    });
  });

  it('is one that belongs into a leg and stands outside, too', () => {
    const json = body({ osip_Privacy: 'id', sip_update: 900 });

    expect(answerFor(json)).toMatchObject({ unknown_attributes: ['osip_Privacy', 'sip_update'] });
  });

  it('is found under whatever name JSON can give it', () => {
    const json = JSON.parse(
      `{"leg_A":{"to":"${TO_A}"},"leg_B":{"to":"${TO_B}","__proto__":{"to":"x"}},"constructor":1}`,
    );

    expect(answerFor(json)).toMatchObject({ unknown_attributes: ['constructor', 'leg_B.__proto__'] });
  });

  it('is not spoken of when there is none', () => {
    expect(answerFor(body())).not.toHaveProperty('unknown_attributes');
  });
});

describe('a callback request is refused', () => {
  const cases: [what: string, json: unknown, kind: string, message: string][] = [
    [
      'without a JSON body',
      undefined,
      'unsupported-media-type',
      'Send a JSON object with Content-Type: application/json.',
    ],
    ...[null, 5, 'leg_A', true, [], [body()]].map((json): [string, unknown, string, string] => [
      `that is ${JSON.stringify(json).slice(0, 8)}`,
      json,
      'malformed-body',
      'The body has to be a JSON object with leg_A and leg_B.',
    ]),
    ['without legs', {}, 'missing-parameter', 'leg_A is missing.'],
    ['without its second leg', { leg_A: legA() }, 'missing-parameter', 'leg_B is missing.'],
    ['whose leg leads nowhere', { leg_A: legA(), leg_B: {} }, 'missing-parameter', 'leg_B.to is missing.'],
    ...[null, [], 'x', 7].map((leg): [string, unknown, string, string] => [
      `whose leg is ${JSON.stringify(leg)}`,
      { leg_A: leg, leg_B: legB() },
      'invalid-parameter',
      'leg_A must be an object with "to".',
    ]),
    ...[12025550100, null, ['+1'], {}, true].map((to): [string, unknown, string, string] => [
      `whose to is ${JSON.stringify(to)}`,
      body({ leg_A: { to } }),
      'invalid-parameter',
      'leg_A.to must be a text, such as "+12025550100".',
    ]),
    ['whose to is empty', body({ leg_B: { to: '' } }), 'invalid-parameter', 'leg_B.to must not be empty.'],
    [
      'whose from is a number',
      body({ leg_A: legA({ from: 12025550110 }) }),
      'invalid-parameter',
      'leg_A.from must be a text: one of your numbers, such as "+12025550110".',
    ],
    ...[0, 121, 1.5, '30', null, [30], Number.POSITIVE_INFINITY, -1].map(
      (timeout): [string, unknown, string, string] => [
        `whose timeout is ${JSON.stringify(timeout)}`,
        body({ timeout }),
        'invalid-parameter',
        'timeout must be a whole number of seconds from 1 to 120.',
      ],
    ),
    ...[0, 14_401, '60'].map((time_limit): [string, unknown, string, string] => [
      `whose time_limit is ${JSON.stringify(time_limit)}`,
      body({ time_limit }),
      'invalid-parameter',
      'time_limit must be a whole number of seconds from 1 to 14400.',
    ]),
    ...[5, null, '', 'example.com/x', 'ftp://example.com/', 'javascript:1', ['https://example.com/']].map(
      (status_callback): [string, unknown, string, string] => [
        `whose status_callback is ${JSON.stringify(status_callback)}`,
        body({ status_callback }),
        'invalid-parameter',
        'status_callback must be an absolute http or https URL.',
      ],
    ),
    [
      'whose status_callback is longer than a URL may be',
      body({ leg_A: legA({ status_callback: `https://example.com/${'x'.repeat(MAX_URL_CHARACTERS)}` }) }),
      'invalid-parameter',
      'leg_A.status_callback must have at most 2048 characters.',
    ],
    ...[5, null, '', [], 'in-progress', ['answered', 'gone'], [5], {}].map(
      (status_callback_event): [string, unknown, string, string] => [
        `whose status_callback_event is ${JSON.stringify(status_callback_event)}`,
        body({ leg_B: legB({ status_callback_event }) }),
        'invalid-parameter',
        'leg_B.status_callback_event must be a list, or a text with spaces between, of some of: initiated, ringing, answered, completed.',
      ],
    ),
    ...['PUT', 'post', null].map((status_callback_method): [string, unknown, string, string] => [
      `whose status_callback_method is ${JSON.stringify(status_callback_method)}`,
      body({ status_callback_method }),
      'invalid-parameter',
      'status_callback_method must be GET or POST.',
    ]),
  ];

  it.each(cases)('%s', (_, json, kind, message) => {
    const { kind: ofProblem, message: ofMessage } = refusal(json);

    expect([ofProblem, ofMessage]).toEqual([kind, message]);
  });

  it('names the attribute that it is about', () => {
    expect(refusal(body({ leg_A: legA({ sip_update: 0 }) })).field).toBe('leg_A.sip_update');
  });
});
