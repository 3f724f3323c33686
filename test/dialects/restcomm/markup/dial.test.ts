import { describe, expect, it } from 'vitest';
import { MAX_DIAL_TARGETS } from '../../../../core/limits.ts';
import type { Dial } from '../../../../core/verb.ts';
import { DIAL_ATTRIBUTES } from '../../../../dialects/restcomm/markup/dial.ts';
import { NOUN_ATTRIBUTES } from '../../../../dialects/restcomm/markup/noun.ts';
import { SIP_ATTRIBUTES } from '../../../../dialects/restcomm/markup/sip.ts';
import { notesOf, read, refusalOf, verbOf } from './reading.ts';

const ALICE = 'sip:alice@example.com';
const VERSION = ['X-RestComm-ApiVersion', '2012-04-24'];
const IDENTIFIED_BY = { callSid: 'X-RestComm-CallSid', accountSid: 'X-RestComm-AccountSid' };

const dialOf = (attributes: string, content = `<Sip>${ALICE}</Sip>`) =>
  verbOf(`<Dial ${attributes}>${content}</Dial>`) as Dial;
const target = (content: string) => dialOf('', content).targets[0] as Record<string, unknown> | undefined;
const notesOfDial = (attributes: string, content = `<Sip>${ALICE}</Sip>`) =>
  notesOf(`<Dial ${attributes}>${content}</Dial>`);

/** Each noun around what it dials. */
const NOUNS = {
  Sip: ALICE,
  Uri: ALICE,
  Client: 'alice',
  Number: '+12025550100',
} as const;
const EACH_NOUN = Object.entries(NOUNS);

describe('<Dial>', () => {
  it('rings everybody in it at once, answers the caller before, and goes on when it is over', () => {
    expect(dialOf('')).toEqual({
      verb: 'Dial',
      targets: [
        {
          kind: 'sip',
          uri: ALICE,
          transport: 'udp',
          headers: [VERSION],
          identifiedBy: IDENTIFIED_BY,
          codecs: ['PCMU', 'PCMA'],
        },
      ],
      order: 'together',
      answerFirst: true,
      othersDuringScreening: 'cancel',
      timeoutSeconds: 30,
      timeLimitSeconds: 14_400,
      hangupOnStar: false,
      answer: 'document',
      afterwards: 'continue',
    });
  });

  it.each<[keyof typeof DIAL_ATTRIBUTES, string, Partial<Dial>]>([
    ['action', 'action="/after"', { action: { url: 'https://example.com/after', method: 'POST' } }],
    [
      'method',
      'action="after" method="get"',
      { action: { url: 'https://example.com/app/after', method: 'GET' } },
    ],
    ['timeout', 'timeout="1"', { timeoutSeconds: 1 }],
    ['timeout', 'timeout="600"', { timeoutSeconds: 600 }],
    ['timeLimit', 'timeLimit="14400"', { timeLimitSeconds: 14_400 }],
    ['callerId', 'callerId="bob"', { callerId: 'bob' }],
    ['callerId', 'callerId="client:alice"', { callerId: 'alice' }],
    ['callerId', 'callerId="sip:carol@example.com"', { callerId: 'carol' }],
    ['callerId', 'callerId="+1 (305) 587-2294"', { callerId: '+13055872294' }],
    ['hangupOnStar', 'hangupOnStar="true"', { hangupOnStar: true }],
    ['record', 'record="false"', {}],
    ['dialMusic', 'dialMusic=""', {}],
  ])('takes %s: %s', (_, attributes, expected) => {
    expect(dialOf(attributes)).toMatchObject(expected);
    expect(notesOfDial(attributes)).toEqual([]);
  });

  it('has every one of its attributes tried here', () => {
    expect(Object.keys(DIAL_ATTRIBUTES)).toEqual([
      'action', 'method', 'timeout', 'timeLimit', 'callerId', 'hangupOnStar', 'record', 'dialMusic',
    ]); // biome-ignore format: one list
  });

  it.each<[string, number, Partial<Dial>]>([
    ['method="PUT" action="/a"', 13210, { action: { url: 'https://example.com/a', method: 'POST' } }],
    ['timeout="soon"', 13212, { timeoutSeconds: 30 }],
    ['timeout="0"', 13212, { timeoutSeconds: 30 }],
    ['timeout="601"', 13212, { timeoutSeconds: 30 }],
    ['timeLimit="14401"', 13216, { timeLimitSeconds: 14_400 }],
    ['hangupOnStar="1"', 12200, { hangupOnStar: false }],
    ['record="true"', 1002, {}],
    ['dialMusic="https://example.com/music.wav"', 1002, {}],
    ['sequential="true"', 12200, {}],
  ])('with %s notes %i, and goes on with what is usual', (attributes, code, expected) => {
    expect(notesOfDial(attributes)).toEqual([code]);
    expect(dialOf(attributes)).toMatchObject(expected);
  });

  it.each(['callerId=""', 'callerId="two words"', 'callerId="a&#10;b"', `callerId="${'x'.repeat(65)}"`])(
    'with %s is refused, 13214: what stood in would show somebody else',
    attributes => {
      expect(refusalOf(() => dialOf(attributes)).code).toBe(13214);
    },
  );

  it('with an action that is no URL is refused, 11100', () => {
    expect(refusalOf(() => dialOf('action="http://"')).code).toBe(11100);
  });

  it('leaves the document when it has an action', () => {
    expect(read(`<Dial action="/a">${ALICE}</Dial><Say>Never.</Say>`).verbs).toHaveLength(1);
    expect(read(`<Dial>${ALICE}</Dial><Say>Afterwards.</Say>`).verbs).toHaveLength(2);
  });

  it('rings nouns of every kind side by side, in their order', () => {
    const content = EACH_NOUN.map(([noun, text]) => `<${noun}>${text}</${noun}>`).join('');
    expect(dialOf('', content).targets.map(({ kind }) => kind)).toEqual(['sip', 'sip', 'client', 'number']);
  });

  it.each([
    ['alice@example.com', 'sip'],
    ['sip:alice@example.com?X-A=1', 'sip'],
    ['client:alice', 'client'],
    ['+12025550100', 'number'],
    ['202-555-0100', 'number'],
    ['1000123', 'number'],
  ])('takes the text %s for a %s', (text, kind) => {
    expect(target(text)).toMatchObject({ kind });
  });

  it('takes its text, and not its nouns, when it has both', () => {
    expect(dialOf('', 'client:bob <Client>alice</Client>').targets).toMatchObject([{ name: 'bob' }]);
  });

  it.each([
    ['<Sip>not an address at all</Sip>', 11008],
    ['<Client>a client with spaces</Client>', 11008],
    ['<Number>nobody</Number>', 11008],
    ['<Sip statusCallback="http://">sip:a@example.com</Sip>', 11100],
    ['<Sip></Sip>', 11008],
  ])('goes on without %s, and notes %i', (noun, code) => {
    const content = `${noun}<Client>alice</Client>`;
    expect(dialOf('', content).targets).toMatchObject([{ kind: 'client' }]);
    expect(notesOfDial('', content)).toEqual([code]);
  });

  it('has nobody to ring, and so fails, when nothing in it can be dialled', () => {
    for (const content of [
      '<Number>nobody</Number>',
      '<Conference>room</Conference><Client>alice</Client>',
      '',
    ])
      expect(dialOf('', content).targets).toEqual([]);
    expect(notesOfDial('', '<Conference>room</Conference>')).toEqual([1002]);
    expect(notesOfDial('', '<Video/><Client>alice</Client>')).toEqual([12200]);
  });

  it(`rings the first ${MAX_DIAL_TARGETS} in it`, () => {
    const content = '<Client>alice</Client>'.repeat(MAX_DIAL_TARGETS + 1);
    expect(dialOf('', content).targets).toHaveLength(MAX_DIAL_TARGETS);
    expect(notesOfDial('', content)).toEqual([11008]);
    expect(notesOfDial('', '<Client>alice</Client>'.repeat(MAX_DIAL_TARGETS))).toEqual([]);
  });

  it('shows a telephone nothing but a number', () => {
    const dial = dialOf('callerId="bob"', '<Number>+12025550100</Number><Number>1000123</Number>');
    expect(dial.targets).toMatchObject([{ number: '1000123' }]);
    expect(notesOfDial('callerId="bob"', '<Number>+12025550100</Number>')).toEqual([13214]);
  });
});

describe.each(EACH_NOUN)('<%s>', (noun, text) => {
  const EVENTS = ['initiated', 'ringing', 'answered', 'completed'];
  const withAttributes = (attributes: string) => target(`<${noun} ${attributes}>${text}</${noun}>`);

  it.each<[keyof typeof NOUN_ATTRIBUTES, string, object]>([
    ['statusCallback', 'statusCallback="/s"', { callback: { url: 'https://example.com/s', method: 'POST', events: EVENTS } }],
    ['statusCallbackMethod', 'statusCallback="/s" statusCallbackMethod="get"', { callback: { method: 'GET' } }],
    ['statusCallbackEvent', 'statusCallback="/s" statusCallbackEvent="initiated,  answered"', { callback: { events: ['initiated', 'answered'] } }],
    ['statusCallbackEvent', 'statusCallback="/s" statusCallbackEvent="completed,ringing"', { callback: { events: ['ringing', 'completed'] } }],
    ['statusCallbackEvent', 'statusCallback="/s" statusCallbackEvent="ringing answered"', { callback: { events: ['ringing', 'answered'] } }],
    ['statusCallbackEvent', 'statusCallback="/s" statusCallbackEvent="answered,moved"', { callback: { events: ['answered'] } }],
    ['url', 'url="screen"', { screening: { document: { url: 'https://example.com/app/screen', method: 'POST' }, timeoutSeconds: 60 } }],
    ['method', 'url="/x" method="GET"', { screening: { document: { method: 'GET' } } }],
    ['timeout', 'url="/x" timeout="7"', { screening: { timeoutSeconds: 7 } }],
  ])('takes %s: %s', (_, attributes, expected) => {
    expect(withAttributes(attributes)).toMatchObject(expected);
    expect(notesOf(`<Dial><${noun} ${attributes}>${text}</${noun}></Dial>`)).toEqual([]);
  }); // biome-ignore format: a table

  it.each([
    ['statusCallback="/s" statusCallbackEvent="moved"', 12200, { callback: { events: EVENTS } }],
    ['statusCallback="/s" statusCallbackMethod="PUT"', 13210, { callback: { method: 'POST' } }],
    ['url="/x" method="PUT"', 13210, { screening: { document: { method: 'POST' } } }],
    ['url="/x" timeout="0"', 13212, { screening: { timeoutSeconds: 60 } }],
    ['url="/x" timeout="601"', 13212, { screening: { timeoutSeconds: 60 } }],
  ])('with %s notes %i, and goes on with what is usual', (attributes, code, expected) => {
    expect(withAttributes(attributes)).toMatchObject(expected);
    expect(notesOf(`<Dial><${noun} ${attributes}>${text}</${noun}></Dial>`)).toEqual([code]);
  });

  it('tells nobody, and screens nobody, unless it is asked to', () => {
    expect(withAttributes('')).not.toHaveProperty('callback');
    expect(withAttributes('')).not.toHaveProperty('screening');
  });

  it('sends the headers after its question mark, each under X-, though their ampersands are bare', () => {
    expect(
      target(`<${noun}>${text}?mycustomheader=foo&myotherheader=b%20r&X-Mine=1</${noun}>`),
    ).toMatchObject({
      headers: [VERSION, ['X-mycustomheader', 'foo'], ['X-myotherheader', 'b r'], ['X-Mine', '1']],
      identifiedBy: IDENTIFIED_BY,
    });
  });

  it.each([
    ['a name that is no token', 'a%20b=1'],
    ['a line break in its value', 'a=b%0d%0aVia:c'],
    ['no equals sign', 'lonely'],
    ['the name of a header of the platform', 'X-RestComm-CallSid=1'],
    ['a stray percent sign', 'a=%zz'],
  ])('leaves a header with %s out, and notes it', (_, header) => {
    expect(target(`<${noun}>${text}?${header}&amp;ok=1</${noun}>`)).toMatchObject({
      headers: [VERSION, ['X-ok', '1']],
    });
    expect(notesOf(`<Dial><${noun}>${text}?${header}</${noun}></Dial>`)).toEqual([12200]);
  });

  it('takes headers of 1,023 characters, and is not dialled with more', () => {
    const sized = (characters: number) => `<${noun}>${text}?h=${'x'.repeat(characters - 2)}</${noun}>`;
    expect(target(sized(1_023))).toBeDefined();
    expect(target(sized(1_024))).toBeUndefined();
  });
});

describe('<Sip>', () => {
  it('takes addresses of 254 characters, and is not dialled with more', () => {
    const sized = (characters: number) => `<Sip>sip:${'a'.repeat(characters - 16)}@example.com</Sip>`;
    expect(target(sized(254))).toBeDefined();
    expect(target(sized(255))).toBeUndefined();
  });

  it.each([
    ['sip:a@example.com', 'udp', 'sip:a@example.com'],
    ['sip:a@example.com;transport=tcp', 'tcp', 'sip:a@example.com'],
    ['sip:a@example.com;transport=UDP', 'udp', 'sip:a@example.com'],
    ['sip:a@example.com;transport=tls', 'tls', 'sip:a@example.com'],
    ['sips:a@example.com', 'tls', 'sips:a@example.com'],
    ['sip:a@127.0.0.1:5080;x=y', 'udp', 'sip:a@127.0.0.1:5080;x=y'],
  ])('reaches %s over %s', (address, transport, uri) => {
    expect(target(`<Sip>${address}</Sip>`)).toMatchObject({ uri, transport });
  });

  it.each(['sip:a@example.com;transport=carrier-pigeon', 'sips:a@example.com;transport=udp'])(
    'is not dialled by way of %s',
    address => {
      expect(target(`<Sip>${address}</Sip>`)).toBeUndefined();
    },
  );

  it('keeps a username and a password for whoever challenges it', () => {
    expect(target(`<Sip username="alice" password="secret">${ALICE}</Sip>`)).toMatchObject({
      credentials: { username: 'alice', password: { clear: 'secret' } },
    });
    expect(Object.keys(SIP_ATTRIBUTES)).toEqual([...Object.keys(NOUN_ATTRIBUTES), 'username', 'password']);
  });

  it.each(['username="alice"', 'password="secret"', 'username="" password="secret"'])(
    'with %s alone is dialled without credentials',
    attributes => {
      expect(target(`<Sip ${attributes}>${ALICE}</Sip>`)).not.toHaveProperty('credentials');
    },
  );

  it('is not dialled with a password that nobody can send', () => {
    expect(target(`<Sip username="a" password="a&#10;b">${ALICE}</Sip>`)).toBeUndefined();
  });
});

describe('<Uri>', () => {
  it('has no credentials', () => {
    expect(target(`<Uri username="alice" password="secret">${ALICE}</Uri>`)).not.toHaveProperty(
      'credentials',
    );
    expect(notesOf(`<Dial><Uri username="alice">${ALICE}</Uri></Dial>`)).toEqual([12200]);
  });
});

describe('<Client>', () => {
  it.each(['alice', 'client:alice'])('is named %s', text => {
    expect(target(`<Client>${text}</Client>`)).toMatchObject({ kind: 'client', name: 'alice' });
  });
});

describe('<Number>', () => {
  it.each([
    ['+1 (202) 555-0100', '+12025550100'],
    ['2025550100', '+12025550100'],
    ['1000123', '1000123'],
    ['*98', '*98'],
  ])('of %s dials %s', (text, number) => {
    expect(target(`<Number>${text}</Number>`)).toMatchObject({ number });
  });

  it('sends digits to whoever answers', () => {
    expect(target('<Number sendDigits="ww12#">+12025550100</Number>')).toMatchObject({ sendDigits: 'ww12#' });
    expect(notesOf('<Dial><Number sendDigits="now">+12025550100</Number></Dial>')).toEqual([12200]);
  });
});
