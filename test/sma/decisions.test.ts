/** The reference's table of decisions, §21: each default, and what its option changes. */
import { describe, expect, test } from 'vitest';
import type { SmaEvent } from '../../sma/contract/event.ts';
import {
  ACCOUNT_NUMBER,
  ANSWERS,
  ANSWERS_LATE,
  actions,
  audio,
  BUSY,
  NEVER_ANSWERS,
  NOTHING,
  pstn,
  REJECTS,
  Scene,
  SMA_ID,
  script,
} from './support/scene.ts';

const speak = (Text = 'Hello.'): [string, object] => ['Speak', { Text }];
const pause = (DurationInMilliseconds = 1_000): [string, object] => ['Pause', { DurationInMilliseconds }];
const hello: [string, object] = ['PlayAudio', { AudioSource: audio('hello.wav') }];
const receiveDigits: [string, object] = [
  'ReceiveDigits',
  {
    InputDigitsRegex: '^\\d$',
    InBetweenDigitsDurationInMilliseconds: 500,
    FlushDigitsDurationInMilliseconds: 5_000,
  },
];
const never = new Promise(() => {});
const endsWith = (scene: Scene): string | undefined => scene.told.at(-1);

describe('E1: an event without an answer', () => {
  test('is sent again after 5, 10 and 15 s, the same to the letter', async () => {
    const scene = new Scene(() => never);
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(30);
    expect(scene.events).toHaveLength(4);
    expect(new Set(scene.events.map(event => JSON.stringify(event))).size).toBe(1);
    const starts = scene.trace.filter(entry => entry.kind === 'invocation-started');
    expect(starts.map(({ atMs }) => atMs - (starts[0]?.atMs ?? 0))).toEqual([0, 5_000, 10_000, 15_000]);
  });

  test('takes the answer that comes first, though it be of the first attempt', async () => {
    let invocations = 0;
    const scene = new Scene(async (event, { clock }) => {
      if (event.Sequence > 1) return NOTHING;
      const isFirst = ++invocations === 1;
      await new Promise<void>(done => clock.after(7_000, done));
      return actions(speak(isFirst ? 'first' : 'second'));
    });
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(30);
    expect(scene.handsets.get(ANSWERS).heard).toEqual([{ kind: 'text', text: 'first' }]);
    expect(invocations).toBe(2);
    const ends = scene.trace.flatMap(entry =>
      entry.kind === 'invocation-ended' && entry.event.Sequence === 1
        ? [[entry.attempt, entry.honoured]]
        : [],
    );
    expect(ends).toEqual([
      [1, true],
      [2, false],
    ]);
  });

  test.each([
    ['once', 2],
    ['none', 1],
  ] as const)('with retryMode %s has %i attempts', async (retryMode, attempts) => {
    const scene = new Scene(() => never, { options: { retryMode } });
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(30);
    expect(scene.events).toHaveLength(attempts);
    expect(scene.handsets.get(ANSWERS).state).toBe('idle');
  });

  test('whose handler throws is tried once more, at once, and then the call ends with 480', async () => {
    const scene = new Scene(() => {
      throw new Error('boom');
    });
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(0.1);
    expect(scene.events).toHaveLength(2);
    expect(scene.handsets.get(ANSWERS).lastEnd).toEqual({ by: 'far-end', sipCode: 480 });
  });

  test('whose handler throws once goes on', async () => {
    let invocations = 0;
    const scene = new Scene(() => {
      if (++invocations === 1) throw new Error('boom');
      return actions(speak());
    });
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(0.1);
    expect(scene.told).toEqual(['1 NEW_INBOUND_CALL', '1 NEW_INBOUND_CALL']);
    expect(scene.handsets.get(ANSWERS).state).toBe('in-call');
  });

  test.each([
    ['AccessDeniedException', 'Access denied while invoking the AWS Lambda function.'],
    ['TooManyRequestsException', 'The AWS Lambda function was throttled.'],
  ])('that Lambda refuses with %s is logged in the words of the service', async (name, message) => {
    const scene = new Scene(() => {
      throw Object.assign(new Error('no'), { name });
    });
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(0.1);
    expect(scene.messages).toContain(message);
  });
});

test('E2: hangupEventOnTimeout sends HANGUP when the service has given a call up', async () => {
  const scene = new Scene(event => (event.InvocationEventType === 'HANGUP' ? NOTHING : never), {
    options: { hangupEventOnTimeout: true },
  });
  scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
  await scene.advance(30);
  expect(endsWith(scene)).toBe('2 HANGUP (A,480) A=Disconnected');
  expect(scene.runtime.activeTransactions).toEqual([]);
});

describe('E3: no actions in the middle of a list', () => {
  const list = actions(pstn(BUSY), speak());
  const bridged = actions(pstn(ANSWERS), ['Hangup', { ParticipantTag: 'LEG-B' }], speak('Alone again.'));

  test('the rest goes on after a result that was answered with []', async () => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: bridged }));
    scene.handsets.dial(BUSY, ACCOUNT_NUMBER);
    await scene.advance(10);
    expect(scene.told.slice(1)).toEqual([
      '2 ACTION_SUCCESSFUL CallAndBridge A=Connected B=Connected',
      '3 HANGUP (B,0) A=Connected B=Disconnected',
      '4 ACTION_SUCCESSFUL Hangup A=Connected',
      '5 ACTION_SUCCESSFUL Speak A=Connected',
    ]);
  });

  test.each([
    ['[] drops the rest', NOTHING, 2],
    ['null lets it go on', { SchemaVersion: '1.0', Actions: null }, 4],
  ])('with emptyClearsList, %s', async (_, answer, count) => {
    const scene = new Scene(
      script({ NEW_INBOUND_CALL: bridged, 'ACTION_SUCCESSFUL CallAndBridge': answer }),
      { options: { emptyClearsList: true } },
    );
    scene.handsets.dial(BUSY, ACCOUNT_NUMBER);
    await scene.advance(10);
    expect(scene.events).toHaveLength(count);
    expect(scene.handsets.get(ANSWERS).state).toBe(count === 2 ? 'in-call' : 'idle');
  });

  test('the rest is dropped after a failure', async () => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: list }));
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(10);
    expect(endsWith(scene)).toBe('2 ACTION_FAILED CallAndBridge CallNotAnswered A=Connected');
    expect(scene.handsets.get(ANSWERS).heard).toEqual([]);
  });

  test('actions in the answer replace the rest', async () => {
    const scene = new Scene(
      script({ NEW_INBOUND_CALL: bridged, 'ACTION_SUCCESSFUL CallAndBridge': actions(speak('Instead.')) }),
    );
    scene.handsets.dial(BUSY, ACCOUNT_NUMBER);
    await scene.advance(10);
    expect(endsWith(scene)).toBe('3 ACTION_SUCCESSFUL Speak A=Connected B=Connected');
  });
});

describe('E4: ACTION_SUCCESSFUL', () => {
  test('is sent once for a list of plain actions, and names the last one', async () => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: actions(pause(), hello, receiveDigits, speak()) }));
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(10);
    expect(scene.told.slice(1)).toEqual(['2 ACTION_SUCCESSFUL Speak A=Connected']);
  });

  test('is sent for result-bearing actions in the middle, unless strictDocEvents', async () => {
    const gather: [string, object] = [
      'SpeakAndGetDigits',
      { SpeechParameters: { Text: 'Any key.' }, RepeatDurationInMilliseconds: 500 },
    ];
    for (const strictDocEvents of [false, true]) {
      const scene = new Scene(script({ NEW_INBOUND_CALL: actions(gather, speak()) }), {
        options: { strictDocEvents },
      });
      scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
      await scene.advance(10);
      expect(scene.told.slice(1)).toEqual(
        strictDocEvents
          ? ['2 ACTION_SUCCESSFUL Speak A=Connected']
          : ['2 ACTION_SUCCESSFUL SpeakAndGetDigits "" A=Connected', '3 ACTION_SUCCESSFUL Speak A=Connected'],
      );
    }
  });
});

describe('E5: an update during Speak', () => {
  test.each([
    [true, ['4 CALL_UPDATE_REQUESTED', '5 ACTION_INTERRUPTED Speak', '6 HANGUP (A,0)']],
    [false, ['4 CALL_UPDATE_REQUESTED', '5 HANGUP (A,0)']],
  ])('with speakInterruptible %s', async (speakInterruptible, told) => {
    const scene = new Scene(
      script({ CALL_ANSWERED: actions(speak('x'.repeat(150))), CALL_UPDATE_REQUESTED: actions(['Hangup']) }),
      { options: { speakInterruptible } },
    );
    const transactionId = scene.call(ANSWERS);
    await scene.advance(5);
    scene.update(transactionId);
    await scene.advance(20);
    expect(scene.told.slice(3).map(line => line.replace(/ (CallUpdateRequest )?A=.*/, ''))).toEqual(told);
  });

  test('answered with [], nothing is cut', async () => {
    const scene = new Scene(script({ CALL_ANSWERED: actions(speak('x'.repeat(150)), speak('Next.')) }));
    const transactionId = scene.call(ANSWERS);
    await scene.advance(5);
    scene.update(transactionId);
    await scene.advance(20);
    expect(scene.told.slice(4)).toEqual(['5 ACTION_SUCCESSFUL Speak A=Connected']);
  });

  test('an action that cannot be cut is finished first, and the old rest never runs', async () => {
    const scene = new Scene(
      script({
        CALL_ANSWERED: actions(['SendDigits', { Digits: ',,,,' }], speak('Old.')),
        CALL_UPDATE_REQUESTED: actions(speak('New.')),
      }),
    );
    const transactionId = scene.call(ANSWERS);
    await scene.advance(1.5);
    scene.update(transactionId);
    await scene.advance(10);
    expect(scene.handsets.get(ANSWERS).heard).toEqual([{ kind: 'text', text: 'New.' }]);
    expect(scene.told.slice(4)).toEqual(['5 ACTION_SUCCESSFUL Speak A=Connected']);
  });

  test.each([
    [false, '5 ACTION_FAILED CallAndBridge CallNotAnswered A=Connected'],
    [true, '5 ACTION_INTERRUPTED CallAndBridge A=Connected'],
  ])('while LEG-B rings, a Hangup with hangupCutsDialling %s', async (hangupCutsDialling, told) => {
    const scene = new Scene(
      script({
        CALL_ANSWERED: actions(pstn(NEVER_ANSWERS, { CallTimeoutSeconds: 10 })),
        CALL_UPDATE_REQUESTED: actions(['Hangup']),
      }),
      { options: { hangupCutsDialling } },
    );
    const transactionId = scene.call(ANSWERS);
    await scene.advance(3);
    scene.update(transactionId);
    await scene.advance(1);
    expect(scene.handsets.get(NEVER_ANSWERS).state).toBe(hangupCutsDialling ? 'idle' : 'ringing');
    await scene.advance(20);
    expect(scene.told.slice(4)).toEqual([told, '6 HANGUP (A,0) A=Disconnected']);
  });

  test('while LEG-B rings, the new list waits for the outcome', async () => {
    const scene = new Scene(
      script({
        CALL_ANSWERED: actions(pstn(NEVER_ANSWERS, { CallTimeoutSeconds: 10 })),
        CALL_UPDATE_REQUESTED: actions(speak('New.')),
      }),
    );
    const transactionId = scene.call(ANSWERS);
    await scene.advance(3);
    scene.update(transactionId);
    await scene.advance(5);
    expect(scene.handsets.get(NEVER_ANSWERS).state).toBe('ringing');
    await scene.advance(10);
    expect(scene.told.slice(4)).toEqual([
      '5 ACTION_FAILED CallAndBridge CallNotAnswered A=Connected',
      '6 ACTION_SUCCESSFUL Speak A=Connected',
    ]);
  });
});

test.each([
  ['Pause', pause(5_000), 'ringing'],
  ['ReceiveDigits', receiveDigits, 'in-call'],
  ['SendDigits', ['SendDigits', { Digits: '1' }], 'in-call'],
  ['Speak', speak('x'.repeat(100)), 'in-call'],
  ['PlayAudio', hello, 'in-call'],
] as [string, [string, object], string][])(
  'E6: %s leaves an unanswered caller %s',
  async (_, action, state) => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: actions(action) }));
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(0.1);
    expect(scene.handsets.get(ANSWERS).state).toBe(state);
  },
);

describe('E7: an unanswered caller with nothing to wait for', () => {
  test.each([
    ['[]', NOTHING],
    ['null', { SchemaVersion: '1.0', Actions: null }],
  ])('an answer of %s to NEW_INBOUND_CALL ends with 480 after 30 s', async (_, answer) => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: answer }));
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(29.9);
    expect(scene.handsets.get(ANSWERS).state).toBe('ringing');
    await scene.advance(0.2);
    expect(scene.told).toEqual(['1 NEW_INBOUND_CALL', '2 HANGUP (A,480) A=Disconnected']);
    expect(scene.handsets.get(ANSWERS).lastEnd).toEqual({ by: 'far-end', sipCode: 480 });
    expect(scene.messages).toContain('Actions list is empty.');
  });

  test('unansweredLimitMs is that time, and begins again when an action has ended', async () => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: actions(pause(20_000)) }), {
      options: { unansweredLimitMs: 5_000 },
    });
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(24.9);
    expect(scene.handsets.get(ANSWERS).state).toBe('ringing');
    await scene.advance(0.2);
    expect(endsWith(scene)).toBe('3 HANGUP (A,480) A=Disconnected');
  });
});

test('E8: a caller rings as long as LEG-B does, without the 30 s', async () => {
  const scene = new Scene(
    script({ NEW_INBOUND_CALL: actions(pstn(NEVER_ANSWERS, { CallTimeoutSeconds: 120 })) }),
  );
  scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
  await scene.advance(100);
  scene.handsets.answer(NEVER_ANSWERS);
  await scene.advance(1);
  expect(endsWith(scene)).toBe('2 ACTION_SUCCESSFUL CallAndBridge A=Connected B=Connected');
});

describe('E9: RingbackTone', () => {
  const ringing = actions(pstn(ANSWERS_LATE, { RingbackTone: audio('hello.wav') }));

  test('is looped to an unanswered caller as early media until LEG-B answers', async () => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: ringing }));
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(4.5);
    expect(scene.handsets.get(ANSWERS)).toMatchObject({ state: 'ringing' });
    await scene.advance(10);
    expect(scene.handsets.get(ANSWERS)).toMatchObject({ state: 'in-call' });
    expect(scene.handsets.get(ANSWERS).heard).toHaveLength(3);
  });

  test('answers the caller with ringbackAnswers', async () => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: ringing }), { options: { ringbackAnswers: true } });
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(1);
    expect(scene.handsets.get(ANSWERS).state).toBe('in-call');
  });
});

test('E10: the SIP code of LEG-B is in no event, unless exposeSipCause', async () => {
  for (const exposeSipCause of [false, true]) {
    const scene = new Scene(script({ NEW_INBOUND_CALL: actions(pstn(REJECTS)) }), {
      options: { exposeSipCause },
    });
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(5);
    expect(scene.events[1]?.ActionData).toMatchObject({
      ErrorType: 'CallNotAnswered',
      ErrorMessage: 'Call not answered',
    });
    expect(scene.events[1]?.ActionData?.Parameters?.['SipResponseCode']).toBe(
      exposeSipCause ? 603 : undefined,
    );
  }
});

test('E11: actions in the answer to the HANGUP of LEG-B replace its ACTION_SUCCESSFUL', async () => {
  const scene = new Scene(
    script({
      CALL_ANSWERED: actions(pstn('+12025550107'), ['Hangup', { ParticipantTag: 'LEG-B' }], speak('Rest.')),
      'HANGUP (B,0)': actions(speak('Instead.')),
    }),
  );
  scene.call(ANSWERS);
  await scene.advance(20);
  expect(scene.told.slice(4)).toEqual([
    '5 HANGUP (B,0) A=Connected B=Disconnected',
    '6 ACTION_SUCCESSFUL Speak A=Connected',
  ]);
  expect(scene.handsets.get(ANSWERS).heard).toEqual([{ kind: 'text', text: 'Instead.' }]);
});

test('E12, E13: Hangup of the only leg is a HANGUP alone; Status is left out until the call is under way', async () => {
  const scene = new Scene(script({ CALL_ANSWERED: actions(speak(), ['Hangup', { SipResponseCode: 0 }]) }));
  scene.call(ANSWERS);
  await scene.advance(10);
  expect(scene.told).toEqual([
    '1 NEW_OUTBOUND_CALL',
    '2 RINGING',
    '3 CALL_ANSWERED A=Connected',
    '4 HANGUP (A,0) A=Disconnected',
  ]);
});

test('E14: the order of participants varies, and is the same for the same seed', async () => {
  const firstTags = async (seed: number): Promise<string[]> => {
    const scene = new Scene(script({ CALL_ANSWERED: actions(pstn(ANSWERS_LATE)) }), { seed });
    const transactionId = scene.call(ANSWERS);
    await scene.advance(10);
    for (let update = 0; update < 12; update++) {
      scene.update(transactionId);
      await scene.advance(1);
    }
    return scene.events.slice(3).map(event => event.CallDetails.Participants[0]?.ParticipantTag ?? '');
  };
  const tags = await firstTags(7);
  expect(new Set(tags)).toEqual(new Set(['LEG-A', 'LEG-B']));
  expect(await firstTags(7)).toEqual(tags);
});

test('E16: digitsErrorType names the failure of a gather', async () => {
  const scene = new Scene(
    script({
      NEW_INBOUND_CALL: actions([
        'SpeakAndGetDigits',
        { SpeechParameters: { Text: 'Hi' }, MinNumberOfDigits: 1, RepeatDurationInMilliseconds: 500 },
      ]),
    }),
    { options: { digitsErrorType: 'NoDigits' } },
  );
  scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
  await scene.advance(5);
  expect(endsWith(scene)).toBe('2 ACTION_FAILED SpeakAndGetDigits NoDigits A=Connected');
});

describe('E17: TransactionAttributes', () => {
  const pairs = (count: number, value = 'v'): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]));
  const answering = (TransactionAttributes: unknown) =>
    new Scene(script({ NEW_INBOUND_CALL: { ...actions(speak()), TransactionAttributes } }));

  test.each([10, 11, 100])('%i pairs are stored', async count => {
    const scene = answering(pairs(count));
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(5);
    expect(scene.events[1]?.CallDetails.TransactionAttributes).toEqual(pairs(count));
    expect(scene.messages).toHaveLength(count > 10 ? 1 : 0);
  });

  test('101 pairs are an invalid response, and its actions are dropped', async () => {
    const scene = answering(pairs(101));
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(5);
    expect(scene.events[1]).toMatchObject({
      InvocationEventType: 'INVALID_LAMBDA_RESPONSE',
      ErrorType: 'TransactionAttributesInvalidMapSize',
      ErrorMessage: 'Transaction Attributes has too many mappings. Maximum number of mappings is 10',
    });
    expect(scene.events[1]?.CallDetails).not.toHaveProperty('TransactionAttributes');
    expect(scene.handsets.get(ANSWERS).heard).toEqual([]);
  });

  test.each([
    [20 * 1024, 'ACTION_SUCCESSFUL'],
    [20 * 1024 + 1, 'INVALID_LAMBDA_RESPONSE'],
  ])('%i bytes of JSON give %s', async (bytes, type) => {
    const scene = answering({ k: 'x'.repeat(bytes - '{"k":""}'.length) });
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(5);
    expect(scene.events[1]?.InvocationEventType).toBe(type);
  });

  test('a map replaces the map, {} clears it, null and nothing leave it', async () => {
    const answers = [{ a: '1', b: '2' }, null, undefined, { c: '3' }, {}].map(TransactionAttributes => ({
      ...actions(pause(100)),
      TransactionAttributes,
    }));
    const scene = new Scene(event => answers[event.Sequence - 1] ?? NOTHING);
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(5);
    expect(scene.events.map(event => event.CallDetails.TransactionAttributes)).toEqual([
      undefined,
      { a: '1', b: '2' },
      { a: '1', b: '2' },
      { a: '1', b: '2' },
      { c: '3' },
      {},
    ]);
  });
});

describe('E20: CallerIdNumber', () => {
  test('may be the number that LEG-A came from', async () => {
    const scene = new Scene(
      script({ NEW_INBOUND_CALL: actions(pstn(ANSWERS_LATE, { CallerIdNumber: ANSWERS })) }),
    );
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(2);
    expect(scene.handsets.get(ANSWERS_LATE)).toMatchObject({ state: 'ringing', peer: ANSWERS });
  });
});

describe('E22: digits after DIGITS_RECEIVED', () => {
  test.each([
    [false, 2],
    [true, 1],
  ])('with receiveDigitsOneShot %s there are %i events', async (receiveDigitsOneShot, count) => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: actions(receiveDigits) }), {
      options: { receiveDigitsOneShot },
    });
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(1);
    for (const digit of ['1', '2']) {
      scene.handsets.press(ANSWERS, digit);
      await scene.advance(2);
    }
    expect(scene.told.filter(line => line.includes('DIGITS_RECEIVED'))).toHaveLength(count);
  });

  test('digits that do not match are flushed, and sent, at the end of the flush interval', async () => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: actions(receiveDigits) }));
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(1);
    scene.handsets.press(ANSWERS, '12');
    await scene.advance(4.9);
    expect(scene.told).toHaveLength(2);
    await scene.advance(0.2);
    expect(endsWith(scene)).toBe('3 DIGITS_RECEIVED ReceiveDigits "12" A=Connected');
  });

  test('digits without a listener are discarded', async () => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: actions(speak(), pause(30_000)) }));
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(1);
    scene.handsets.press(ANSWERS, '123#');
    await scene.advance(10);
    expect(scene.told).toEqual(['1 NEW_INBOUND_CALL']);
  });
});

test('E23: the 1,001st invocation of a call ends it with 480', async () => {
  const scene = new Scene(() => actions(pause(100)));
  scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
  await scene.advance(101);
  expect(scene.events).toHaveLength(1_000);
  expect(endsWith(scene)).toBe('1000 ACTION_SUCCESSFUL Pause A=Connected');
  expect(scene.handsets.get(ANSWERS).lastEnd).toEqual({ by: 'far-end', sipCode: 480 });
});

describe('E24: an Answer action', () => {
  test('is unsupported', async () => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: actions(['Answer']) }));
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(1);
    expect(scene.events[1]).toMatchObject({
      InvocationEventType: 'INVALID_LAMBDA_RESPONSE',
      ErrorMessage: 'Unsupported action Answer specified',
    });
  });

  test('answers with allowAnswer', async () => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: actions(['Answer']) }), {
      options: { allowAnswer: true },
    });
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(1);
    expect(endsWith(scene)).toBe('2 ACTION_SUCCESSFUL Answer A=Connected');
    expect(scene.handsets.get(ANSWERS).state).toBe('in-call');
  });
});

test('E25: a second CallAndBridge with LEG-B up fails, and so does one without LEG-A', async () => {
  const scene = new Scene(
    script({
      NEW_INBOUND_CALL: actions(pstn(ANSWERS)),
      'ACTION_SUCCESSFUL CallAndBridge': actions(pstn(ANSWERS_LATE)),
      'HANGUP (A,0)': actions(pstn(ANSWERS_LATE)),
    }),
  );
  scene.handsets.dial(BUSY, ACCOUNT_NUMBER);
  await scene.advance(3);
  expect(endsWith(scene)).toBe(
    '3 ACTION_FAILED CallAndBridge InvalidActionParameter A=Connected B=Connected',
  );
  scene.handsets.hangUp(BUSY);
  await scene.advance(3);
  expect(endsWith(scene)).toBe(
    '5 ACTION_FAILED CallAndBridge InvalidActionParameter A=Disconnected B=Connected',
  );
});

test('E28: ACTION_INTERRUPTED is sent before the new list starts, and not waited for', async () => {
  const scene = new Scene(
    event =>
      event.InvocationEventType === 'ACTION_INTERRUPTED'
        ? never
        : script({ CALL_ANSWERED: actions(pause(30_000)), CALL_UPDATE_REQUESTED: actions(speak('New.')) })(
            event,
            scene,
          ),
    { options: { retryMode: 'none' } },
  );
  const transactionId = scene.call(ANSWERS);
  await scene.advance(5);
  scene.update(transactionId);
  await scene.advance(1);
  expect(endsWith(scene)).toBe('5 ACTION_INTERRUPTED Pause A=Connected');
  expect(scene.handsets.get(ANSWERS).heard).toEqual([{ kind: 'text', text: 'New.' }]);
});

describe('E29: parameters are checked', () => {
  const list = actions(speak('Heard.'), pause(99), speak('Never.'));

  test('when the action starts', async () => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: list }));
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(10);
    expect(scene.handsets.get(ANSWERS).heard).toEqual([{ kind: 'text', text: 'Heard.' }]);
    expect(endsWith(scene)).toBe('2 ACTION_FAILED Pause InvalidActionParameter A=Connected');
  });

  test('when the list arrives, with validateOnReceive', async () => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: list }), { options: { validateOnReceive: true } });
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(10);
    expect(scene.handsets.get(ANSWERS).heard).toEqual([]);
    expect(endsWith(scene)).toBe('2 ACTION_FAILED Pause InvalidActionParameter A=Connected');
  });
});

describe('calls placed by API', () => {
  test('that nobody answers end with 480 after carrierRingLimitMs', async () => {
    const scene = new Scene(script({}));
    scene.call(NEVER_ANSWERS);
    await scene.advance(59);
    expect(scene.handsets.get(NEVER_ANSWERS).state).toBe('ringing');
    await scene.advance(2);
    expect(scene.told).toEqual(['1 NEW_OUTBOUND_CALL', '2 RINGING', '3 HANGUP (A,480) A=Disconnected']);
    expect(scene.handsets.get(NEVER_ANSWERS).state).toBe('idle');
  });

  test('that still ring can be updated, and a Hangup cancels them', async () => {
    const scene = new Scene(script({ CALL_UPDATE_REQUESTED: actions(['Hangup']) }));
    const transactionId = scene.call(NEVER_ANSWERS);
    await scene.advance(5);
    scene.update(transactionId);
    await scene.advance(5);
    expect(scene.told.slice(2)).toEqual([
      '3 CALL_UPDATE_REQUESTED CallUpdateRequest',
      '4 HANGUP (A,487) A=Disconnected',
    ]);
    expect(scene.handsets.get(NEVER_ANSWERS).state).toBe('idle');
  });

  test('that still ring can hear nothing: such an action fails', async () => {
    const scene = new Scene(script({ CALL_UPDATE_REQUESTED: actions(speak()) }));
    const transactionId = scene.call(NEVER_ANSWERS);
    await scene.advance(5);
    scene.update(transactionId);
    await scene.advance(5);
    expect(endsWith(scene)).toBe('4 ACTION_FAILED Speak InvalidActionParameter');
  });

  test('are dialled at once, or after the answer to NEW_OUTBOUND_CALL', async () => {
    for (const dialBeforeHandlerAnswers of [true, false]) {
      const slow = async (event: SmaEvent, scene: Scene) => {
        if (event.Sequence === 1) await new Promise<void>(done => scene.clock.after(3_000, done));
        return NOTHING;
      };
      const scene = new Scene(slow, { options: { dialBeforeHandlerAnswers } });
      scene.call(NEVER_ANSWERS);
      await scene.advance(1);
      expect(scene.handsets.get(NEVER_ANSWERS).state).toBe(dialBeforeHandlerAnswers ? 'ringing' : 'idle');
      await scene.advance(5);
      expect(scene.handsets.get(NEVER_ANSWERS).state).toBe('ringing');
    }
  });

  test('to a number of the account enter its application as another call', async () => {
    const scene = new Scene(
      script({
        NEW_INBOUND_CALL: actions(speak('You have reached us.'), ['Hangup']),
        CALL_ANSWERED: NOTHING,
      }),
    );
    scene.call('+12025550111');
    await scene.advance(10);
    expect(scene.events.map(event => event.InvocationEventType).sort()).toEqual([
      'CALL_ANSWERED',
      'HANGUP',
      'HANGUP',
      'NEW_INBOUND_CALL',
      'NEW_OUTBOUND_CALL',
    ]);
    expect(scene.runtime.activeTransactions).toEqual([]);
  });
});

describe('Hangup before the answer', () => {
  test.each([
    [0, 480, 0],
    ['486', 486, 486],
    [480, 480, 480],
  ])('with SipResponseCode %s gives the caller %i, and HANGUP %i', async (code, sipCode, reported) => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: actions(['Hangup', { SipResponseCode: code }]) }));
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(1);
    expect(scene.handsets.get(ANSWERS).lastEnd).toEqual({ by: 'far-end', sipCode });
    expect(endsWith(scene)).toBe(`2 HANGUP (A,${reported}) A=Disconnected`);
  });
});

test('two bad answers in a row end the call with 480', async () => {
  const scene = new Scene(() => ({ statusCode: 200, body: '{}' }));
  scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
  await scene.advance(1);
  expect(scene.told).toEqual([
    '1 NEW_INBOUND_CALL',
    '2 INVALID_LAMBDA_RESPONSE SchemaVersionMismatch A=Connected',
  ]);
  expect(scene.handsets.get(ANSWERS).lastEnd).toEqual({ by: 'far-end', sipCode: 480 });
});

test.each([
  ['null', null, 'Response is blank or empty'],
  ['nothing', undefined, 'Response is blank or empty'],
  ['an empty string', '', 'Response is blank or empty'],
  ['a bare list', [{ Type: 'Hangup' }], 'Error while reading actions list.'],
  ['a string', 'Hangup', 'Error while reading actions list.'],
  ['an action without a Type', { SchemaVersion: '1.0', Actions: [{}] }, 'Error while reading actions list.'],
  ['Actions that are no list', { SchemaVersion: '1.0', Actions: {} }, 'Error while reading actions list.'],
  [
    'another schema version',
    { SchemaVersion: '2.0', Actions: [] },
    'The schema version in the invocation request does not match the schema version in the response.',
  ],
  ['an unknown action', actions(['Sing']), 'Unsupported action Sing specified'],
  ['a name from Object.prototype', actions(['constructor']), 'Unsupported action constructor specified'],
])('a response that is %s is invalid', async (_, answer, message) => {
  const scene = new Scene(event => (event.Sequence === 1 ? answer : actions(['Hangup'])));
  scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
  await scene.advance(1);
  expect(scene.events[1]).toMatchObject({
    InvocationEventType: 'INVALID_LAMBDA_RESPONSE',
    ErrorMessage: message,
  });
  expect(scene.messages).toContain(message);
  expect(endsWith(scene)).toContain('3 HANGUP');
});

test('the envelope has exactly the fields of the service', async () => {
  const scene = new Scene(script({ NEW_INBOUND_CALL: actions(speak()) }));
  scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
  await scene.advance(5);
  scene.call(NEVER_ANSWERS);
  await scene.advance(1);
  const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(scene.events[0]).toEqual({
    SchemaVersion: '1.0',
    Sequence: 1,
    InvocationEventType: 'NEW_INBOUND_CALL',
    CallDetails: {
      TransactionId: uuid,
      AwsAccountId: '111122223333',
      AwsRegion: 'us-east-1',
      SipRuleId: uuid,
      SipMediaApplicationId: SMA_ID,
      Participants: [
        {
          CallId: uuid,
          ParticipantTag: 'LEG-A',
          To: ACCOUNT_NUMBER,
          From: ANSWERS,
          Direction: 'Inbound',
          StartTimeInMilliseconds: '1767225600000',
        },
      ],
    },
  });
  expect(scene.events[1]?.ActionData).toEqual({ Type: 'Speak', Parameters: { Text: 'Hello.' } });
  const outbound = scene.events.find(event => event.InvocationEventType === 'NEW_OUTBOUND_CALL');
  expect(outbound).not.toHaveProperty('ActionData');
  expect(outbound?.CallDetails).not.toHaveProperty('SipRuleId');
  expect(outbound?.CallDetails.Participants[0]).toMatchObject({ Direction: 'Outbound', To: NEVER_ANSWERS });
});
