import { RestClient } from '@signalwire/compatibility-api';
import fc from 'fast-check';
import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import { DocumentError } from '../../../../dialects/dialect.ts';
import { MAX_VERB_CHARACTERS } from '../../../../dialects/markup/document.ts';
import { MAX_DOCUMENT_BYTES, parse } from '../../../../dialects/signalwire/markup/document.ts';
import { NOW_MS } from '../fixtures.ts';
import { read, refusalOf, URL } from './reading.ts';

const whole = (body: string, contentType = 'text/xml') =>
  parse({ body, contentType, url: URL, nowMs: NOW_MS });
const refused = (body: string, contentType?: string) => refusalOf(() => whole(body, contentType));

describe('A document', () => {
  it.each([
    '<Response/>',
    '<Response></Response>',
    '\n  <Response/>\n',
    '<?xml version="1.0"?><Response/>',
    '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<Response/>',
    '\ufeff<?xml version="1.0" encoding="UTF-8"?><Response/>',
    '<!-- first --><Response><!-- second --></Response><!-- last -->',
    '<?php-ignored x?><Response/>',
    '<Response xmlns="urn:x" xmlns:xsi="urn:y" xsi:noNamespaceSchemaLocation="z">stray text</Response>',
    '<?xml version="1.0" encoding="US-ASCII"?><Response/>',
    '<?xml version="1.0" encoding="ISO-8859-1"?><Response/>',
  ])('is %j, which asks for nothing', body => {
    expect(whole(body)).toEqual({ verbs: [], notifications: [] });
  });

  it.each([
    ['nothing at all', '', 11770],
    ['white space', ' \n\t', 11770],
    ['more than 64 kB', `<Response>${' '.repeat(MAX_DOCUMENT_BYTES)}</Response>`, 11750],
    ['more than 500 verbs', `<Response>${'<Pause/>'.repeat(501)}</Response>`, 11750],
    ['no XML', 'Hello', 12100],
    ['an unclosed tag', '<Response>\n<Say>Hello</Response>', 12100],
    ['two roots', '<Response/><Response/>', 12100],
    ['space before its declaration', ' <?xml version="1.0"?><Response/>', 12100],
    ['an attribute twice', '<Response><Say loop="1" loop="2">a</Say></Response>', 12100],
    ['an attribute without quotes', '<Response><Say loop=1>a</Say></Response>', 12100],
    ['a NUL', '<Response><Say>\u0000</Say></Response>', 12100],
    ['a control character', '<Response><Say>&#x1;</Say></Response>', 12100],
    ['half a surrogate pair', '<Response><Say>&#xD800;</Say></Response>', 12100],
    ['bytes that were not UTF-8', '<Response><Say>\ufffd</Say></Response>', 12100],
    [
      'another encoding',
      '<?xml version="1.0" encoding="ISO-8859-1"?><Response><Say>é</Say></Response>',
      12100,
    ],
    ['a DOCTYPE', '<!DOCTYPE Response><Response/>', 12100],
    ['an entity of its own', '<!DOCTYPE r [<!ENTITY a "b">]><Response><Say>&a;</Say></Response>', 12100],
    [
      'entities that multiply',
      `<!DOCTYPE r [<!ENTITY a "${'x'.repeat(99)}"><!ENTITY b "&a;&a;">]><Response>&b;</Response>`,
      12100,
    ],
    [
      'a file of ours',
      '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><Response><Say>&f;</Say></Response>',
      12100,
    ],
    ['an HTML page', '<!DOCTYPE html><html><body>Not found</body></html>', 12100],
    ['an HTML entity', '<Response><Say>a&nbsp;b</Say></Response>', 12100],
    [
      'a hundred nested elements',
      `<Response>${'<Say>'.repeat(100)}${'</Say>'.repeat(100)}</Response>`,
      12100,
    ],
    ['version 1.1', '<?xml version="1.1"?><Response/>', 12101],
    ['version 2.0', '<?xml version="2.0"?><Response/>', 12101],
    ['another root', '<response/>', 12102],
    ['a verb in small letters', '<Response><say>a</say></Response>', 12200],
    ['no such verb', '<Response><Sing>a</Sing></Response>', 12200],
    ['a verb like an object’s own', '<Response><constructor/></Response>', 12200],
    ['a verb that is not there yet', '<Response><Record/></Response>', 13750],
  ])('that has %s is an error', (_, body, code) => {
    expect(refused(body).code).toBe(code);
  });

  it.each([
    'Record', 'Enqueue', 'Leave', 'Connect', 'Start', 'Stop', 'Refer', 'Sms', 'Message', 'Pay', 'Echo',
  ])('with <%s> says that it is not there yet', verb => {
    expect(refused(`<Response>\n<${verb}/></Response>`)).toEqual({
      code: 13750,
      message: `${verb} (line 2): is not there yet. Use a document without it.`,
    });
  }); // biome-ignore format: one list

  it('goes on without <Denoise>, with warning 13750', () => {
    expect(read('<Denoise>on</Denoise><Hangup/>')).toMatchObject({
      verbs: [{ verb: 'Hangup' }],
      notifications: [{ code: 13750, level: 'warning', occurredAtMs: NOW_MS, url: URL }],
    });
  });

  it.each([
    ['<Response>\n  <Say>Tom & Jerry</Say>\n</Response>', 2, 12],
    ['<Response><Say>a &amp b</Say></Response>', 1, 18],
    ['<Response><!-- & --><![CDATA[ & ]]><Play>https://e.com/?a=1&b=2</Play></Response>', 1, 60],
    ['<Response><Say voice="a&b">x</Say></Response>', 1, 24],
  ])('shows where the bare & is in %j: line %i, column %i', (body, line, column) => {
    const { code, message } = refused(body);
    expect(code).toBe(12100);
    expect(message).toContain(`at line ${line}, column ${column}: a bare &. Write it as &amp;.`);
  });

  it('shows where else it is not well-formed', () => {
    expect(refused('<Response>\n<Say>Hello</Sya>\n</Response>').message).toMatch(/at line 2, column \d+: /);
  });

  it('notes in which line each warning belongs', () => {
    const { notifications } = read('<Pause\n length="x"/>\n<Say loop="y">a</Say>');
    expect(notifications.map(({ message }) => /line \d+/.exec(message)?.[0])).toEqual(['line 3', 'line 5']);
  });

  it('notes no password of its own URL', () => {
    const { notifications } = read('<Pause length="x"/>', 'https://ann:hunter2@example.com/v');
    expect(notifications[0]?.url).toBe('https://example.com/v');
  });

  it('notes twenty things at most', () => {
    expect(read('<Pause length="x"/>'.repeat(100)).notifications).toHaveLength(20);
  });

  it('that was sent along has absolute URLs only: else it is an error, 15004', () => {
    expect(read('<Play>https://example.com/a.mp3</Play>', null).verbs).toHaveLength(1);
    for (const verb of [
      '<Redirect>/x</Redirect>',
      '<Play>/x</Play>',
      '<Dial action="/x">+12025550100</Dial>',
    ]) {
      expect(refusalOf(() => read(verb, null)).code).toBe(15004);
    }
  });

  it('cannot outgrow a session by its URL', () => {
    const url = `https://example.com/${'x'.repeat(1_900)}/`;
    const work = () => read('<Play>a</Play>'.repeat(400), url);
    expect(refusalOf(work).code).toBe(11750);
    expect(JSON.stringify(read('<Play>a</Play>'.repeat(60), url).verbs).length).toBeLessThan(
      MAX_VERB_CHARACTERS,
    );
  });
});

describe('An answer', () => {
  it.each([
    'text/xml',
    'application/xml',
    'Application/XML; charset=UTF-8',
    'application/xhtml+xml',
    'text/html',
    'text/html; charset=utf-8',
    'text/plain',
  ])('of %s is read as a document', contentType => {
    expect(whole('<Response><Hangup/></Response>', contentType).verbs).toEqual([{ verb: 'Hangup' }]);
  });

  it.each(['audio/mpeg', 'audio/wav', 'audio/x-wav; rate=8000'])(
    'of %s is played, and the call ends',
    contentType => {
      expect(whole('RIFF\u0000', contentType)).toEqual({
        verbs: [{ verb: 'Play', url: URL, loop: 1 }, { verb: 'Hangup' }],
        notifications: [],
      });
    },
  );

  it.each(['application/json', 'image/png', 'application/octet-stream', '', 'xml', 'text/xmlx'])(
    'of "%s" is an error, 12300',
    contentType => {
      expect(refused('<Response/>', contentType).code).toBe(12300);
    },
  );

  it('without a Content-Type is an error, 12300', () => {
    expect(refusalOf(() => parse({ body: '<Response/>', url: URL, nowMs: NOW_MS })).code).toBe(12300);
  });
});

describe('Whatever a customer’s server answers', () => {
  const outcome = (body: string) => {
    const started = performance.now();
    try {
      const { verbs } = whole(body);
      expect(JSON.stringify(verbs).length).toBeLessThan(MAX_VERB_CHARACTERS * 2);
    } catch (error) {
      expect(error).toBeInstanceOf(DocumentError);
      const { code, message } = error as DocumentError;
      expect(Number.isInteger(code)).toBe(true);
      expect(message.length).toBeLessThan(600);
    }
    return performance.now() - started;
  };

  const names = fc.constantFrom(
    'Response', 'Say', 'Play', 'Pause', 'Dial', 'Number', 'Sip', 'Redirect', 'Hangup', 'Reject', 'Gather', 'prosody', 'break',
    'p', 's', 'sub', '__proto__', 'toString', 'x:y',
  ); // biome-ignore format: one list
  const attributes = fc.dictionary(
    fc.constantFrom(
      'loop',
      'voice',
      'language',
      'timeout',
      'action',
      'digits',
      'url',
      'length',
      'callerId',
      'time',
      '__proto__',
      'valueOf',
      'statusCallback',
      'statusCallbackEvent',
    ),
    fc.oneof(
      fc.string(),
      fc.integer().map(String),
      fc.webUrl(),
      fc.constantFrom('true', '', '/x', '//', 'http://', 'constructor'),
    ),
    { maxKeys: 4 },
  );
  const escaped = (text: string) =>
    text
      .replace(/[<>&"]/g, mark => `&#${mark.charCodeAt(0)};`)
      .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffc]/g, '');
  const { element } = fc.letrec<{ element: string; content: string }>(tie => ({
    content: fc.oneof({ maxDepth: 5 }, fc.string().map(escaped), fc.constant('+12025550100'), tie('element')),
    element: fc
      .tuple(names, attributes, fc.array(tie('content'), { maxLength: 4 }))
      .map(([name, values, content]) => {
        const written = Object.entries(values).map(([key, value]) => ` ${key}="${escaped(value)}"`);
        return `<${name}${written.join('')}>${content.join('')}</${name}>`;
      }),
  }));

  it('is read or refused, if it is any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), body => void outcome(body)));
  });

  it('is read or refused, if it looks like a document', () => {
    fc.assert(
      fc.property(fc.array(element, { maxLength: 5 }), elements => {
        outcome(`<Response>${elements.join('')}</Response>`);
      }),
      { numRuns: 500 },
    );
  });

  it('is read or refused, if a document was damaged on its way', () => {
    const fine =
      '<?xml version="1.0" encoding="UTF-8"?><!-- x --><Response><Say loop="2">a &amp; <p>b</p></Say><Dial action="/x">' +
      '<Number url="">+12025550100</Number></Dial><![CDATA[ & ]]></Response>';
    const cut = fc.tuple(fc.nat(fine.length), fc.nat(20), fc.string({ unit: 'grapheme', maxLength: 5 }));
    fc.assert(
      fc.property(
        cut,
        ([at, length, put]) => void outcome(fine.slice(0, at) + put + fine.slice(at + length)),
      ),
      { numRuns: 500 },
    );
  });

  const full = (piece: string, before = '<Response>', after = '</Response>') =>
    (before + piece.repeat((MAX_DOCUMENT_BYTES - before.length - after.length) / piece.length) + after).slice(
      0,
      MAX_DOCUMENT_BYTES,
    );

  it.each([
    ['open tags', full('<a>')],
    ['comments without end', full('<!--')],
    ['ampersands', full('&')],
    ['ampersands and names', full('&a')],
    ['sections without end', full('<![CDATA[')],
    ['processing instructions without end', full('<?')],
    ['attributes', full(' a', '<Response ', '/>')],
    [
      'different attributes',
      `<Response><Say ${Array.from({ length: 6_000 }, (_, n) => `a${n}=""`).join(' ')}>x</Say></Response>`,
    ],
    ['speech markup', full('<p>a</p>', '<Response><Say>', '</Say></Response>')],
    [
      'nested speech markup',
      full(`${'<p>'.repeat(25)}a${'</p>'.repeat(25)}`, '<Response><Say>', '</Say></Response>'),
    ],
    [
      'long speech markup',
      full('a ', `<Response><Say>${'<p>'.repeat(20)}`, `${'</p>'.repeat(20)}</Say></Response>`),
    ],
    ['pauses', full('<Pause/>')],
    ['numbers', full('<Number>1</Number>', '<Response><Dial>', '</Dial></Response>')],
    ['white space', full(' ', '<Response><Say>a', 'a</Say></Response>')],
    ['entities', full('&amp;', '<Response><Say>', '</Say></Response>')],
    ['line breaks', full('\r\n')],
    ['a name', full('a', '<', '/>')],
  ])('takes no longer than a moment, if it is 64 kB of %s', (_, body) => {
    expect(outcome(body)).toBeLessThan(1_000);
  });
});

describe('The documents that both vendors’ builders write', () => {
  const builders = { signalwire: RestClient.LaML.VoiceResponse, twilio: twilio.twiml.VoiceResponse };

  it.each(Object.entries(builders))('by %s are read', (_, VoiceResponse) => {
    const response = new VoiceResponse();
    response.say({ voice: 'Polly.Joanna-Neural', language: 'en-US', loop: 2 }, 'Tom & Jerry');
    response.pause({ length: 2 });
    response.play({ loop: 3 }, 'https://example.com/a.mp3?x=1&y=2');
    response.play({ digits: 'ww1' });
    const dial = response.dial({
      action: '/after',
      method: 'GET',
      timeout: 20,
      timeLimit: 600,
      callerId: '+12025550111',
      hangupOnStar: true,
      answerOnBridge: true,
      sequential: true,
    });
    dial.number(
      {
        statusCallback: 'https://example.com/s',
        statusCallbackEvent: ['initiated', 'answered'],
        statusCallbackMethod: 'GET',
        sendDigits: 'w1',
      },
      '+12025550100',
    );
    dial.number('+12025550101');

    expect(whole(response.toString())).toEqual({
      verbs: [
        { verb: 'Say', parts: ['Tom & Jerry'], voiceId: 'Joanna', engine: 'neural', loop: 2 },
        { verb: 'Pause', lengthSeconds: 2 },
        { verb: 'Play', url: 'https://example.com/a.mp3?x=1&y=2', loop: 3 },
        { verb: 'SendDigits', digits: 'ww1', loop: 1 },
        {
          verb: 'Dial',
          targets: [
            {
              kind: 'number',
              number: '+12025550100',
              callback: {
                url: 'https://example.com/s',
                method: 'GET',
                events: ['initiated', 'answered', 'in-progress'],
              },
              sendDigits: 'w1',
            },
            { kind: 'number', number: '+12025550101' },
          ],
          order: 'in-turn',
          callerId: '+12025550111',
          timeoutSeconds: 20,
          timeLimitSeconds: 600,
          hangupOnStar: true,
          action: { url: 'https://example.com/after', method: 'GET' },
          answer: 'document',
          afterwards: 'continue',
        },
      ],
      notifications: [],
    });
  });

  it.each(Object.entries(builders))('by %s with speech markup are read', (_, VoiceResponse) => {
    const response = new VoiceResponse();
    const say = response.say({}, 'One');
    // SignalWire's builder has its own name for this one.
    const pause = ('break_' in say ? say.break_ : say.break) as typeof say.break;
    pause.call(say, { strength: 'x-weak', time: '100ms' });
    say.emphasis({ level: 'moderate' }, 'two');
    response.redirect({ method: 'GET' }, '/next');

    expect(whole(response.toString())).toMatchObject({
      verbs: [
        {
          verb: 'Say',
          ssml: true,
          parts: [
            'One',
            '<break strength="x-weak" time="100ms"/>',
            '<emphasis level="moderate">two</emphasis>',
          ],
        },
        { verb: 'Redirect', target: { url: 'https://example.com/next', method: 'GET' } },
      ],
      notifications: [],
    });
  });

  it.each(Object.entries(builders))('by %s to turn a caller away are read', (_, VoiceResponse) => {
    const response = new VoiceResponse();
    response.reject({ reason: 'busy' });
    expect(whole(response.toString()).verbs).toEqual([{ verb: 'Reject', reason: 'busy' }]);
    const other = new VoiceResponse();
    other.hangup();
    expect(whole(other.toString()).verbs).toEqual([{ verb: 'Hangup' }]);
  });
});
