import { describe, expect, it } from 'vitest';
import type { SipTarget } from '../../../../core/sip-target.ts';
import type { Dial } from '../../../../core/verb.ts';
import { MAX_HEADERS } from '../../../../dialects/markup/sip-address.ts';
import { notesOf, read, refusalOf, verbOf } from './reading.ts';

const ALICE = 'sip:alice@example.com';
const noun = (attributes: string, address = ALICE) => `<Dial><Sip ${attributes}>${address}</Sip></Dial>`;
const target = (attributes: string, address = ALICE) =>
  (verbOf(noun(attributes, address)) as Dial).targets[0] as SipTarget;
const noted = (attributes: string, address = ALICE) => notesOf(noun(attributes, address));
const refused = (attributes: string, address = ALICE) => refusalOf(() => read(noun(attributes, address)));
/** What a document asks for; the platform's own header comes first. */
const headers = (query: string) => target('', `${ALICE}?${query}`).headers.slice(1);

describe('<Sip>', () => {
  it('is reached by TLS, offered PCMU and PCMA, and told whose call it is', () => {
    expect(verbOf(noun(''))).toEqual({
      verb: 'Dial',
      targets: [
        {
          kind: 'sip',
          uri: ALICE,
          transport: 'tls',
          headers: [['X-Twilio-ApiVersion', '2010-04-01']],
          identifiedBy: { callSid: 'X-Twilio-CallSid', accountSid: 'X-Twilio-AccountSid' },
          codecs: ['PCMU', 'PCMA'],
          sessionTimeoutSeconds: 600,
        },
      ],
      order: 'together',
      answerFirst: true,
      timeoutSeconds: 30,
      timeLimitSeconds: 14_400,
      hangupOnStar: false,
      ringback: { ringTone: 'us' },
      answer: 'document',
      afterwards: 'continue',
    });
    expect(noted('')).toEqual([]);
  });

  it.each([
    ['codecs="OPUS"', { codecs: ['OPUS'] }],
    ['codecs="g729, pcmu"', { codecs: ['G729', 'PCMU'] }],
    ['codecs="PCMU,PCMU,PCMA"', { codecs: ['PCMU', 'PCMA'] }],
    ['codecs="PCMU,PCMA,G722,G729,OPUS"', { codecs: ['PCMU', 'PCMA', 'G722', 'G729', 'OPUS'] }],
    ['sessionTimeout="90"', { sessionTimeoutSeconds: 90 }],
    ['sessionTimeout="0"', { sessionTimeoutSeconds: 600 }],
    ['sessionTimeout="86400"', { sessionTimeoutSeconds: 86_400 }],
    ['username="admin" password="1234"', { credentials: { username: 'admin', password: { clear: '1234' } } }],
    [
      'statusCallback="/s"',
      { callback: { url: 'https://example.com/s', method: 'POST', events: ['completed'] } },
    ],
    [
      'statusCallback="https://a.example/s" statusCallbackMethod="GET" statusCallbackEvent="ringing answered"',
      {
        callback: {
          url: 'https://a.example/s',
          method: 'GET',
          events: ['ringing', 'answered', 'in-progress'],
        },
      },
    ],
  ])('with %s has %j', (attributes, values) => {
    expect(target(attributes)).toMatchObject(values);
    expect(noted(attributes)).toEqual([]);
  });

  it.each([
    ['method="PUT"', 13241],
    ['statusCallback="/s" statusCallbackMethod="PUT"', 13241],
    ['statusCallback="/s" statusCallbackEvent="finished"', 12200],
    ['sessionTimeout="-1"', 12200],
    ['sessionTimeout="86401"', 12200],
    ['machineDetection="Enable"', 21234],
    ['action="/mine"', 12200],
  ])('with %s goes on, with warning %i', (attributes, code) => {
    expect(noted(attributes)).toEqual([code]);
    expect(target(attributes)).toMatchObject({ uri: ALICE, sessionTimeoutSeconds: 600 });
  });

  it.each([
    ['codecs="GSM"', 53404],
    ['codecs=""', 53404],
    ['codecs="PCMU,,PCMA"', 53404],
    ['username="admin"', 13249],
    ['password="1234"', 13249],
    [`username="admin" password="${'x'.repeat(256)}"`, 13249],
    ['statusCallback="ftp://example.com/"', 11100],
  ])('with %s is an error, %i', (attributes, code) => {
    expect(refused(attributes).code).toBe(code);
  });

  it('with a url has its callee hear that document first', () => {
    expect(target('url="/screen"').screening).toEqual({
      document: { url: 'https://example.com/screen', method: 'POST' },
      timeoutSeconds: 60,
    });
    expect(target('url=""')).toEqual(target(''));
  });

  it('never repeats a password in what is said of it', () => {
    const secret = 'x'.repeat(255);
    expect(target(`username="a" password="${secret}"`).credentials?.password).toEqual({ clear: secret });
    expect(refused(`password="hunter2"`).message).not.toContain('hunter2');
  });
});

describe('The address of a <Sip>', () => {
  it.each([
    ['sip:alice@example.com:5070', { uri: 'sip:alice@example.com:5070', transport: 'tls' }],
    ['\n  sip:alice@example.com\n', { uri: ALICE, transport: 'tls' }],
    ['alice@example.com', { uri: ALICE, transport: 'tls' }],
    ['SIP:example.com', { uri: 'sip:example.com', transport: 'tls' }],
    ['sips:alice@example.com', { uri: 'sips:alice@example.com', transport: 'tls' }],
    [`${ALICE};transport=udp`, { uri: ALICE, transport: 'udp' }],
    [`${ALICE};transport=TCP`, { uri: ALICE, transport: 'tcp' }],
    [`${ALICE};transport=tls;user=phone`, { uri: `${ALICE};user=phone`, transport: 'tls' }],
    ['sip:alice@[2001:db8::1]:5061', { uri: 'sip:alice@[2001:db8::1]:5061', transport: 'tls' }],
  ])('may be %j', (address, values) => {
    expect(target('', address)).toMatchObject(values);
    expect(noted('', address)).toEqual([]);
  });

  it.each([
    '',
    'sip:',
    'sip:alice@',
    'tel:+12025550100',
    'sip:alice smith@example.com',
    `${ALICE}:65536`,
    `${ALICE};transport=ws`,
    'sips:alice@example.com;transport=udp',
    `sip:${'a'.repeat(240)}@example.com`,
  ])('is not %j: an error, 13243', address => {
    expect(refused('', address).code).toBe(13243);
  });

  it('has less than 255 characters', () => {
    const of = (length: number) => `sip:${'a'.repeat(length - 'sip:@example.com'.length)}@example.com`;
    expect(target('', of(254)).uri).toHaveLength(254);
    expect(refused('', of(255)).code).toBe(13243);
  });
});

describe('The headers after the address of a <Sip>', () => {
  it.each([
    [
      'customheader=foo&amp;othercustomheader=bar',
      [
        ['X-customheader', 'foo'],
        ['X-othercustomheader', 'bar'],
      ],
    ],
    ['X-Case=42', [['X-Case', '42']]],
    ['x-case=a%2Cb%3Bc%20%C3%BC', [['x-case', 'a,b;c ü']]],
    ['User-to-User=56a390f3%3Bencoding%3Dhex', [['User-to-User', '56a390f3;encoding=hex']]],
    ['Privacy=id', [['Privacy', 'id']]],
    ['flag', [['X-flag', '']]],
    [
      'a=1&amp;a=2',
      [
        ['X-a', '1'],
        ['X-a', '2'],
      ],
    ],
  ])('%j are sent as %j', (query, sent) => {
    expect(headers(query)).toEqual(sent);
    expect(noted('', `${ALICE}?${query}`)).toEqual([]);
  });

  it.each([
    'X-Twilio-CallSid=CA1',
    'Twilio-X=1',
    'X-Dialplane-Token=1',
    'a b=1',
    'a%0D%0AVia=x',
    'a=x%0D%0AVia:y',
    '%=1',
    '=1',
  ])('that cannot be sent are left out, with warning 13252: %s', query => {
    expect(headers(`${query}&amp;ok=1`)).toEqual([['X-ok', '1']]);
    expect(noted('', `${ALICE}?${query}&amp;ok=1`)).toEqual([13252]);
  });

  it('have together less than 1,024 characters: with more all are left out, with warning 13253', () => {
    const query = (length: number) => `a=${'x'.repeat(length - 2)}`;
    expect(headers(query(1_023))).toHaveLength(1);
    expect(headers(query(1_024))).toEqual([]);
    expect(noted('', `${ALICE}?${query(1_024)}`)).toEqual([13253]);
  });

  it(`are ${MAX_HEADERS} at most: what is more is left out, with warning 13251`, () => {
    const query = Array.from({ length: MAX_HEADERS + 1 }, (_, n) => `h${n}=1`).join('&amp;');
    expect(headers(query)).toHaveLength(MAX_HEADERS);
    expect(noted('', `${ALICE}?${query}`)).toEqual([13251]);
  });
});

describe('A <Dial> of SIP addresses', () => {
  const dial = (attributes: string, content = `<Sip>${ALICE}</Sip>`) =>
    `<Dial ${attributes}>${content}</Dial>`;

  it('rings up to ten of them at once, and no more', () => {
    const sips = (count: number) => `<Sip>${ALICE}</Sip>`.repeat(count);
    expect(verbOf(dial('', sips(10)))).toMatchObject({ targets: { length: 10 }, order: 'together' });
    expect(refusalOf(() => read(dial('', sips(11)))).code).toBe(13250);
  });

  it.each(['<Number>+12025550100</Number>', '<Client>ann</Client>', '<Conference>room</Conference>', 'ann'])(
    'has nothing else beside them: %s is an error, 13215',
    other => {
      expect(refusalOf(() => read(dial('', `<Sip>${ALICE}</Sip>${other}`))).code).toBe(13215);
      expect(refusalOf(() => read(dial('', `${other}<Sip>${ALICE}</Sip>`))).code).toBe(13215);
    },
  );

  it('shows a caller id of letters, digits and +-_., and a name', () => {
    expect(verbOf(dial('callerId="al_ice-9.+," callerName="Alice B."'))).toMatchObject({
      callerId: 'al_ice-9.+,',
      callerName: 'Alice B.',
    });
  });

  it.each([
    ['alice smith', 13247],
    ['alice@example.com', 13247],
    ['ünal', 13247],
    ['x'.repeat(65), 13248],
  ])('with callerId="%s" is an error, %i', (callerId, code) => {
    expect(refusalOf(() => read(dial(`callerId="${callerId}"`))).code).toBe(code);
  });

  it.each([
    ['sequential="true"', 'in-turn'],
    ['', 'together'],
  ])('with %j rings them %s', (attributes, order) => {
    expect(verbOf(dial(attributes))).toMatchObject({ order });
    expect(notesOf(dial(attributes))).toEqual([]);
  });
});
