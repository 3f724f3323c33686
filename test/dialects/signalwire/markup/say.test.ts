import { describe, expect, it } from 'vitest';
import { MAX_PART_CHARACTERS } from '../../../../dialects/markup/ssml.ts';
import { ENGINES, LANGUAGES, languageOf, voiceOf } from '../../../../dialects/markup/voices.ts';
import { LANGUAGE_CODES, VOICE_IDS } from '../../../../sma/media/polly.ts';
import { notesOf, read, verbOf } from './reading.ts';

const said = (markup: string) => verbOf(markup) as Extract<ReturnType<typeof verbOf>, { verb: 'Say' }>;

describe('<Say>', () => {
  it('speaks its text once, in an American woman’s voice', () => {
    expect(verbOf('<Say>Hello</Say>')).toEqual({
      verb: 'Say',
      parts: ['Hello'],
      voiceId: 'Joanna',
      engine: 'standard',
      loop: 1,
    });
  });

  it.each([
    ['<Say>\n   Good\n   morning\t Ann \n</Say>', 'Good morning Ann'],
    ['<Say>Tom &amp; Jerry &lt;3 &#xe9;</Say>', 'Tom & Jerry <3 é'],
    ['<Say><![CDATA[a < b]]> &amp; c</Say>', 'a < b & c'],
    ['<Say>one<!-- two -->three</Say>', 'onethree'],
  ])('reads %j as %j', (markup, text) => {
    expect(said(markup).parts.join('')).toBe(text);
  });

  it.each([
    ['0', 0],
    ['1', 1],
    ['999999999', 999_999_999],
  ])('with loop="%s" is said %i times, where 0 means until the call ends', (loop, times) => {
    expect(said(`<Say loop="${loop}">Hello</Say>`).loop).toBe(times);
  });

  it.each(['-1', 'often', '1.5', ''])('with loop="%s" is said once, with warning 13510', loop => {
    expect(said(`<Say loop="${loop}">Hello</Say>`).loop).toBe(1);
    expect(notesOf(`<Say loop="${loop}">Hello</Say>`)).toEqual([13510]);
  });

  it.each(['<Say/>', '<Say>   </Say>', '<Say><p/></Say>'.replace('<p/>', '')])(
    'without text is skipped, with warning 13520: %s',
    markup => {
      expect(read(markup)).toMatchObject({ verbs: [], notifications: [{ code: 13520 }] });
    },
  );

  it('longer than 4096 characters is cut there, with warning 13521', () => {
    expect(said(`<Say>${'x'.repeat(5_000)}</Say>`).parts.join('')).toHaveLength(4_096);
    expect(notesOf(`<Say>${'x'.repeat(5_000)}</Say>`)).toEqual([13521]);
    expect(notesOf(`<Say>${'x'.repeat(4_096)}</Say>`)).toEqual([]);
  });

  it('with an attribute that there is not carries on, with warning 12200', () => {
    expect(read('<Say voise="man">Hello</Say>')).toMatchObject({
      verbs: [{ verb: 'Say' }],
      notifications: [{ code: 12200, message: 'Say (line 3): there is no attribute voise; it is ignored.' }],
    });
  });
});

describe('The voice of <Say>', () => {
  it.each([
    ['', { voiceId: 'Joanna', engine: 'standard' }],
    ['voice="woman"', { voiceId: 'Joanna' }],
    ['voice="man"', { voiceId: 'Matthew' }],
    ['voice="alice"', { voiceId: 'Joanna' }],
    ['voice="man" language="en-GB"', { voiceId: 'Brian' }],
    ['voice="alice" language="fr-FR"', { voiceId: 'Celine' }],
    ['language="de"', { voiceId: 'Marlene' }],
    ['language="zh-TW"', { voiceId: 'Zhiyu' }],
    ['language="EN-gb"', { voiceId: 'Amy' }],
    ['voice="woman" language="cs-CZ"', { voiceId: 'Jitka', engine: 'neural' }],
    ['voice="Polly.Salli"', { voiceId: 'Salli', engine: 'standard' }],
    ['voice="Polly.Salli-Neural"', { voiceId: 'Salli', engine: 'neural' }],
    ['voice="Polly.Olivia"', { voiceId: 'Olivia', engine: 'neural' }],
    ['voice="amazon.Kendra:neural:en-US"', { voiceId: 'Kendra', engine: 'neural' }],
    ['voice="amazon.Emma:en-GB"', { voiceId: 'Emma', engine: 'standard' }],
    ['voice="Polly.Aditi" language="hi-IN"', { voiceId: 'Aditi', languageCode: 'hi-IN' }],
  ])('with %s is %j', (attributes, voice) => {
    expect(said(`<Say ${attributes}>Hello</Say>`)).toMatchObject(voice);
    expect(notesOf(`<Say ${attributes}>Hello</Say>`)).toEqual([]);
  });

  it.each([
    ['voice="Polly.Nobody"', 'Joanna'],
    ['voice="robot"', 'Joanna'],
    ['voice="gcloud.fr-FR-Wavenet-A"', 'Celine'],
    ['voice="Polly.Hans-Neural"', 'Hans'],
    ['voice="Polly.Joanna-Generative"', 'Joanna'],
    ['language="tlh"', 'Joanna'],
    ['voice="constructor"', 'Joanna'],
    ['language="constructor"', 'Joanna'],
  ])('with %s, which there is not, is %s, with warning 13511', (attributes, voiceId) => {
    expect(said(`<Say ${attributes}>Hello</Say>`)).toMatchObject({ voiceId });
    expect(notesOf(`<Say ${attributes}>Hello</Say>`)).toEqual([13511]);
  });

  it('is always one that the voice service has', () => {
    for (const [language, { woman, man }] of Object.entries(LANGUAGES)) {
      expect(LANGUAGE_CODES).toContain(language);
      expect(ENGINES.has(woman) && ENGINES.has(man)).toBe(true);
    }
    expect([...ENGINES.keys()].toSorted()).toEqual([...VOICE_IDS].toSorted());
    for (const language of LANGUAGE_CODES) expect(languageOf(language)).toBe(language);
  });

  it('is asked for its language only where it speaks two', () => {
    expect(voiceOf('Polly.Joanna', 'fr-FR').voice).not.toHaveProperty('languageCode');
    expect(voiceOf('Polly.Kajal', 'en-IN').voice).toMatchObject({ languageCode: 'en-IN' });
  });
});

describe('Speech markup in <Say>', () => {
  const parts = (content: string, attributes = '') => said(`<Say ${attributes}>${content}</Say>`).parts;

  it.each([
    ['One <break time="2s"/> two', 'One <break time="2s"/> two'],
    ['<break strength="x-weak"/>a', '<break strength="x-weak"/>a'],
    ['<emphasis level="strong">now</emphasis>', '<emphasis level="strong">now</emphasis>'],
    ['<lang xml:lang="fr-FR">Bonjour</lang>', '<lang xml:lang="fr-FR">Bonjour</lang>'],
    ['<p><s>A.</s> <s>B.</s></p>', '<p><s>A.</s> <s>B.</s></p>'],
    [
      '<phoneme alphabet="ipa" ph="pɪˈkɑːn">pecan</phoneme>',
      '<phoneme alphabet="ipa" ph="pɪˈkɑːn">pecan</phoneme>',
    ],
    [
      '<prosody rate="x-slow" volume="+6dB" pitch="-10%">low</prosody>',
      '<prosody rate="x-slow" volume="+6dB" pitch="-10%">low</prosody>',
    ],
    ['<say-as interpret-as="digits">123</say-as>', '<say-as interpret-as="digits">123</say-as>'],
    ['<sub alias="World &amp; Web">W&amp;W</sub>', '<sub alias="World &amp; Web">W&amp;W</sub>'],
    ['<w role="amazon:VB">read</w>', '<w role="amazon:VB">read</w>'],
  ])('%s is passed on', (content, markup) => {
    const verb = said(`<Say>${content}</Say>`);
    expect(verb.ssml).toBe(true);
    expect(verb.parts.join('')).toBe(markup);
    expect(notesOf(`<Say>${content}</Say>`)).toEqual([]);
  });

  it.each([
    ['<blink>now</blink>', 'now', 1],
    ['<break time="5"/>', '<break/>', 1],
    ['<p onload="x">a</p>', '<p>a</p>', 1],
    ['<say-as interpret-as="x&quot;/&gt;&lt;speak&gt;">1</say-as>', '1', 2],
    ['<prosody rate="warp">fast</prosody>', 'fast', 2],
    ['<sub>W3C</sub>', 'W3C', 1],
    ['<phoneme alphabet="ipa">a</phoneme>', 'a', 1],
    ['<lang>Bonjour</lang>', 'Bonjour', 1],
    ['<w>read</w>', 'read', 1],
    [`<sub alias="${'x'.repeat(900)}">W3C</sub>`, 'W3C', 1],
  ])('%s is made safe, with warning 13520', (content, markup, warnings) => {
    expect(parts(`a ${content}`).join('')).toBe(`a ${markup}`);
    expect(notesOf(`<Say>a ${content}</Say>`)).toEqual(Array(warnings).fill(13520));
  });

  it('has breaks of ten seconds at most', () => {
    expect(parts('a<break time="60s"/>').join('')).toBe('a<break time="10000ms"/>');
  });

  it('leaves out what a neural voice does not know', () => {
    const neural = 'voice="Polly.Joanna-Neural"';
    const content = 'a <emphasis>b</emphasis> <prosody pitch="high" rate="slow">c</prosody>';
    expect(parts(content, neural).join('')).toBe('a b <prosody rate="slow">c</prosody>');
  });

  it('escapes the text around it', () => {
    expect(parts('a &amp; b &lt; c <break/>').join('')).toBe('a &amp; b &lt; c <break/>');
  });

  it('is cut into parts that the voice service takes, each well-formed', () => {
    const words = 'Tom &amp; Jerry went out. '.repeat(150);
    const all = parts(`<prosody rate="slow">${words}</prosody>`);
    expect(all.length).toBeGreaterThan(3);
    for (const part of all) {
      expect(part.length).toBeLessThanOrEqual(MAX_PART_CHARACTERS);
      expect(part).toMatch(/^<prosody rate="slow">[^<]*<\/prosody>$/);
      expect(part.replaceAll('&amp;', '')).not.toContain('&');
    }
  });

  it('stops at 4096 characters of text', () => {
    const markup = `<Say><p>${'word '.repeat(2_000)}</p></Say>`;
    const text = said(markup)
      .parts.join('')
      .replaceAll(/<[^>]*>/g, '');
    expect(text.length).toBeLessThanOrEqual(4_096);
    expect(notesOf(markup)).toEqual([13521]);
  });
});
