/** Speak, Play, Wait, DTMF, Hangup, Redirect, PreAnswer and GetDigits, attribute by attribute. */
import { describe, expect, it } from 'vitest';
import { MAX_PLAY_LOOPS } from '../../../../dialects/markup/audio.ts';
import { MAX_SPEAK_CHARACTERS } from '../../../../dialects/plivo/markup/speak.ts';
import { built, only, raw, read, refusalOf, whole } from './reading.ts';

const SOUND = 'https://example.com/a.mp3';

describe('Speak', () => {
  it.each([
    [{}, { parts: ['Hello.'], voiceId: 'Joanna', loop: 1 }],
    [{ voice: 'MAN' }, { voiceId: 'Matthew' }],
    [{ voice: 'WOMAN', language: 'fr-FR' }, { voiceId: 'Celine' }],
    [{ voice: 'MAN', language: 'de-DE' }, { voiceId: 'Hans' }],
    [{ voice: 'Polly.Amy' }, { voiceId: 'Amy' }],
    [{ loop: 3 }, { loop: 3 }],
    [{ loop: 0 }, { loop: 0 }],
  ])('with %j is %j', (attributes, say) => {
    const document = read(r => r.addSpeak('Hello.', attributes));
    expect(only('Say', document)).toMatchObject(say);
    expect(document.notifications).toEqual([]);
  });

  it.each([
    'da-DK nl-NL en-AU en-GB en-US fr-FR fr-CA de-DE it-IT pl-PL pt-PT pt-BR ru-RU es-ES es-US sv-SE'.split(
      ' ',
    ),
  ])('has a woman and a man in %s', language => {
    for (const voice of ['WOMAN', 'MAN'])
      expect(read(r => r.addSpeak('Hello.', { voice, language })).notifications).toEqual([]);
  });

  it('takes speech markup as the builder writes it', () => {
    const document = read(r => {
      const speak = r.addSpeak('Hello ', { voice: 'Polly.Joanna' });
      speak.addBreak({ strength: 'strong' });
      speak.addEmphasis('there', { level: 'strong' });
    });
    expect(only('Say', document)).toMatchObject({ ssml: true });
    expect(only('Say', document).parts.join('')).toContain('<emphasis level="strong">there</emphasis>');
  });

  it(`says ${MAX_SPEAK_CHARACTERS} characters, and notes that there were more`, () => {
    const said = (length: number) => raw(`<Speak>${'a'.repeat(length)}</Speak>`);
    expect(said(MAX_SPEAK_CHARACTERS).notifications).toEqual([]);
    expect(said(MAX_SPEAK_CHARACTERS + 1)).toMatchObject({
      verbs: [{ parts: ['a'.repeat(MAX_SPEAK_CHARACTERS)] }],
      notifications: [{ level: 'warning' }],
    });
  });

  it('is skipped when it says nothing', () => {
    expect(raw('<Speak/>')).toMatchObject({ verbs: [], notifications: [{ code: 8011 }] });
  });
});

describe('Play', () => {
  it('plays its URL so often', () => {
    expect(
      only(
        'Play',
        read(r => r.addPlay(SOUND, { loop: 2 })),
      ),
    ).toEqual({ verb: 'Play', url: SOUND, loop: 2 });
    expect(
      only(
        'Play',
        read(r => r.addPlay(SOUND)),
      ).loop,
    ).toBe(1);
    expect(
      only(
        'Play',
        read(r => r.addPlay(SOUND, { loop: 0 })),
      ).loop,
    ).toBe(0);
    expect(
      only(
        'Play',
        read(r => r.addPlay(SOUND, { loop: MAX_PLAY_LOOPS + 1 })),
      ).loop,
    ).toBe(MAX_PLAY_LOOPS);
  });
});

describe('Wait', () => {
  it.each([
    [{}, 1, 0],
    [{ length: 10 }, 10, 0],
    [{ length: 0 }, 1, 1],
    [{ length: 10, silence: false }, 10, 0],
    [{ length: 10, silence: true, minSilence: 500 }, 10, 1],
    [{ length: 10, beep: true }, 10, 1],
  ])('with %j waits for %i seconds, and notes %i', (attributes, lengthSeconds, notes) => {
    const document = read(r => r.addWait(attributes));
    expect(only('Pause', document)).toEqual({ verb: 'Pause', lengthSeconds });
    expect(document.notifications).toHaveLength(notes);
  });
});

describe('DTMF', () => {
  it('presses its keys', () => {
    expect(
      only(
        'SendDigits',
        read(r => r.addDTMF('1w2W*#', { async: false })),
      ),
    ).toEqual({
      verb: 'SendDigits',
      digits: '1w2W*#',
      loop: 1,
    });
  });

  it.each(['', 'A', '1-2'])('is refused with %j', digits => {
    expect(refusalOf(() => raw(`<DTMF>${digits}</DTMF>`)).code).toBe(8011);
  });
});

describe('Hangup', () => {
  it.each([
    [{}, { verb: 'Hangup' }],
    [{ reason: 'rejected' }, { verb: 'Reject', reason: 'rejected' }],
    [{ reason: 'busy' }, { verb: 'Reject', reason: 'busy' }],
    [{ schedule: 60 }, { verb: 'HangupLater', afterSeconds: 60 }],
  ])('with %j is %j', (attributes, verb) => {
    expect(read(r => r.addHangup(attributes)).verbs).toEqual([verb]);
  });

  it('leaves the document, unless it is for later', () => {
    expect(raw('<Hangup/><Nonsense/>').verbs).toHaveLength(1);
    expect(raw('<Hangup schedule="60"/><Speak>Hello.</Speak>').verbs).toHaveLength(2);
  });
});

describe('Redirect', () => {
  it.each([
    ['https://example.com/next', {}, { url: 'https://example.com/next', method: 'POST' }],
    ['/next', { method: 'GET' }, { url: 'https://example.com/next', method: 'GET' }],
  ])('to %s with %j', (url, attributes, target) => {
    expect(
      only(
        'Redirect',
        read(r => r.addRedirect(url, attributes)),
      ),
    ).toEqual({ verb: 'Redirect', target });
  });

  it.each([
    ['an address that is none', '<Redirect>ftp://example.com/</Redirect>', 7024],
    ['another method', '<Redirect method="PUT">https://example.com/</Redirect>', 7034],
  ])('is refused with %s', (_, markup, code) => {
    expect(refusalOf(() => raw(markup)).code).toBe(code);
  });
});

describe('PreAnswer', () => {
  it('is what is in it, and notes that a caller who is to hear something is answered', () => {
    const document = read(r => {
      const before = r.addPreAnswer();
      before.addWait({ length: 2 });
      before.addSpeak('Hello.');
      before.addPlay(SOUND);
    });
    expect(document.verbs.map(({ verb }) => verb)).toEqual(['Pause', 'Say', 'Play']);
    expect(document.notifications).toHaveLength(1);
  });

  it('lets the call ring on while there is nothing to hear', () => {
    expect(read(r => r.addPreAnswer().addWait({ length: 2 }))).toEqual({
      verbs: [{ verb: 'Pause', lengthSeconds: 2 }],
      notifications: [],
    });
  });

  it('holds nothing else', () => {
    expect(refusalOf(() => raw('<PreAnswer><Dial/></PreAnswer>')).message).toContain('Speak, Play, Wait');
  });
});

describe('GetDigits', () => {
  const ACTION = 'https://example.com/digits';

  it('takes keys as the platform does where nothing is said of how', () => {
    expect(
      only(
        'Gather',
        read(r => r.addGetDigits({ action: ACTION })),
      ),
    ).toEqual({
      verb: 'Gather',
      prompts: [],
      firstKeyTimeoutSeconds: 5,
      nextKeyTimeoutSeconds: 2,
      finishOnKeys: '#',
      maxDigits: 99,
      tries: 1,
      action: { url: ACTION, method: 'POST' },
      onNothing: 'continue',
      answer: 'document',
    });
  });

  it.each([
    [{ method: 'GET' }, { action: { url: ACTION, method: 'GET' } }],
    [{ timeout: 7 }, { firstKeyTimeoutSeconds: 7 }],
    [{ digitTimeout: 3 }, { nextKeyTimeoutSeconds: 3 }],
    [{ finishOnKey: '*' }, { finishOnKeys: '*' }],
    [{ finishOnKey: 'none' }, { finishOnKeys: '' }],
    [{ finishOnKey: '' }, { finishOnKeys: '' }],
    [{ numDigits: 4 }, { maxDigits: 4 }],
    [{ retries: 3 }, { tries: 3 }],
    [{ redirect: false }, { answer: 'notice' }],
    [{ validDigits: '123' }, { validKeys: '123' }],
    [{ invalidDigitsSound: SOUND }, { invalid: { verb: 'Play', url: SOUND, loop: 1 } }],
    [{ log: false, playBeep: false }, {}],
  ])('with %j is %j', (attributes, gather) => {
    const document = read(r => r.addGetDigits({ action: ACTION, ...attributes }));
    expect(only('Gather', document)).toMatchObject(gather);
    expect(document.notifications).toEqual([]);
  });

  it('notes that no beep is heard', () => {
    expect(read(r => r.addGetDigits({ playBeep: true })).notifications).toHaveLength(1);
  });

  it('has prompts, and the next element after it', () => {
    const { verbs } = read(r => {
      const digits = r.addGetDigits({ action: ACTION });
      digits.addSpeak('Press a key.');
      digits.addPlay(SOUND);
      digits.addWait({ length: 2 });
      r.addSpeak('You pressed none.');
    });
    expect(verbs).toMatchObject([
      { verb: 'Gather', prompts: [{ verb: 'Say' }, { verb: 'Play' }, { verb: 'Pause' }] },
      { verb: 'Say' },
    ]);
  });

  it.each([
    ['another element in it', '<GetDigits><Dial/></GetDigits>', 8011],
    ['an action that is no address', '<GetDigits action="ftp://x"/>', 7022],
    ['another method', `<GetDigits action="${ACTION}" method="PUT"/>`, 7032],
  ])('is refused with %s', (_, markup, code) => {
    expect(refusalOf(() => raw(markup)).code).toBe(code);
  });
});

describe('A document', () => {
  it('is what the builder makes of nothing', () => {
    expect(whole(built(() => {}))).toEqual({ verbs: [], notifications: [] });
  });

  it.each(['GetInput', 'Record', 'Message', 'Conference', 'MultiPartyCall', 'Stream'])(
    'is refused with %s, which is not there yet',
    name => {
      expect(refusalOf(() => raw(`<${name}/>`))).toMatchObject({
        code: 8011,
        message: expect.stringContaining('not there yet'),
      });
    },
  );

  it.each([
    ['more than 100 kB', `<Response>${' '.repeat(100 * 1024)}</Response>`],
    ['another root', '<response/>'],
    ['no XML', 'Hello'],
    ['an attribute that the builder has not escaped', '<Response><Dial callerName="a"b"/></Response>'],
    ['an element of another platform', '<Response><Say>Hello.</Say></Response>'],
    ['an element in another case', '<Response><speak>Hello.</speak></Response>'],
    ['nothing', ''],
  ])('is refused with 8011 when it is %s', (_, body) => {
    expect(refusalOf(() => whole(body)).code).toBe(8011);
  });

  it('says which element was meant', () => {
    expect(refusalOf(() => raw('<dtmf>1</dtmf>')).message).toContain('<DTMF>');
  });

  it.each(['application/xml', 'text/xml; charset=utf-8', 'text/html', 'text/plain'])(
    'may be %s',
    contentType => {
      expect(whole('<Response/>', contentType).verbs).toEqual([]);
    },
  );

  it('is no sound and no JSON', () => {
    for (const contentType of ['audio/mpeg', 'application/json'])
      expect(refusalOf(() => whole('<Response/>', contentType)).code).toBe(8011);
  });
});
