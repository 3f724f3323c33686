/** What one of two who talk is told, beside their talk. */
import { describe, expect, it } from 'vitest';
import type { Aside } from '../../core/aside.ts';
import type { DialNumber } from '../../core/verb.ts';
import { dial, EngineCall, lines, say, target } from '../support/engine-call.ts';
import { LEG_IDS } from '../support/sma-events.ts';

const HELLO: Aside['verbs'] = [{ verb: 'Say', parts: ['Hello.'], loop: 1 }];
const SOUND: Aside['verbs'] = [{ verb: 'Play', url: 'https://example.com/a.mp3', loop: 1 }];
const FETCHED: Aside['verbs'] = [
  { verb: 'Play', url: 'a', loop: 1, audio: { bucket: 'audio', key: 'a.wav' } },
];

function talking(more: Partial<DialNumber> = {}): EngineCall {
  const call = EngineCall.answered([dial(more), say('Goodbye.')]);
  call.calleeAnswers();
  return call;
}
const tell = (call: EngineCall, verbs: Aside['verbs'], to: Aside['to'] = 'caller') =>
  call.happens({ kind: 'aside', aside: { to, verbs } });

describe('one of two who talk', () => {
  it.each([
    ['caller', 'LEG-A'],
    ['callee', 'LEG-B'],
  ] as const)('is told what is for the %s alone', (to, leg) => {
    const { actions } = tell(talking(), HELLO, to);
    expect(actions).toMatchObject([{ Type: 'Speak', Parameters: { CallId: LEG_IDS[leg], Text: 'Hello.' } }]);
    expect(actions[0]?.Parameters).not.toHaveProperty('ParticipantTag');
  });

  it('is pressed keys', () => {
    const { actions } = tell(talking(), [{ verb: 'SendDigits', digits: '1w2', loop: 1 }], 'callee');
    expect(actions).toMatchObject([
      { Type: 'SendDigits', Parameters: { CallId: LEG_IDS['LEG-B'], Digits: '1,2' } },
    ]);
  });

  it('hears audio once it was fetched, and the two talk meanwhile', () => {
    const call = talking();
    const asked = tell(call, SOUND);
    const arrived = call.documentArrives(FETCHED, asked.request?.id);

    expect(asked.actions).toEqual([]);
    expect(asked.request).toMatchObject({ verbs: SOUND });
    expect(lines(arrived.actions)).toEqual(['PlayAudio a.wav']);
  });

  it('hears nothing of audio that cannot be had, which is noted', () => {
    const call = talking();
    const asked = tell(call, SOUND);
    const arrived = call.documentArrives(
      [{ ...SOUND[0], audio: { error: 'It is gone.' } } as never],
      asked.request?.id,
    );
    expect(arrived.actions).toEqual([]);
    expect(call.session.notifications).toMatchObject([{ message: expect.stringContaining('It is gone.') }]);
  });

  it('hears no more of it when it is cut', () => {
    const call = talking();
    tell(call, HELLO);
    expect(lines(tell(call, []).actions)).toEqual(['Pause 100']);
  });

  it('is listened to still', () => {
    const call = talking({ hangupOnStar: true, watchedKeys: { callee: ['1'] } });
    expect(lines(tell(call, HELLO).actions)).toEqual(['Speak Hello.', 'ReceiveDigits', 'ReceiveDigits']);
  });

  it('goes on talking when it was told, and with the document after that', () => {
    const call = talking();
    tell(call, HELLO);
    const after = call.listEnds();
    call.hangsUp('LEG-B');

    expect(after.actions).toEqual([]);
    expect(lines(call.actions)).toEqual(['Speak Goodbye.', 'Hangup LEG-A 0']);
  });

  it('goes on talking when it could not be told', () => {
    const call = talking();
    tell(call, HELLO);
    expect(call.actionFails(0).actions).toEqual([]);
    expect(call.session.notifications).toMatchObject([{ level: 'warning' }]);
  });
});

describe('nobody is told anything aside', () => {
  const untold: [string, () => EngineCall][] = [
    ['while the callee is rung', () => EngineCall.answered([dial()])],
    ['while a document is carried out', () => EngineCall.answered([say('Hello.')])],
    [
      'once the callee has gone',
      () => {
        const call = talking({ action: target('https://example.com/after') });
        call.hangsUp('LEG-B');
        return call;
      },
    ],
    [
      'once the callee is hung up',
      () => {
        const call = talking();
        call.isHungUp('completed', call.dialled.sid);
        return call;
      },
    ],
    [
      'once the call is hung up',
      () => {
        const call = talking();
        call.isHungUp('completed');
        return call;
      },
    ],
  ];
  it.each(untold)('%s', (_, begin) => {
    const call = begin();
    expect(tell(call, HELLO).actions).toEqual([]);
    expect(tell(call, SOUND).request).toBeUndefined();
  });

  it('whose audio comes when the talk is over', () => {
    const call = talking();
    const asked = tell(call, SOUND);
    call.hangsUp('LEG-B');
    expect(call.documentArrives(FETCHED, asked.request?.id).actions).toEqual([]);
  });
});
