import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Gather, Say } from '../../../../core/verb.ts';
import { DocumentError } from '../../../../dialects/dialect.ts';
import { MAX_DOCUMENT_BYTES, parse } from '../../../../dialects/restcomm/markup/document.ts';
import type { GATHER_ATTRIBUTES } from '../../../../dialects/restcomm/markup/gather.ts';
import { NOW_MS } from '../fixtures.ts';
import { notesOf, read, refusalOf, URL, verbOf } from './reading.ts';

const answer = (body: string, contentType: string | undefined = 'text/xml') =>
  parse({ body, url: URL, nowMs: NOW_MS, ...(contentType !== undefined && { contentType }) });

describe('An answer', () => {
  it.each(['text/xml', 'application/xml; charset=utf-8', 'text/html'])('of %s is a document', type => {
    expect(answer('<Response><Hangup/></Response>', type).verbs).toEqual([{ verb: 'Hangup' }]);
  });

  it.each(['audio/wav', 'audio/wave', 'audio/x-wav'])('of %s is played', type => {
    expect(answer('RIFF', type).verbs[0]).toMatchObject({ verb: 'Play', url: URL });
  });

  it('of text/plain is said', () => {
    expect(answer(' Hello there. ', 'text/plain').verbs).toMatchObject([
      { verb: 'Say', parts: ['Hello there.'] },
    ]);
  });

  it('without a Content-Type ends the call', () => {
    expect(refusalOf(() => answer('<Response/>', '')).code).toBe(12300);
  });

  it('that is empty is a document without verbs', () => {
    expect(answer('', '')).toEqual({ verbs: [], notifications: [] });
    expect(answer(' \n', 'text/xml').verbs).toEqual([]);
  });

  it('is read although its ampersands are bare, outside of what XML leaves alone', () => {
    const { verbs } = answer(
      '<!-- a & b --><Response><Dial><Sip>sip:a@example.com?x=1&y=2&amp;z=3</Sip></Dial><Say><![CDATA[You & I]]></Say></Response>',
    );
    expect(verbs).toMatchObject([
      { targets: [{ headers: [expect.anything(), ['X-x', '1'], ['X-y', '2'], ['X-z', '3']] }] },
      { parts: ['You & I'] },
    ]);
  });

  it.each([
    ['that is no XML', 'garbage <Response/>', 12100],
    ['that is cut off', '<Response><Say>Hel', 12100],
    ['with another root', '<Reply/>', 12102],
    ['that is too large', `<Response>${' '.repeat(MAX_DOCUMENT_BYTES)}</Response>`, 11750],
  ])('%s is refused', (_, body, code) => {
    expect(refusalOf(() => answer(body)).code).toBe(code);
  });

  it('is told with line and column when it is no XML', () => {
    expect(refusalOf(() => answer('<Response>\n<Say>Hello</Sai></Response>')).message).toMatch(
      /line 2, column \d+/,
    );
  });
});

describe('An element', () => {
  it.each(
    'Record Enqueue Leave Refer Hold Resume Sms Message Email Fax Language UssdMessage UssdCollect'.split(
      ' ',
    ),
  )('%s is not there yet, is skipped and noted, 1002', name => {
    expect(read(`<${name}/><Say>Hello.</Say>`).verbs).toMatchObject([{ verb: 'Say' }]);
    expect(notesOf(`<${name}/>`)).toEqual([1002]);
  });

  it.each(['say', 'DIAL', 'Nothing'])('%s is no verb, is skipped and noted, 12200', name => {
    expect(read(`<${name}>x</${name}><Say>Hello.</Say>`).verbs).toMatchObject([{ verb: 'Say' }]);
    expect(notesOf(`<${name}/>`)).toEqual([12200]);
  });
});

describe('<Say>', () => {
  it('is a man speaking English, once', () => {
    expect(verbOf('<Say>Hello.</Say>')).toMatchObject({
      verb: 'Say',
      parts: ['Hello.'],
      voiceId: 'Matthew',
      loop: 1,
    });
  });

  it.each([
    ['bf', 'Isabelle'], ['bp', 'Ricardo'], ['en', 'Matthew'], ['en-gb', 'Brian'], ['cf', 'Liam'], ['cs', 'Jitka'],
    ['dan', 'Mads'], ['fi', 'Suvi'], ['es', 'Enrique'], ['fr', 'Mathieu'], ['de', 'Hans'], ['el', 'Matthew'],
    ['it', 'Giorgio'], ['nl', 'Ruben'], ['no', 'Liv'], ['pl', 'Jacek'], ['pt', 'Cristiano'], ['ru', 'Maxim'],
    ['ar', 'Zeina'], ['ca', 'Arlet'], ['sv', 'Astrid'], ['tr', 'Filiz'],
  ])('in %s is %s', (language, voiceId) => {
    expect(verbOf(`<Say language="${language}">x</Say>`)).toMatchObject({ voiceId });
    expect(notesOf(`<Say language="${language}">x</Say>`)).toEqual([]);
  }); // biome-ignore format: a table

  it('is a woman for voice="woman", and comes as often as its loop says, 0 without end', () => {
    expect(verbOf('<Say voice="woman" loop="0">x</Say>')).toMatchObject({ voiceId: 'Joanna', loop: 0 });
  });

  it.each([
    ['voice="robot"', 13511],
    ['loop="-1"', 13510],
    ['language="tlh"', 13511],
  ])('with %s notes %i, and is said all the same', (attributes, code) => {
    expect(notesOf(`<Say ${attributes}>x</Say>`)).toEqual([code]);
    expect((verbOf(`<Say ${attributes}>x</Say>`) as Say).parts).toEqual(['x']);
  });

  it('without text is skipped', () => {
    expect(read('<Say> </Say>').verbs).toEqual([]);
  });
});

describe('<Play>', () => {
  it('plays a URL, relative to its document, without which the call ends', () => {
    expect(verbOf('<Play loop="3">hello.wav</Play>')).toEqual({
      verb: 'Play',
      url: 'https://example.com/app/hello.wav',
      loop: 3,
      needed: true,
    });
  });

  it('without a URL is skipped; with none that there can be it ends the call, 11100', () => {
    expect(read('<Play/>').verbs).toEqual([]);
    expect(refusalOf(() => read('<Play>http://</Play>')).code).toBe(11100);
    expect(notesOf('<Play loop="1001">a.wav</Play>')).toEqual([13410]);
  });
});

describe('<Gather>', () => {
  const gather = (attributes: string, content = '') =>
    verbOf(`<Gather ${attributes}>${content}</Gather>`) as Gather;

  it('asks its own document again, after keys that # ends', () => {
    expect(gather('', '<Say>Press a key.</Say><Pause/>')).toMatchObject({
      prompts: [{ verb: 'Say' }, { verb: 'Pause' }],
      firstKeyTimeoutSeconds: 5,
      nextKeyTimeoutSeconds: 5,
      finishOnKeys: '#',
      action: { url: URL, method: 'POST' },
      onNothing: 'continue',
      answer: 'document',
      tries: 1,
    });
  });

  it.each<[keyof typeof GATHER_ATTRIBUTES, string, Partial<Gather>]>([
    ['action', 'action="/keys"', { action: { url: 'https://example.com/keys', method: 'POST' } }],
    ['method', 'action="/keys" method="GET"', { action: { url: 'https://example.com/keys', method: 'GET' } }],
    ['actionOnEmptyResult', 'actionOnEmptyResult="true"', { onNothing: 'ask' }],
    ['timeout', 'timeout="9"', { firstKeyTimeoutSeconds: 9, nextKeyTimeoutSeconds: 9 }],
    ['preTimeout', 'timeout="9" preTimeout="3"', { firstKeyTimeoutSeconds: 3, nextKeyTimeoutSeconds: 9 }],
    ['postTimeout', 'postTimeout="2"', { firstKeyTimeoutSeconds: 5, nextKeyTimeoutSeconds: 2 }],
    ['finishOnKey', 'finishOnKey="*"', { finishOnKeys: '*' }],
    ['finishOnKey', 'finishOnKey=""', { finishOnKeys: '' }],
    ['startInputKey', 'startInputKey="12"', { startKeys: '12' }],
    ['numDigits', 'numDigits="4"', { maxDigits: 4 }],
    ['input', 'input="dtmf"', {}],
    [
      'hints',
      'hints="yes,no" language="en-US" partialResultCallback="/p" partialResultCallbackMethod="GET"',
      {},
    ],
  ])('takes %s: %s', (_, attributes, expected) => {
    expect(gather(attributes)).toMatchObject(expected);
    expect(notesOf(`<Gather ${attributes}/>`)).toEqual([]);
  });

  it.each([
    ['finishOnKey="x"', 13310],
    ['timeout="0"', 13313],
    ['preTimeout="long"', 13313],
    ['numDigits="0"', 13314],
    ['startInputKey="a"', 13315],
    ['input="speech"', 1002],
    ['method="PUT"', 12200],
  ])('with %s notes %i', (attributes, code) => {
    expect(notesOf(`<Gather ${attributes}/>`)).toEqual([code]);
  });

  it('prompts with nothing but Say, Play and Pause', () => {
    expect(gather('', '<Dial>alice@example.com</Dial><Say>Hello.</Say>').prompts).toMatchObject([
      { verb: 'Say' },
    ]);
    expect(notesOf('<Gather><Record/></Gather>')).toEqual([12200]);
  });
});

describe('<Pause>', () => {
  it.each([
    ['', 1, []],
    ['length="7"', 7, []],
    ['length="0"', 1, [13910]],
    ['length="x"', 1, [13910]],
  ])('%s waits for %i s', (attributes, lengthSeconds, notes) => {
    expect(verbOf(`<Pause ${attributes}/>`)).toEqual({ verb: 'Pause', lengthSeconds });
    expect(notesOf(`<Pause ${attributes}/>`)).toEqual(notes);
  });
});

describe('<Redirect>', () => {
  it('goes on with another document, by POST, and leaves this one', () => {
    expect(read('<Redirect>next</Redirect><Say>Never.</Say>').verbs).toEqual([
      { verb: 'Redirect', target: { url: 'https://example.com/app/next', method: 'POST' } },
    ]);
    expect(verbOf('<Redirect method="get">/x</Redirect>')).toMatchObject({ target: { method: 'GET' } });
    expect(notesOf('<Redirect method="PUT">/x</Redirect>')).toEqual([13710]);
  });

  it('without a URL lets the document go on', () => {
    expect(read('<Redirect/>').verbs).toEqual([]);
  });

  it('to what is no URL ends the call, 11100', () => {
    expect(refusalOf(() => read('<Redirect>ftp://x</Redirect>')).code).toBe(11100);
  });
});

describe('<Reject> and <Hangup>', () => {
  it.each([
    ['<Reject/>', 'rejected', []],
    ['<Reject reason="Busy"/>', 'busy', []],
    ['<Reject reason="tired"/>', 'rejected', [12200]],
  ])('%s turns the caller away as %s', (markup, reason, notes) => {
    expect(verbOf(markup)).toEqual({ verb: 'Reject', reason });
    expect(notesOf(markup)).toEqual(notes);
  });

  it('leave the document', () => {
    expect(read('<Reject/><Say>x</Say>').verbs).toHaveLength(1);
    expect(read('<Hangup/><Say>x</Say>').verbs).toEqual([{ verb: 'Hangup' }]);
  });
});

describe('Any answer', () => {
  const outcome = (body: string, contentType?: string): void => {
    try {
      JSON.stringify(answer(body, contentType));
    } catch (error) {
      expect(error).toBeInstanceOf(DocumentError);
    }
  };
  const names = fc.constantFrom(
    'Response', 'Say', 'Play', 'Pause', 'Dial', 'Number', 'Sip', 'Client', 'Uri', 'Conference', 'Redirect', 'Hangup',
    'Reject', 'Gather', 'Record', 'break', '__proto__', 'toString', 'x:y',
  ); // biome-ignore format: one list
  const attributes = fc.dictionary(
    fc.constantFrom(
      'loop', 'voice', 'language', 'timeout', 'action', 'url', 'length', 'callerId', 'finishOnKey', 'numDigits', 'username',
      'password', 'statusCallback', 'statusCallbackEvent', 'sendDigits', '__proto__', 'valueOf',
    ),
    fc.oneof(fc.string(), fc.integer().map(String), fc.webUrl(), fc.constantFrom('true', '', '/x', '//', 'http://')),
    { maxKeys: 4 },
  ); // biome-ignore format: one list
  const escaped = (text: string) =>
    text
      .replace(/[<>"]/g, mark => `&#${mark.charCodeAt(0)};`)
      .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffc]/g, '');
  const { element } = fc.letrec<{ element: string; content: string }>(tie => ({
    content: fc.oneof(
      { maxDepth: 5 },
      fc.string().map(escaped),
      fc.constantFrom('+12025550100', 'sip:a@b.example?x=1&y', 'client:alice', '&', '<![CDATA[&]]>'),
      tie('element'),
    ),
    element: fc
      .tuple(names, attributes, fc.array(tie('content'), { maxLength: 4 }))
      .map(([name, values, content]) => {
        const written = Object.entries(values).map(([key, value]) => ` ${key}="${escaped(value)}"`);
        return `<${name}${written.join('')}>${content.join('')}</${name}>`;
      }),
  }));
  const type = fc.constantFrom(
    undefined,
    'text/xml',
    'text/plain',
    'audio/wav',
    'text/html',
    '',
    '__proto__',
  );

  it('is read or refused, if it is any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), type, outcome));
  });

  it('is read or refused, if it looks like a document', () => {
    fc.assert(
      fc.property(fc.array(element, { maxLength: 5 }), elements =>
        outcome(`<Response>${elements.join('')}</Response>`),
      ),
      { numRuns: 500 },
    );
  });
});
