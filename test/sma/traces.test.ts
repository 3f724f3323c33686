/** The golden sequences of the reference, §20, by their names there. */
import { describe, expect, test } from 'vitest';
import { participant } from '../../sma/contract/event.ts';
import {
  ACCOUNT_NUMBER,
  ANSWERS,
  actions,
  audio,
  BUSY,
  HANGS_UP,
  NEVER_ANSWERS,
  NOTHING,
  pstn,
  REJECTS,
  Scene,
  script,
  UNREACHABLE,
} from './support/scene.ts';

const hello: [string, object] = ['PlayAudio', { AudioSource: audio('hello.wav') }];
const gather: [string, object] = [
  'SpeakAndGetDigits',
  {
    SpeechParameters: { Text: 'Press one.' },
    InputDigitsRegex: '^1$',
    MinNumberOfDigits: 1,
    MaxNumberOfDigits: 1,
    RepeatDurationInMilliseconds: 3_000,
  },
];

describe('traces of the reference', () => {
  test('S1: an inbound call plays and hangs up, and there is only the HANGUP', async () => {
    const scene = new Scene(
      script({ NEW_INBOUND_CALL: actions(['Pause', { DurationInMilliseconds: '500' }], hello, ['Hangup']) }),
    );
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(10);
    expect(scene.told).toEqual(['1 NEW_INBOUND_CALL', '2 HANGUP (A,0) A=Disconnected']);
    expect(scene.handsets.get(ANSWERS)).toMatchObject({
      state: 'idle',
      heard: [{ kind: 'audio', bucket: 'prompts', key: 'hello.wav' }],
      lastEnd: { by: 'far-end', sipCode: 0 },
    });
  });

  test('S2: an inbound call gathers a digit', async () => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: actions(gather) }));
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(0.1);
    scene.handsets.press(ANSWERS, '1');
    await scene.advance(0.1);
    expect(scene.told).toEqual([
      '1 NEW_INBOUND_CALL',
      '2 ACTION_SUCCESSFUL SpeakAndGetDigits "1" A=Connected',
    ]);
  });

  test('S3: a gather without input fails', async () => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: actions(gather) }));
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(20);
    expect(scene.told.at(-1)).toBe('2 ACTION_FAILED SpeakAndGetDigits InvalidDigitsReceived A=Connected');
  });

  test('S4: LEG-A is answered when LEG-B is, and stays up when LEG-B hangs up', async () => {
    const scene = new Scene(
      script({ NEW_INBOUND_CALL: actions(pstn(HANGS_UP)), 'HANGUP (B,0)': actions(['Hangup']) }),
    );
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(0.5);
    expect(scene.handsets.get(ANSWERS).state).toBe('ringing');
    await scene.advance(1);
    expect(scene.handsets.get(ANSWERS).state).toBe('in-call');
    await scene.advance(10);
    expect(scene.told).toEqual([
      '1 NEW_INBOUND_CALL',
      '2 ACTION_SUCCESSFUL CallAndBridge A=Connected B=Connected',
      '3 HANGUP (B,0) A=Connected B=Disconnected',
      '4 HANGUP (A,0) A=Disconnected',
    ]);
  });

  test('S5: LEG-B stays up when LEG-A hangs up first, until it is hung up', async () => {
    const scene = new Scene(
      script({
        NEW_INBOUND_CALL: actions(pstn(ANSWERS)),
        'HANGUP (A,0)': actions(['Hangup', { ParticipantTag: 'LEG-B' }]),
      }),
    );
    scene.handsets.dial(BUSY, ACCOUNT_NUMBER);
    await scene.advance(5);
    scene.handsets.hangUp(BUSY);
    await scene.advance(1);
    expect(scene.told.slice(2)).toEqual([
      '3 HANGUP (A,0) A=Disconnected B=Connected',
      '4 HANGUP (B,0) A=Disconnected B=Disconnected',
    ]);
    expect(scene.handsets.get(ANSWERS).state).toBe('idle');
  });

  test.each([
    ['busy', BUSY],
    ['rejects', REJECTS],
    ['cannot be reached', UNREACHABLE],
    ['does not answer', NEVER_ANSWERS],
  ])('S6: LEG-B %s, and the caller can still be refused', async (_, number) => {
    const scene = new Scene(
      script({
        NEW_INBOUND_CALL: actions(pstn(number)),
        ACTION_FAILED: actions(['Hangup', { SipResponseCode: '486' }]),
      }),
    );
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(60);
    expect(scene.told).toEqual([
      '1 NEW_INBOUND_CALL',
      '2 ACTION_FAILED CallAndBridge CallNotAnswered A=Connected',
      '3 HANGUP (A,486) A=Disconnected',
    ]);
    expect(scene.events[1]?.ActionData).toMatchObject({
      ErrorMessage: 'Call not answered',
      Parameters: { CallId: scene.events[0]?.CallDetails.Participants[0]?.CallId },
    });
    expect(scene.handsets.get(ANSWERS).lastEnd).toEqual({ by: 'far-end', sipCode: 486 });
    expect(scene.handsets.get(NEVER_ANSWERS).state).toBe('idle');
  });

  test('S7: LEG-A hangs up while LEG-B rings, and LEG-B is cancelled', async () => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: actions(pstn(NEVER_ANSWERS)) }));
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(5);
    expect(scene.handsets.get(NEVER_ANSWERS).state).toBe('ringing');
    scene.handsets.hangUp(ANSWERS);
    await scene.advance(60);
    expect(scene.told.slice(1)).toEqual([
      '2 ACTION_FAILED CallAndBridge CallNotAnswered A=Disconnected',
      '3 HANGUP (A,0) A=Disconnected',
    ]);
    expect(scene.handsets.get(NEVER_ANSWERS)).toMatchObject({ state: 'idle', lastEnd: { sipCode: 487 } });
  });

  test('S8: a call by API is announced, rings, is answered, and speaks', async () => {
    const scene = new Scene(
      script({
        NEW_OUTBOUND_CALL: { ...actions(['Hangup']), TransactionAttributes: { state: 'new' } },
        RINGING: actions(['Hangup']),
        CALL_ANSWERED: actions(['Speak', { Text: 'Hello.' }]),
      }),
    );
    scene.call(ANSWERS, { ArgumentsMap: { callSid: 'CA1' } });
    await scene.advance(5);
    expect(scene.told).toEqual([
      '1 NEW_OUTBOUND_CALL CallCreateRequest',
      '2 RINGING',
      '3 CALL_ANSWERED A=Connected',
      '4 ACTION_SUCCESSFUL Speak A=Connected',
    ]);
    expect(scene.events[0]?.ActionData?.Parameters).toEqual({ Arguments: { callSid: 'CA1' } });
    expect(scene.events[1]?.CallDetails.TransactionAttributes).toEqual({ state: 'new' });
    expect(scene.handsets.get(ANSWERS).heard).toEqual([{ kind: 'text', text: 'Hello.' }]);
  });

  test('S9: a call by API to a busy phone ends with its code', async () => {
    const scene = new Scene(script({}));
    scene.call(BUSY);
    await scene.advance(5);
    expect(scene.told).toEqual(['1 NEW_OUTBOUND_CALL', '2 HANGUP (A,486) A=Disconnected']);
    expect(scene.runtime.activeTransactions).toEqual([]);
  });

  test('S10: an update cuts PlayAudio, and the new list starts', async () => {
    const scene = new Scene(
      script({
        CALL_ANSWERED: actions(['PlayAudio', { AudioSource: audio('hello.wav'), Repeat: 100 }], ['Hangup']),
        CALL_UPDATE_REQUESTED: actions(['Speak', { Text: 'Back again.' }]),
      }),
    );
    const transactionId = scene.call(ANSWERS);
    await scene.advance(10);
    scene.update(transactionId, { cmd: 'redirect' });
    await scene.advance(5);
    expect(scene.told.slice(3)).toEqual([
      '4 CALL_UPDATE_REQUESTED CallUpdateRequest A=Connected',
      '5 ACTION_INTERRUPTED PlayAudio A=Connected',
      '6 ACTION_SUCCESSFUL Speak A=Connected',
    ]);
    expect(scene.events[3]?.ActionData?.Parameters).toEqual({ Arguments: { cmd: 'redirect' } });
  });

  test('S11: an update takes a bridged call back, and bridges it again', async () => {
    const scene = new Scene(
      script({
        CALL_ANSWERED: actions(pstn('+12025550107')),
        CALL_UPDATE_REQUESTED: actions(['Hangup', { ParticipantTag: 'LEG-B' }]),
        'ACTION_SUCCESSFUL Hangup': actions(['Speak', { Text: 'Welcome back.' }], pstn(HANGS_UP)),
      }),
    );
    const transactionId = scene.call(ANSWERS);
    await scene.advance(10);
    const firstLegB = scene.events[3] && participant(scene.events[3], 'LEG-B')?.CallId;
    scene.update(transactionId);
    await scene.advance(2.5);
    expect(scene.told.slice(4)).toEqual([
      '5 CALL_UPDATE_REQUESTED CallUpdateRequest A=Connected B=Connected',
      '6 HANGUP (B,0) A=Connected B=Disconnected',
      '7 ACTION_SUCCESSFUL Hangup A=Connected',
      '8 ACTION_SUCCESSFUL CallAndBridge A=Connected B=Connected',
    ]);
    const secondLegB = scene.events[7] && participant(scene.events[7], 'LEG-B')?.CallId;
    expect(secondLegB).toBeTypeOf('string');
    expect(secondLegB).not.toBe(firstLegB);
  });

  test('S12: digits pressed in a bridged call', async () => {
    const scene = new Scene(
      script({
        NEW_INBOUND_CALL: actions(pstn(ANSWERS)),
        'ACTION_SUCCESSFUL CallAndBridge': actions([
          'ReceiveDigits',
          {
            ParticipantTag: 'LEG-A',
            InputDigitsRegex: '^\\*\\d$',
            InBetweenDigitsDurationInMilliseconds: 1_000,
            FlushDigitsDurationInMilliseconds: 10_000,
          },
        ]),
        DIGITS_RECEIVED: actions(['Hangup', { ParticipantTag: 'LEG-B' }]),
      }),
    );
    scene.handsets.dial(BUSY, ACCOUNT_NUMBER);
    await scene.advance(2);
    scene.handsets.press(BUSY, '*1');
    await scene.advance(2);
    expect(scene.told.slice(2)).toEqual([
      '3 ACTION_SUCCESSFUL ReceiveDigits "" A=Connected B=Connected',
      '4 DIGITS_RECEIVED ReceiveDigits "*1" A=Connected B=Connected',
      '5 HANGUP (B,0) A=Connected B=Disconnected',
      '6 ACTION_SUCCESSFUL Hangup A=Connected',
    ]);
    expect(scene.handsets.get(ANSWERS).heard).toEqual([
      { kind: 'digits', digits: '*' },
      { kind: 'digits', digits: '1' },
    ]);
  });

  test('S13: the caller hangs up during PlayAudio, whose result comes first', async () => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: actions(hello, ['Speak', { Text: 'Bye.' }]) }));
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(1);
    scene.handsets.hangUp(ANSWERS);
    await scene.advance(30);
    expect(scene.told.slice(1)).toEqual([
      '2 ACTION_SUCCESSFUL PlayAudio A=Disconnected',
      '3 HANGUP (A,0) A=Disconnected',
    ]);
  });

  test('S14: eleven actions are an invalid response, whose answer is honoured', async () => {
    const eleven = Array.from({ length: 11 }, (): [string, object] => [
      'Pause',
      { DurationInMilliseconds: 100 },
    ]);
    const scene = new Scene(
      script({ NEW_INBOUND_CALL: actions(...eleven), INVALID_LAMBDA_RESPONSE: actions(['Hangup']) }),
    );
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(1);
    expect(scene.told).toEqual([
      '1 NEW_INBOUND_CALL',
      '2 INVALID_LAMBDA_RESPONSE TooManyActions A=Connected',
      '3 HANGUP (A,0) A=Disconnected',
    ]);
    expect(scene.events[1]).toMatchObject({ ErrorMessage: 'Too many actions specified in a response.' });
    expect(scene.events[1]).not.toHaveProperty('ActionData');
  });

  test.each([
    ['an unanswered caller gets 480', false, { by: 'far-end', sipCode: 480 }],
    ['an answered one gets BYE', true, { by: 'far-end', sipCode: 0 }],
  ])(
    'S15: the handler does not answer for 20 s: %s, and there is no event',
    async (_, isAnswered, lastEnd) => {
      const hangs = new Promise(() => {});
      const scene = new Scene(event =>
        event.Sequence === 1 && isAnswered ? actions(['Speak', { Text: 'Hi' }]) : hangs,
      );
      scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
      await scene.advance(19.5);
      expect(scene.handsets.get(ANSWERS).state).not.toBe('idle');
      await scene.advance(60);
      expect(scene.handsets.get(ANSWERS)).toMatchObject({ state: 'idle', lastEnd });
      expect(scene.told.filter(line => line.includes('HANGUP'))).toEqual([]);
      expect(scene.messages).toContain('AWS Lambda client operation timed out.');
      expect(scene.runtime.activeTransactions).toEqual([]);
    },
  );
});

test('an empty answer to CALL_ANSWERED leaves the call up and idle', async () => {
  const scene = new Scene(script({ CALL_ANSWERED: NOTHING }));
  scene.call(ANSWERS);
  await scene.advance(3_600);
  expect(scene.told).toHaveLength(3);
  expect(scene.runtime.activeTransactions).toHaveLength(1);
});
