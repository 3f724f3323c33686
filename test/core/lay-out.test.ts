import { describe, expect, it } from 'vitest';
import { dialledIn, layOut, type Ways } from '../../core/lay-out.ts';
import { EMPTY_DIRECTORY } from '../../core/resolve-destination.ts';
import type { SipTarget } from '../../core/sip-target.ts';
import type { Dial, DialTarget } from '../../core/verb.ts';
import { ACCOUNT, PSTN, route, to, trunk } from './directory.ts';

const OWN = '+12025550110';
const OWN_TOO = '+12025550111';
const STRANGERS = '+12025550999';
const CALLER = '+12025550100';
const ONE = '+12025550101';
const TWO = '+12025550102';
const SCREENING = { document: { url: 'https://example.com/s', method: 'POST' }, timeoutSeconds: 30 } as const;
const office = trunk('office', { headers: [['X-Trunk', '1']], passIdentity: false });
const directory: Ways['directory'] = {
  routes: [
    route('1000XXX', to('office')),
    route('900X.', { kind: 'refuse', reason: 'Too dear.' }),
    route('+1202.', PSTN),
  ],
  trunks: [office],
  clients: new Set(['alice']),
  numbers: new Set([OWN, OWN_TOO]),
  othersNumbers: new Set([STRANGERS]),
};
const ways = (more: Partial<Ways> = {}): Ways => ({
  accountSid: ACCOUNT,
  directory,
  hasEdge: true,
  call: { direction: 'inbound', to: OWN, from: CALLER },
  nowMs: 5,
  ...more,
});
const settings = {
  timeoutSeconds: 30,
  timeLimitSeconds: 600,
  hangupOnStar: false,
  answer: 'document',
  afterwards: 'continue',
} as const;
const dial = (order: Dial['order'], targets: (DialTarget | string)[], more: Partial<Dial> = {}): Dial => ({
  verb: 'Dial',
  order,
  targets: targets.map(each => (typeof each === 'string' ? { kind: 'number', number: each } : each)),
  ...settings,
  ...more,
});
const SIP: SipTarget = {
  kind: 'sip',
  uri: 'sip:bob@example.com',
  transport: 'tls',
  codecs: ['PCMU'],
  headers: [],
};

/** `DialNumber a b` or `DialEdge c +1`, each target as it is called; `+1` is how many stand in its place. */
const rounds = (verb: Dial, around = ways()) =>
  layOut([verb], around).verbs.map(each => {
    if (each.verb !== 'DialNumber' && each.verb !== 'DialEdge') return each.verb;
    const called = each.targets.map(target =>
      target.kind === 'number' ? target.number : (target.calledAs ?? target.uri),
    );
    return [each.verb, ...called, ...(each.alternatives ? [`or ${each.alternatives}`] : [])].join(' ');
  });
const notes = (verb: Dial, around = ways()) =>
  layOut([verb], around).notifications.map(({ code, level, message }) => `${level} ${code} ${message}`);
const target = (verb: Dial, around = ways()) => {
  const [first] = layOut([verb], around).verbs;
  return first?.verb === 'DialEdge' || first?.verb === 'DialNumber' ? first.targets[0] : undefined;
};

describe('A Dial', () => {
  it('of one number is the voice service’s', () => {
    expect(layOut([dial('together', [ONE])], ways())).toEqual({
      verbs: [{ verb: 'DialNumber', targets: [{ kind: 'number', number: ONE }], ...settings }],
      notifications: [],
    });
  });

  it.each<[string, Dial, string[]]>([
    [
      'of numbers in turn is the voice service’s, too',
      dial('in-turn', [ONE, TWO]),
      [`DialNumber ${ONE} ${TWO}`],
    ],
    ['of numbers at once is the edge’s', dial('together', [ONE, TWO]), [`DialEdge ${ONE} ${TWO}`]],
    ['of an address is the edge’s', dial('together', [SIP]), ['DialEdge sip:bob@example.com']],
    [
      'of a client is the edge’s',
      dial('together', [{ kind: 'client', name: 'alice', headers: [] }]),
      ['DialEdge client:alice'],
    ],
    ['of a number with a trunk is the edge’s', dial('together', ['1000123']), ['DialEdge 1000123']],
    [
      'of a number that is screened is the edge’s',
      dial('in-turn', [{ kind: 'number', number: ONE, screening: SCREENING }]),
      [`DialEdge ${ONE}`],
    ],
    [
      'of all kinds at once is one call of the edge',
      dial('together', [ONE, SIP, '1000123']),
      [`DialEdge ${ONE} sip:bob@example.com 1000123`],
    ],
    [
      'of all kinds in turn is a Dial for each way, the next in place of the one before',
      dial('in-turn', [ONE, TWO, SIP, '1000123', ONE]),
      [
        `DialNumber ${ONE} ${TWO} or 3`,
        'DialEdge sip:bob@example.com or 2',
        'DialEdge 1000123 or 1',
        `DialNumber ${ONE}`,
      ],
    ],
    [
      'that answers first does so before all of them',
      dial('in-turn', [ONE], { answerFirst: true }),
      ['Answer', `DialNumber ${ONE}`],
    ],
  ])('%s', (_, verb, expected) => {
    expect(rounds(verb)).toEqual(expected);
    expect(notes(verb)).toEqual([]);
  });

  it('of numbers at once is rung in turn where there is no edge, and says so', () => {
    const alone = ways({ hasEdge: false });

    expect(rounds(dial('together', [ONE, TWO]), alone)).toEqual([`DialNumber ${ONE} ${TWO}`]);
    expect(notes(dial('together', [ONE, TWO]), alone)).toEqual([expect.stringMatching(/^warning 13218 /)]);
  });

  it('asks nothing of the account where nothing is dialled', () => {
    expect(dialledIn([{ verb: 'Hangup' }])).toEqual({ destinations: [], callerIds: [] });
    expect(dialledIn([dial('together', [SIP])])).toEqual({ destinations: [], callerIds: [] });
    expect(
      dialledIn([dial('together', [ONE, { kind: 'client', name: 'alice', headers: [] }], { callerId: OWN })]),
    ).toEqual({ destinations: [ONE, 'client:alice'], callerIds: [OWN] });
  });
});

describe('A target that cannot be dialled', () => {
  it.each<[string, DialTarget | string, Partial<Ways>, RegExp]>([
    ['by its route', '9005550100', {}, /Too dear\./],
    ['as it leads nowhere', '5550100', {}, /neither a number in E\.164 form/],
    ['as the client is none', { kind: 'client', name: 'nobody', headers: [] }, {}, /client/],
    ['as there is no edge', SIP, { hasEdge: false }, /SIP edge/],
    [
      'as there is no edge to screen it',
      { kind: 'number', number: ONE, screening: SCREENING },
      { hasEdge: false },
      /screened by the SIP edge/,
    ],
    [
      'as the trunk lets no identity pass',
      { kind: 'number', number: '1000123', headers: [['P-Asserted-Identity', 'sip:a@b']] },
      {},
      /P-Asserted-Identity cannot be sent/,
    ],
  ])('%s is left out, and that is noted', (_, each, more, sentence) => {
    const around = ways(more);

    expect(rounds(dial('in-turn', [each, ONE]), around)).toEqual([`DialNumber ${ONE}`]);
    expect(notes(dial('in-turn', [each, ONE]), around)).toEqual([expect.stringMatching(/^error 13223 /)]);
    expect(notes(dial('in-turn', [each, ONE]), around)[0]).toMatch(sentence);
  });

  it('leaves nobody to ring where it was the only one', () => {
    expect(rounds(dial('together', ['9005550100']))).toEqual(['DialNumber']);
  });

  it('is refused a caller id that its trunk does not let be shown', () => {
    expect(notes(dial('together', ['1000123'], { callerId: '+12025550199' }))).toEqual([
      expect.stringMatching(/\+12025550199 cannot be shown over the trunk office/),
    ]);
  });
});

describe('A number', () => {
  it('over a trunk goes as its trunk says, with what its Dial asks for', () => {
    const verb = dial(
      'together',
      [
        {
          kind: 'number',
          number: '1000123',
          headers: [['X-Mine', '2']],
          identifiedBy: { callSid: 'X-Call', accountSid: 'X-Account' },
          sendDigits: '1w2',
          screening: SCREENING,
        },
      ],
      { callerId: OWN },
    );

    expect(target(verb)).toEqual({
      kind: 'sip',
      uri: 'sip:1000123@pbx.example.com',
      calledAs: '1000123',
      transport: 'tls',
      codecs: ['PCMU', 'PCMA'],
      headers: [
        ['X-Mine', '2'],
        ['X-Trunk', '1'],
      ],
      identifiedBy: { callSid: 'X-Call', accountSid: 'X-Account' },
      sendDigits: '1w2',
      screening: SCREENING,
    });
  });

  it.each<[string, Partial<Ways['call']>, string | undefined, string]>([
    ['the number that was called, of a call that came in', {}, undefined, OWN],
    ['it too, where the Dial would show the caller', {}, CALLER, OWN],
    ['what the Dial says', {}, OWN_TOO, OWN_TOO],
    [
      'the number that calls, of a call that was placed',
      { direction: 'outbound-api', to: CALLER, from: OWN },
      undefined,
      OWN,
    ],
  ])('of the telephone network that the edge calls is shown %s', (_, call, callerId, shown) => {
    const around = ways({ call: { ...ways().call, ...call } });

    expect(target(dial('together', [ONE, TWO], { ...(callerId && { callerId }) }), around)).toMatchObject({
      uri: `tel:${ONE}`,
      telephone: { number: ONE, callerId: shown },
    });
  });

  it('of the telephone network cannot be called by the edge where there is no number to show', () => {
    const around = ways({ call: { direction: 'outbound-api', to: 'sip:x@example.com', from: 'bob' } });

    expect(notes(dial('together', [ONE, SIP]), around)).toEqual([
      expect.stringMatching(/no number of yours to show/),
    ]);
    expect(rounds(dial('together', [ONE, SIP]), around)).toEqual(['DialEdge sip:bob@example.com']);
  });

  it.each<[string, Dial, Partial<Ways['call']>]>([
    ['the voice service calls', dial('in-turn', [ONE], { callerId: STRANGERS }), {}],
    ['the edge calls', dial('together', [ONE, TWO], { callerId: STRANGERS }), {}],
    [
      'is screened',
      dial('in-turn', [{ kind: 'number', number: ONE, screening: SCREENING }], { callerId: STRANGERS }),
      {},
    ],
    [
      'a call to an address dials, which shows what it likes',
      dial('in-turn', [ONE]),
      { direction: 'outbound-api', to: 'sip:x@example.com', from: STRANGERS },
    ],
    [
      'a call that was dialled dials, once it goes on by itself',
      dial('in-turn', [ONE]),
      { direction: 'outbound-dial', to: 'sip:x@example.com', from: STRANGERS },
    ],
    [
      'is shown whom a placed call has called',
      dial('in-turn', [ONE], { callerId: CALLER }),
      { direction: 'outbound-api', to: CALLER, from: OWN },
    ],
  ])('of the telephone network that %s is shown no number of somebody else’s', (_, verb, call) => {
    const around = ways({ call: { ...ways().call, ...call } });

    expect(target(verb, around)).toBeUndefined();
    const [note, ...others] = notes(verb, around);
    expect(note).toMatch(
      /^error 13214 \+12025550101 cannot be called, as \+12025550\d+ is none of your numbers/,
    );
    expect(others).toHaveLength(verb.targets.length - 1);
  });

  it.each<[string, Partial<Dial>, Partial<Ways['call']>]>([
    ['another number of its account’s', { callerId: OWN_TOO }, {}],
    ['its caller’s, as it is', {}, {}],
    ['its caller’s, as the document says', { callerId: CALLER }, {}],
    ['another account’s, as its caller has called with it', {}, { from: STRANGERS }],
    ['that of a placed call', {}, { direction: 'outbound-api', to: CALLER, from: OWN }],
    [
      'that of a call that was dialled and goes on by itself',
      {},
      { direction: 'outbound-dial', from: CALLER },
    ],
  ])('of the telephone network may be shown %s', (_, more, call) => {
    const verb = dial('in-turn', [ONE], more);
    const around = ways({ call: { ...ways().call, ...call } });

    expect(rounds(verb, around)).toEqual([`DialNumber ${ONE}`]);
    expect(notes(verb, around)).toEqual([]);
  });

  it('leaves the others of its Dial to be rung, which are shown what the Dial says', () => {
    const verb = dial('together', [ONE, SIP], { callerId: STRANGERS });

    expect(layOut([verb], ways()).verbs).toMatchObject([
      { verb: 'DialEdge', callerId: STRANGERS, targets: [{ uri: SIP.uri }] },
    ]);
  });

  it('over a trunk shows a number of ours where it must not show the caller’s', () => {
    expect(target(dial('together', ['1000123']))).toMatchObject({ callerId: OWN });
    const open = { ...directory, trunks: [{ ...office, callerIds: ['+1202.'] }] };
    expect(target(dial('together', ['1000123']), ways({ directory: open }))).not.toHaveProperty('callerId');
  });

  it('follows the account’s routes, which may rewrite it', () => {
    const rewriting = {
      ...EMPTY_DIRECTORY,
      routes: [route('01X.', PSTN, { strip: 1, prepend: '+' })],
    };

    expect(rounds(dial('together', ['012025550101']), ways({ directory: rewriting }))).toEqual([
      `DialNumber ${ONE}`,
    ]);
  });
});
