import { describe, expect, it } from 'vitest';
import type { Gather, LaidOutVerb, Play, Say } from '../../../core/verb.ts';
import { EngineCall, gather, lines, say } from '../../support/engine-call.ts';

const KEYS_URL = 'https://example.com/keys';
const goodbye = say('Goodbye.');
const GOODBYE = ['Speak Goodbye.', 'Hangup LEG-A 0'];
const prompt = (text: string, loop = 1): Say => ({ verb: 'Say', parts: [text], loop });
const sound = (key: string): Play => ({
  verb: 'Play',
  url: `https://example.com/${key}`,
  audio: { bucket: 'audio', key },
  loop: 1,
});

const gathering = (more: Partial<Gather> = {}, after: LaidOutVerb[] = [goodbye]) =>
  EngineCall.answered([gather(more), ...after]);

/** What was told to the action: undefined when it was not asked. */
const asked = (call: EngineCall) => {
  const request = call.steps.flatMap(step => [...(step.request ? [step.request] : []), ...step.notices])[0];
  return request && { url: request.target?.url, facts: request.facts };
};
const told = (digits: string, finishedBy?: string) => ({
  url: KEYS_URL,
  facts: { kind: 'gather', digits, ...(finishedBy !== undefined && { finishedBy }) },
});

/** Keys one second after another; the update that they ask for comes at once. */
function presses(call: EngineCall, keys: string): EngineCall {
  for (const key of keys) if (call.passes(1_000).presses(key).interrupt) call.wakes();
  return call;
}

/** All at once. */
function pressesAtOnce(call: EngineCall, keys: string): EngineCall {
  if (call.passes(1_000).presses(keys).interrupt) call.wakes();
  return call;
}

describe('Gather', () => {
  it('listens beside its prompts, and then as long as a first key may take', () => {
    const call = gathering({
      prompts: [prompt('One.'), { verb: 'Pause', lengthSeconds: 2 }, prompt('Two.')],
    });

    expect(lines(call.actions)).toEqual([
      'ReceiveDigits',
      'Speak One.',
      'Pause 2000',
      'Speak Two.',
      'Pause 5000',
    ]);
  });

  it('goes on in the same list as what comes before it', () => {
    const call = EngineCall.answered([say('Welcome.'), gather()]);

    expect(lines(call.actions)).toEqual(['Speak Welcome.', 'ReceiveDigits', 'Speak Press.', 'Pause 5000']);
  });

  it('answers a call that came in', () => {
    const call = EngineCall.inbound([gather({ prompts: [] })]);

    expect(call.root.status).toBe('in-progress');
  });

  it('has its prompts cut by the first key, by asking for an update', () => {
    const call = gathering();

    const step = call.presses('1');

    expect(step).toMatchObject({ interrupt: true, actions: [] });
    expect(lines(call.wakes().actions)).toEqual(['Pause 3000']);
  });

  it('asks for no second update while it waits for the next key', () => {
    const call = presses(gathering(), '1');

    expect(call.passes(1_000).presses('2').interrupt).toBeUndefined();
    expect(call.wakes().actions).toEqual([]);
  });

  it.each([
    ['the last key that it takes', {}, '1234', told('1234')],
    ['a finishing key', {}, '12#', told('12', '#')],
    ['another finishing key', { finishOnKeys: '*#' }, '12*', told('12', '*')],
    ['its only key', { maxDigits: 1, finishOnKeys: '' }, '7', told('7')],
    ['an entry that begins as it may', { startKeys: '12' }, '9129#', told('129', '#')],
  ] as const)('is over with %s', (_, more, keys, facts) => {
    const call = presses(gathering(more), keys);

    expect(asked(call)).toEqual(facts);
  });

  it('takes keys that were pressed at once as they came, and none after the last', () => {
    expect(asked(pressesAtOnce(gathering(), '12345'))).toEqual(told('1234'));
    expect(asked(pressesAtOnce(gathering(), '1#2'))).toEqual(told('1', '#'));
  });

  it('is over when no next key has come in time, counted from the last one', () => {
    const call = presses(gathering(), '12');
    const early = lines(call.passes(2_000).listEnds().actions);

    call.passes(1_000).listEnds();

    expect([early, asked(call)]).toEqual([['Pause 1000'], told('12')]);
  });

  it('counts keys though the update that was asked for never came', () => {
    const call = gathering();
    call.passes(1_000).presses('12#');

    call.passes(4_000).listEnds();

    expect(asked(call)).toEqual(told('12', '#'));
  });

  it('goes on with the next verb where nobody pressed anything', () => {
    const call = gathering();

    call.passes(6_000).listEnds();

    expect([lines(call.actions), asked(call)]).toEqual([GOODBYE, undefined]);
  });

  it('asks its action all the same where it is told to', () => {
    const call = gathering({ onNothing: 'ask' });

    call.passes(6_000).listEnds();

    expect(asked(call)).toEqual(told(''));
  });

  it('goes on where it has no action', () => {
    const { action: _, ...rest } = gather() as Gather;

    const call = presses(EngineCall.answered([rest, goodbye]), '12#');

    expect([lines(call.actions), asked(call)]).toEqual([GOODBYE, undefined]);
  });

  it('only tells its action, and goes on, where the answer is not wanted', () => {
    const call = presses(gathering({ answer: 'notice' }), '12#');

    expect(lines(call.actions)).toEqual(GOODBYE);
    expect(call.steps.at(-1)?.notices).toMatchObject([
      { target: { url: KEYS_URL }, facts: told('12', '#').facts },
    ]);
  });

  it('takes a finishing key alone for nothing', () => {
    const call = presses(gathering(), '#');

    expect([lines(call.actions), asked(call)]).toEqual([GOODBYE, undefined]);
  });

  it('is tried again as often as it says, prompts and all', () => {
    const call = gathering({ tries: 3 });
    const lists = [2, 3, 4].map(() => lines(call.passes(6_000).listEnds().actions));

    expect(lists).toEqual([['Speak Press.', 'Pause 5000'], ['Speak Press.', 'Pause 5000'], GOODBYE]);
  });

  it('is voided by a key that does not count, and then says so before it is tried again', () => {
    const call = presses(gathering({ tries: 2, validKeys: '123', invalid: sound('no.wav') }), '19');

    expect(lines(call.actions)).toEqual(['PlayAudio no.wav', 'Speak Press.', 'Pause 5000']);
    expect(asked(presses(call, '1#'))).toEqual(told('1', '#'));
  });

  it('repeats a prompt as often as it says, list by list', () => {
    const call = gathering({ prompts: [prompt('Again.', 12)] });
    const first = lines(call.actions);

    call.listEnds();

    expect([first.length, lines(call.actions)]).toEqual([10, ['Speak Again.']]);
    expect(lines(call.listEnds().actions)).toEqual(['Speak Again.', 'Speak Again.', 'Pause 5000']);
  });

  it('repeats one without end until a key is pressed', () => {
    const call = gathering({ prompts: [prompt('Music.', 0)] });
    for (let n = 0; n < 5; n++) call.listEnds();

    expect(lines(call.actions)).toEqual(Array.from({ length: 10 }, () => 'Speak Music.'));
    expect(asked(presses(call, '1#'))).toEqual(told('1', '#'));
  });

  it('leaves out a prompt that failed, and notes it', () => {
    const call = gathering({ prompts: [prompt('One.'), prompt('Two.')] });

    call.actionFails(1);

    expect(lines(call.actions)).toEqual(['Speak Two.', 'Pause 5000']);
    expect(call.session.notifications).toMatchObject([{ level: 'warning' }]);
  });

  it('cannot go on without a sound that is needed, once what comes before it was heard', () => {
    const broken: Play = { ...sound('no.wav'), audio: { error: 'it answered 404' }, needed: true };
    const call = gathering({ prompts: [prompt('One.'), broken] });
    const heard = lines(call.actions);

    call.listEnds();

    expect([heard, lines(call.actions)]).toEqual([['ReceiveDigits', 'Speak One.'], ['Hangup LEG-A 0']]);
  });

  it('gives way to a live update in the middle of an entry', () => {
    const call = presses(gathering(), '1');

    call.isRedirected({ verbs: [goodbye] });
    call.presses('2#');

    expect([lines(call.actions), asked(call)]).toEqual([GOODBYE, undefined]);
  });

  it('asks for nothing when the caller leaves in the middle of an entry', () => {
    const call = presses(gathering(), '12');

    call.callerLeavesWhile('listening');
    call.hangsUp('LEG-A');

    expect([asked(call), call.root.status]).toEqual([undefined, 'completed']);
  });

  describe('of one key after one prompt is left to the voice service', () => {
    const one = (more: Partial<Gather> = {}) => gathering({ maxDigits: 1, ...more });

    it('after words', () => {
      expect(one().actions).toMatchObject([
        {
          Type: 'SpeakAndGetDigits',
          Parameters: {
            SpeechParameters: { Text: 'Press.', TextType: 'text' },
            MaxNumberOfDigits: 1,
            TerminatorDigits: ['#'],
            Repeat: 1,
            RepeatDurationInMilliseconds: 5_000,
          },
        },
      ]);
    });

    it('after a sound', () => {
      const AudioSource = { Type: 'S3', BucketName: 'audio', Key: 'menu.wav' };

      expect(one({ prompts: [sound('menu.wav')] }).actions).toMatchObject([
        { Type: 'PlayAudioAndGetDigits', Parameters: { AudioSource, FailureAudioSource: AudioSource } },
      ]);
    });

    it.each<[string, Partial<Gather>]>([
      ['two prompts', { prompts: [prompt('One.'), prompt('Two.')] }],
      ['one that is repeated', { prompts: [prompt('One.', 2)] }],
      ['none', { prompts: [] }],
      ['silence', { prompts: [{ verb: 'Pause', lengthSeconds: 2 }] }],
      ['no finishing key', { finishOnKeys: '' }],
      ['keys that do not begin', { startKeys: '1' }],
      ['no time at all', { firstKeyTimeoutSeconds: 0 }],
    ])('but not with %s', (_, more) => {
      expect(one(more).actions[0]?.Type).toBe('ReceiveDigits');
    });

    it('and its key is told', () => {
      const call = one();

      call.takes('7');

      expect(asked(call)).toEqual(told('7'));
    });

    it.each(['', '9'])('and tried again with "%s"', digits => {
      const call = one({ tries: 2, validKeys: '123' });

      call.takes(digits);
      expect(lines(call.actions)).toEqual(['SpeakAndGetDigits']);
      call.takes('3');

      expect(asked(call)).toEqual(told('3'));
    });

    it('and when that failed, the call goes on as if nothing had been pressed', () => {
      const call = one();

      call.actionFails(0);

      expect(lines(call.actions)).toEqual(GOODBYE);
    });

    it.each([
      ['other keys', [gather({ maxDigits: 1, prompts: [prompt('Other.')] }), goodbye]],
      ['words', [goodbye]],
    ])('and what it took after a live update changes nothing of the %s that came with it', (_, verbs) => {
      const call = one();
      const [collecting] = call.actions;

      call.isRedirected({ verbs });
      const step = call.ends(collecting, '7');

      expect([step.actions, asked(call)]).toEqual([[], undefined]);
    });
  });

  it('keeps what was pressed under its name, where it has one', () => {
    const call = presses(gathering({ keptAs: 'age', maxDigits: 2 }, [gather({ keptAs: 'none' })]), '42');

    expect(call.session.pressed).toEqual({ age: '42' });
    expect(presses(gathering({ maxDigits: 1 }), '4').session.pressed).toBeUndefined();
  });
});
