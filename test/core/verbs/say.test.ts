import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Say } from '../../../core/verb.ts';
import { pack } from '../../../core/verbs/say.ts';
import { EngineCall, HANGUP, lines, pause, say } from '../../support/engine-call.ts';
import { LEG_IDS } from '../../support/sma-events.ts';

const sayWith = (more: Partial<Say>): Say => ({ verb: 'Say', parts: ['Hello.'], loop: 1, ...more });

describe('Say', () => {
  it('speaks its text on the leg that the call began with', () => {
    const call = EngineCall.answered([sayWith({})]);

    expect(call.actions[0]).toEqual({
      Type: 'Speak',
      Parameters: { CallId: LEG_IDS['LEG-A'], Text: 'Hello.', TextType: 'text' },
    });
  });

  it('passes on voice, engine and language', () => {
    const call = EngineCall.answered([
      sayWith({ voiceId: 'Vicki', engine: 'neural', languageCode: 'de-DE' }),
    ]);

    expect(call.actions[0]?.Parameters).toMatchObject({
      VoiceId: 'Vicki',
      Engine: 'neural',
      LanguageCode: 'de-DE',
    });
  });

  it('puts SSML parts into one speak element', () => {
    const call = EngineCall.answered([sayWith({ ssml: true, parts: ['One<break time="1s"/>', 'two'] })]);

    expect(call.actions[0]?.Parameters).toMatchObject({
      Text: '<speak>One<break time="1s"/>two</speak>',
      TextType: 'ssml',
    });
  });

  it('keeps SSML within 1,000 characters, its speak element included', () => {
    const call = EngineCall.answered([sayWith({ ssml: true, parts: ['a'.repeat(500), 'b'.repeat(490)] })]);

    expect(lines(call.actions)).toEqual([
      `Speak <speak>${'a'.repeat(500)}</speak>`,
      `Speak <speak>${'b'.repeat(490)}</speak>`,
      'Hangup LEG-A 0',
    ]);
  });

  it('is repeated as often as its loop says', () => {
    const call = EngineCall.answered([say('Hello.', 3)]);

    expect(lines(call.actions)).toEqual([...Array(3).fill('Speak Hello.'), 'Hangup LEG-A 0']);
  });

  it('fills list after list until the call ends when its loop is 0', () => {
    const call = EngineCall.answered([say('Hello.', 0), say('Never heard.')]);

    for (let list = 0; list < 3; list++) {
      expect(lines(call.actions)).toEqual(Array(10).fill('Speak Hello.'));
      call.listEnds();
    }
  });

  it('keeps a million repetitions out of the session', () => {
    const call = EngineCall.answered([say('x'.repeat(900), 1_000_000)]);

    call.listEnds();

    expect(JSON.stringify(call.session).length).toBeLessThan(20_000);
  });

  it('goes on with what follows after the last of many repetitions', () => {
    const call = EngineCall.answered([say('Hello.', 12), HANGUP]);

    call.listEnds();

    expect(lines(call.actions)).toEqual(['Speak Hello.', 'Speak Hello.', 'Hangup LEG-A 0']);
  });

  it('ends its repetitions when it cannot be spoken', () => {
    const call = EngineCall.answered([say('Hello.', 0), say('Goodbye.')]);

    for (let index = 0; index < 10; index++) call.actionFails(0);

    expect(lines(call.actions)).toEqual(['Speak Goodbye.', 'Hangup LEG-A 0']);
  });

  it.each([1, 3, 0])('is skipped when there is nothing to say, with loop %i', loop => {
    const call = EngineCall.answered([say(' \n', loop), say('Hello.')]);

    expect(lines(call.actions)).toEqual(['Speak Hello.', 'Hangup LEG-A 0']);
  });

  it('answers a call that came in', () => {
    const call = EngineCall.inbound([say('Hello.')]);

    expect(call.root.status).toBe('in-progress');
  });

  it('waits for a Pause before it that still lets the call ring', () => {
    const call = EngineCall.inbound([pause(2), say('Hello.')]);
    const ringing = call.root.status;
    const first = lines(call.actions);

    call.listEnds();

    expect([ringing, first]).toEqual(['ringing', ['Pause 2000']]);
    expect([call.root.status, lines(call.actions)]).toEqual([
      'in-progress',
      ['Speak Hello.', 'Hangup LEG-A 0'],
    ]);
  });
});

describe('a text longer than one Speak takes', () => {
  it('is cut after a sentence', () => {
    const first = `${'a'.repeat(700)}.`;

    expect(pack([`${first} ${'b'.repeat(700)}.`], 1_000)).toEqual([first, `${'b'.repeat(700)}.`]);
  });

  it('is cut after a word when no sentence ends in its second half', () => {
    expect(pack([`Yes. ${'a'.repeat(800)} ${'b'.repeat(800)}`], 1_000)).toEqual([
      `Yes. ${'a'.repeat(800)}`,
      'b'.repeat(800),
    ]);
  });

  it('is cut between characters when it is one word, and never inside one', () => {
    const texts = pack([`x${'😀'.repeat(600)}`], 1_000);

    expect(texts.map(text => text.isWellFormed())).toEqual([true, true]);
  });

  it('loses nothing but space, and stays within the limit, whatever it is', () => {
    const words = fc.string({ unit: fc.constantFrom('a', ' ', '. ', '😀', '! ', '\n'), maxLength: 400 });
    fc.assert(
      fc.property(fc.array(words, { maxLength: 6 }), fc.integer({ min: 20, max: 200 }), (parts, limit) => {
        const texts = pack(parts, limit);

        expect(texts.join('').replace(/\s/g, '')).toBe(parts.join('').replace(/\s/g, ''));
        expect(texts.filter(text => text.length > limit || text === '' || !text.isWellFormed())).toEqual([]);
      }),
    );
  });
});
