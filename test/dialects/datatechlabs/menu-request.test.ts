/** POST /voice/call/menu: what it takes, and what becomes of it. */
import { describe, expect, it } from 'vitest';
import type { PlaceCall } from '../../../core/operation.ts';
import { MAX_RECIPIENTS, MAX_STAGES } from '../../../dialects/datatechlabs/menu-request.ts';
import { apiRequest, OWN, OWN_TOO, problemOf, routeOf, TO_A, TO_B } from './support.ts';

const POST_MENU = routeOf('POST', '/voice/call/menu');
const file = (name: string) => ({ play: `https://example.com/${name}.wav` });
const body = (more: object = {}) => ({
  recipients: [{ to: TO_A }, { to: TO_B }],
  playlist_1: [file('ask')],
  ...more,
});
const decode = (json: unknown) => (POST_MENU.decode(apiRequest({ json })) as { calls: PlaceCall[] }).calls;
const stages = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`playlist_${n + 1}`, [file(`${n}`)]]));

describe('a menu request', () => {
  it('calls each recipient, plays each stage and takes keys, and plays the end', () => {
    const calls = decode(body({ playlist_2: [file('more')], playlist_end: [file('bye')] }));
    const gather = (name: string, keptAs: string) => ({
      verb: 'Gather',
      prompts: [{ verb: 'Play', url: file(name).play, loop: 1 }],
      firstKeyTimeoutSeconds: 5,
      nextKeyTimeoutSeconds: 5,
      finishOnKeys: '#',
      maxDigits: 1,
      tries: 1,
      onNothing: 'continue',
      answer: 'notice',
      keptAs,
    });
    const entry = {
      verbs: [gather('ask', '1'), gather('more', '2'), { verb: 'Play', url: file('bye').play, loop: 1 }],
    };

    expect(calls).toEqual(
      [TO_A, TO_B].map((to, n) => ({
        to,
        fields: { to: `recipients[${n}].to`, from: 'from' },
        sipSettings: { leg: `recipients[${n}]`, headers: [], attributes: [] },
        entry,
        requestKind: 'menu',
      })),
    );
  });

  it('takes as many keys, for as long and as often as it says', () => {
    const [call] = decode(body({ digits: 4, key_timeout: 9, tries: 3 }));

    expect(call?.entry).toMatchObject({
      verbs: [{ maxDigits: 4, firstKeyTimeoutSeconds: 9, nextKeyTimeoutSeconds: 9, tries: 3 }],
    });
  });

  it('lets a recipient’s own wishes come first', () => {
    const recipients = [
      { to: TO_A, from: OWN_TOO, status_callback: 'https://example.com/a', osip_Privacy: 'id' },
      { to: TO_B },
    ];
    const [a, b] = decode(
      body({ recipients, from: OWN, timeout: 20, status_callback: 'https://example.com/e' }),
    );

    expect(a).toMatchObject({
      from: OWN_TOO,
      fields: { from: 'recipients[0].from' },
      callback: { url: 'https://example.com/a' },
      sipSettings: { headers: [['Privacy', 'id']] },
    });
    expect(b).toMatchObject({
      from: OWN,
      fields: { from: 'from' },
      callback: { url: 'https://example.com/e' },
      ringTimeoutSeconds: 20,
    });
  });

  it('takes as many recipients and stages as it may have', () => {
    const recipients = Array.from({ length: MAX_RECIPIENTS }, () => ({ to: TO_A }));

    const calls = decode({ recipients, ...stages(MAX_STAGES) });

    expect(calls).toHaveLength(MAX_RECIPIENTS);
    expect(calls[0]?.entry).toMatchObject({ verbs: { length: MAX_STAGES } });
  });

  it('names attributes that mean nothing in its answer', () => {
    const json = body({ colour: 'red', playlist_2: [file('x')], recipients: [{ to: TO_A, name: 'Ann' }] });
    const calls = [{ sid: `CA${'0'.repeat(32)}` }];

    expect(POST_MENU.encode({ calls, replayed: false } as never, apiRequest({ json })).body).toMatchObject({
      request_id: '00000000-0000-0000-0000-000000000000',
      unknown_attributes: ['colour', 'recipients[0].name'],
    });
  });

  const LIST =
    'playlist_2 must be a list of 1 to 50 objects such as { "play": "https://example.com/hello.wav" }.';
  const RECIPIENTS = `recipients must be a list of 1 to ${MAX_RECIPIENTS} objects with "to".`;
  const refusals: [what: string, json: unknown, kind: string, message: string][] = [
    [
      'without a body',
      undefined,
      'unsupported-media-type',
      'Send a JSON object with Content-Type: application/json.',
    ],
    [
      'that is a text',
      'menu',
      'malformed-body',
      'The body has to be a JSON object with recipients and playlist_1.',
    ],
    ['for nobody', body({ recipients: [] }), 'invalid-parameter', RECIPIENTS],
    ['without recipients', { playlist_1: [file('a')] }, 'missing-parameter', 'recipients is missing.'],
    ['for one who is a text', body({ recipients: [TO_A] }), 'invalid-parameter', RECIPIENTS],
    [
      'for too many',
      body({ recipients: Array.from({ length: MAX_RECIPIENTS + 1 }, () => ({ to: TO_A })) }),
      'invalid-parameter',
      RECIPIENTS,
    ],
    [
      'for one who is nowhere',
      body({ recipients: [{ to: TO_A }, {}] }),
      'missing-parameter',
      'recipients[1].to is missing.',
    ],
    ['without a first stage', { recipients: [{ to: TO_A }] }, 'missing-parameter', 'playlist_1 is missing.'],
    [
      'that leaves a stage out',
      body({ playlist_3: [file('x')] }),
      'missing-parameter',
      'playlist_2 is missing.',
    ],
    ['with an empty stage', body({ playlist_2: [] }), 'invalid-parameter', LIST],
    [
      'with too many stages',
      body(stages(MAX_STAGES + 1)),
      'invalid-parameter',
      'playlist_21 is too much: a menu has at most 20 stages.',
    ],
    [
      'that takes no keys',
      body({ digits: 0 }),
      'invalid-parameter',
      'digits must be a whole number from 1 to 20.',
    ],
    [
      'that takes too many keys',
      body({ digits: 21 }),
      'invalid-parameter',
      'digits must be a whole number from 1 to 20.',
    ],
    [
      'that waits too long',
      body({ key_timeout: 61 }),
      'invalid-parameter',
      'key_timeout must be a whole number of seconds from 1 to 60.',
    ],
    [
      'that tries too often',
      body({ tries: 6 }),
      'invalid-parameter',
      'tries must be a whole number from 1 to 5.',
    ],
    [
      'with a header that is the platform’s',
      body({ recipients: [{ to: TO_A, osip_Via: 'x' }] }),
      'invalid-parameter',
      expect.stringMatching(/^recipients\[0\]\.osip_Via /) as unknown as string,
    ],
  ];

  it.each(refusals)('%s is refused', (_, json, kind, message) => {
    const problem = problemOf(() => decode(json));

    expect([problem.kind, problem.message]).toEqual([kind, message]);
  });
});
