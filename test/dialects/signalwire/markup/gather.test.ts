import { describe, expect, it } from 'vitest';
import { MAX_GATHERED_DIGITS } from '../../../../dialects/signalwire/markup/gather.ts';
import { notesOf, read, refusalOf, URL, verbOf } from './reading.ts';

const gather = {
  verb: 'Gather',
  prompts: [],
  firstKeyTimeoutSeconds: 5,
  nextKeyTimeoutSeconds: 5,
  finishOnKeys: '#',
  maxDigits: MAX_GATHERED_DIGITS,
  tries: 1,
  action: { url: URL, method: 'POST' },
  onNothing: 'continue',
  answer: 'document',
};

describe('<Gather>', () => {
  it('takes keys until # or five seconds of silence, and asks its own document', () => {
    expect(verbOf('<Gather/>')).toEqual(gather);
  });

  it('of a document that was sent along has nobody to ask, unless it says whom', () => {
    const { action: _, ...alone } = gather;

    expect(read('<Gather/>', null).verbs).toEqual([alone]);
    expect(read('<Gather action="https://a.example/k"/>', null).verbs).toMatchObject([
      { action: { url: 'https://a.example/k' } },
    ]);
  });

  it.each([
    ['action="/keys" method="get"', { action: { url: 'https://example.com/keys', method: 'GET' } }],
    ['timeout="7"', { firstKeyTimeoutSeconds: 7, nextKeyTimeoutSeconds: 7 }],
    ['finishOnKey=""', { finishOnKeys: '' }],
    ['finishOnKey="*0"', { finishOnKeys: '*0' }],
    ['numDigits="1"', { maxDigits: 1 }],
    ['actionOnEmptyResult="true"', { onNothing: 'ask' }],
    ['input="dtmf" hints="a,b" language="de-DE" speechTimeout="auto"', {}],
  ])('reads %s', (attributes, values) => {
    expect(verbOf(`<Gather ${attributes}/>`)).toEqual({ ...gather, ...values });
    expect(notesOf(`<Gather ${attributes}/>`)).toEqual([]);
  });

  it.each([
    ['finishOnKey="x"', 13310],
    ['method="PUT"', 13312],
    ['timeout="601"', 13313],
    ['numDigits="0"', 13314],
    ['numDigits="129"', 13314],
    ['actionOnEmptyResult="x"', 13338],
  ])('with %s goes on without it, with warning %i', (attributes, code) => {
    expect(verbOf(`<Gather ${attributes}/>`)).toEqual(gather);
    expect(notesOf(`<Gather ${attributes}/>`)).toEqual([code]);
  });

  it.each(['speech', 'dtmf speech', 'speech dtmf'])('with input="%s" is refused with a sentence', input => {
    expect(refusalOf(() => read(`<Gather input="${input}"/>`))).toEqual({
      code: 13326,
      message:
        'Gather (line 3): input asks for speech, which nobody can recognize here yet: take keys with input="dtmf".',
    });
  });

  it('prompts with what is in it', () => {
    expect(verbOf('<Gather><Say>Press.</Say><Pause length="2"/><Play>a.mp3</Play></Gather>')).toMatchObject({
      prompts: [
        { verb: 'Say', parts: ['Press.'] },
        { verb: 'Pause', lengthSeconds: 2 },
        { verb: 'Play', url: 'https://example.com/app/a.mp3' },
      ],
    });
  });

  it.each(['<Dial>+12025550100</Dial>', '<Play digits="1"/>', 'some text', '<Nonsense/>'])(
    'skips %s in it, with warning 13320',
    inner => {
      expect(read(`<Gather>${inner}</Gather>`)).toMatchObject({
        verbs: [{ prompts: [] }],
        notifications: [{ code: 13320 }],
      });
    },
  );

  it('lets the verbs after it stand, for when nobody presses anything', () => {
    expect(read('<Gather/><Say>Bye.</Say>').verbs).toHaveLength(2);
  });
});
