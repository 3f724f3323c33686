/** Each action as the reference's §7 has it: what it takes, what it does, and every way to fail. */
import { describe, expect, test } from 'vitest';
import { ACTIONS, definitionOf } from '../../sma/action/index.ts';
import { DEFAULT_OPTIONS } from '../../sma/options.ts';
import {
  ACCOUNT_NUMBER,
  ANSWERS,
  ANSWERS_LATE,
  actions,
  audio,
  NEVER_ANSWERS,
  pstn,
  Scene,
  type SceneSettings,
  script,
} from './support/scene.ts';
import { wavOf } from './support/wav.ts';

/** Runs one action on an inbound call and returns the event that it ended in. */
async function run(type: string, parameters: object, settings: SceneSettings = {}) {
  const scene = new Scene(script({ NEW_INBOUND_CALL: actions([type, parameters]) }), settings);
  scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
  await scene.advance(200);
  return { scene, data: scene.events[1]?.ActionData, type: scene.events[1]?.InvocationEventType };
}

const INVALID = 'InvalidActionParameter';
const MISSING = 'MissingRequiredActionParameter';
const AUDIO = 'InvalidAudioSource';
const hello = audio('hello.wav');
const pin = {
  AudioSource: hello,
  FailureAudioSource: audio('sorry.wav'),
  RepeatDurationInMilliseconds: 1_000,
};
const ask = { SpeechParameters: { Text: 'PIN?' }, RepeatDurationInMilliseconds: 1_000 };
const listen = {
  InputDigitsRegex: '^\\d$',
  InBetweenDigitsDurationInMilliseconds: 1_000,
  FlushDigitsDurationInMilliseconds: 5_000,
};
const bridge = (more: object) => pstn(ANSWERS_LATE, more)[1];
const LEG = 'CallId or ParticipantTag parameter for action is invalid.';
const LEG_OF_GATHER = 'CallId or ParticipantTag parameter for the action is invalid.';
const CALL_TIMEOUT = 'The MaxCallTimeout parameter is invalid. Timeout must be between 0 and 120 seconds.';
const NOT_OWNED =
  'Provided caller ID number is invalid. Number must be owned by this AWS account, or be the From number of LEG-A.';
const VC = 'arn:aws:chime:us-east-1:111122223333:vc/abcdefghij0123456789ab';
const to = (endpoint: object) => ({ Endpoints: [endpoint] });

test.each<[string, object, string, string]>([
  ['Pause', {}, INVALID, 'The Duration parameter is invalid.'],
  ['Pause', { DurationInMilliseconds: 99 }, INVALID, 'The Duration parameter is invalid.'],
  ['Pause', { DurationInMilliseconds: 30_001 }, INVALID, 'The Duration parameter is invalid.'],
  ['Pause', { DurationInMilliseconds: '1.5' }, INVALID, 'The Duration parameter is invalid.'],
  ['Pause', { DurationInMilliseconds: 100, CallId: 'nobody' }, INVALID, LEG],
  ['Pause', { DurationInMilliseconds: 100, ParticipantTag: 'LEG-B' }, INVALID, LEG],
  ['Hangup', { SipResponseCode: 603 }, INVALID, 'The SipResponseCode parameter is invalid.'],
  ['Hangup', { SipResponseCode: 'busy' }, INVALID, 'The SipResponseCode parameter is invalid.'],
  ['Hangup', { CallId: 'nobody' }, INVALID, LEG],
  ['Speak', {}, MISSING, 'The Text parameter is missing.'],
  ['Speak', { Text: '' }, MISSING, 'The Text parameter is missing.'],
  ['Speak', { Text: 'x'.repeat(1_001) }, MISSING, 'The Text parameter is longer than 1000 characters.'],
  ['Speak', { Text: 1 }, INVALID, 'The Text parameter is invalid.'],
  ['Speak', { Text: 'x', Engine: 'generative' }, INVALID, 'The Engine parameter is invalid.'],
  ['Speak', { Text: 'x', VoiceId: 'joanna' }, INVALID, 'The VoiceId parameter is invalid.'],
  ['Speak', { Text: 'x', LanguageCode: 'en' }, INVALID, 'The LanguageCode parameter is invalid.'],
  ['Speak', { Text: 'x', TextType: 'xml' }, INVALID, 'The TextType parameter is invalid.'],
  ['Speak', { Text: '<speak>a & b</speak>', TextType: 'ssml' }, INVALID, 'The Text parameter is invalid.'],
  ['Speak', { Text: 'x', Voice: 'Joanna' }, INVALID, 'Unknown parameter Voice.'],
  ['PlayAudio', {}, AUDIO, 'Audio Source parameter value is invalid.'],
  [
    'PlayAudio',
    { AudioSource: { ...hello, Type: 'HTTP' } },
    AUDIO,
    'Audio Source parameter value is invalid.',
  ],
  ['PlayAudio', { AudioSource: { ...hello, Key: '' } }, AUDIO, 'Audio Source parameter value is invalid.'],
  ['PlayAudio', { AudioSource: audio('none.wav') }, AUDIO, 'Cannot access S3 bucket or audio file.'],
  ['PlayAudio', { AudioSource: audio('song.mp3') }, AUDIO, 'Audio Source parameter value is invalid.'],
  ['PlayAudio', { AudioSource: audio('untyped.wav') }, AUDIO, 'Audio Source parameter value is invalid.'],
  ['PlayAudio', { AudioSource: audio('alaw.wav') }, AUDIO, 'Audio Source parameter value is invalid.'],
  ['PlayAudio', { AudioSource: hello, Repeat: 0 }, INVALID, 'The Repeat parameter is invalid.'],
  [
    'PlayAudio',
    { AudioSource: hello, PlaybackTerminators: ['12'] },
    INVALID,
    'The PlaybackTerminators parameter is invalid.',
  ],
  ['PlayAudio', { AudioSource: { ...hello, Prefix: 'x' } }, INVALID, 'Unknown parameter AudioSource.Prefix.'],
  ['SendDigits', { Digits: '' }, INVALID, 'The Digits parameter is invalid.'],
  ['SendDigits', { Digits: '1'.repeat(51) }, INVALID, 'The Digits parameter is invalid.'],
  ['SendDigits', { Digits: '1w2' }, INVALID, 'The Digits parameter is invalid.'],
  [
    'SendDigits',
    { Digits: '1', ToneDurationInMilliseconds: 49 },
    INVALID,
    'ToneDuration parameter value is invalid.',
  ],
  [
    'SendDigits',
    { Digits: '1', ToneDurationInMilliseconds: 24_001 },
    INVALID,
    'ToneDuration parameter value is invalid.',
  ],
  [
    'ReceiveDigits',
    { ...listen, InputDigitsRegex: '' },
    INVALID,
    'The InputDigitsRegex parameter is invalid.',
  ],
  [
    'ReceiveDigits',
    { ...listen, InputDigitsRegex: '(' },
    INVALID,
    'The InputDigitsRegex parameter is invalid.',
  ],
  [
    'ReceiveDigits',
    { ...listen, InBetweenDigitsDurationInMilliseconds: 0 },
    INVALID,
    'The InBetweenDigitsDurationInMilliseconds parameter is invalid.',
  ],
  [
    'ReceiveDigits',
    { ...listen, FlushDigitsDurationInMilliseconds: 1_000 },
    INVALID,
    'The FlushDigitsDurationInMilliseconds parameter is invalid.',
  ],
  [
    'PlayAudioAndGetDigits',
    { ...pin, AudioSource: undefined },
    AUDIO,
    'Audio Source parameter value is invalid.',
  ],
  [
    'PlayAudioAndGetDigits',
    { ...pin, FailureAudioSource: null },
    AUDIO,
    'Audio Source parameter value is invalid.',
  ],
  [
    'PlayAudioAndGetDigits',
    { ...pin, FailureAudioSource: audio('none.wav') },
    AUDIO,
    'Cannot access S3 bucket or audio file.',
  ],
  [
    'PlayAudioAndGetDigits',
    { ...pin, MaxNumberOfDigits: 129 },
    INVALID,
    'The MaxNumberOfDigits parameter is invalid.',
  ],
  [
    'PlayAudioAndGetDigits',
    { ...pin, MinNumberOfDigits: 5, MaxNumberOfDigits: 4 },
    INVALID,
    'The MaxNumberOfDigits parameter is invalid.',
  ],
  [
    'PlayAudioAndGetDigits',
    { ...pin, MinNumberOfDigits: -1 },
    INVALID,
    'The MinNumberOfDigits parameter is invalid.',
  ],
  [
    'PlayAudioAndGetDigits',
    { ...pin, RepeatDurationInMilliseconds: 0 },
    INVALID,
    'The RepeatDurationInMilliseconds parameter is invalid.',
  ],
  [
    'PlayAudioAndGetDigits',
    { ...pin, RepeatDurationInMilliseconds: undefined },
    INVALID,
    'The RepeatDurationInMilliseconds parameter is invalid.',
  ],
  [
    'PlayAudioAndGetDigits',
    { ...pin, InputDigitsRegex: '[' },
    INVALID,
    'The InputDigitsRegex parameter is invalid.',
  ],
  [
    'PlayAudioAndGetDigits',
    { ...pin, TerminatorDigits: '#' },
    INVALID,
    'The TerminatorDigits parameter is invalid.',
  ],
  ['PlayAudioAndGetDigits', { ...pin, Repeat: 0 }, INVALID, 'The Repeat parameter is invalid.'],
  ['PlayAudioAndGetDigits', { ...pin, CallId: 'nobody' }, INVALID, LEG_OF_GATHER],
  ['SpeakAndGetDigits', { ...ask, SpeechParameters: undefined }, MISSING, 'The Text parameter is missing.'],
  ['SpeakAndGetDigits', { ...ask, SpeechParameters: {} }, MISSING, 'The Text parameter is missing.'],
  ['SpeakAndGetDigits', { ...ask, FailureSpeechParameters: {} }, MISSING, 'The Text parameter is missing.'],
  [
    'SpeakAndGetDigits',
    { ...ask, FailureSpeechParameters: { Text: 'x'.repeat(1_001) } },
    MISSING,
    'The Text parameter is longer than 1000 characters.',
  ],
  ['SpeakAndGetDigits', { ...ask, Text: 'x' }, INVALID, 'Unknown parameter Text.'],
  ['CallAndBridge', bridge({ Endpoints: undefined }), INVALID, 'Invalid number of endpoints provided.'],
  ['CallAndBridge', bridge({ Endpoints: [] }), INVALID, 'Invalid number of endpoints provided.'],
  [
    'CallAndBridge',
    bridge({ Endpoints: [1, 2].map(() => ({ BridgeEndpointType: 'PSTN', Uri: ANSWERS_LATE })) }),
    INVALID,
    'Invalid number of endpoints provided.',
  ],
  [
    'CallAndBridge',
    bridge(to({ BridgeEndpointType: 'SIP', Uri: 'x' })),
    INVALID,
    'Endpoint parameter is invalid.',
  ],
  [
    'CallAndBridge',
    bridge(to({ BridgeEndpointType: 'toString', Uri: 'x' })),
    INVALID,
    'Endpoint parameter is invalid.',
  ],
  [
    'CallAndBridge',
    bridge(to({ BridgeEndpointType: 'PSTN', Uri: '0800' })),
    INVALID,
    'Endpoint parameter is invalid.',
  ],
  [
    'CallAndBridge',
    bridge(to({ BridgeEndpointType: 'PSTN', Arn: VC, Uri: ANSWERS_LATE })),
    INVALID,
    'Endpoint parameter is invalid.',
  ],
  [
    'CallAndBridge',
    bridge(to({ BridgeEndpointType: 'AWS', Uri: 'x' })),
    INVALID,
    'Endpoint parameter is invalid.',
  ],
  [
    'CallAndBridge',
    bridge(to({ BridgeEndpointType: 'AWS', Arn: VC, Uri: 'a@b' })),
    INVALID,
    'Endpoint parameter is invalid.',
  ],
  [
    'CallAndBridge',
    bridge(to({ BridgeEndpointType: 'AWS', Arn: VC, Uri: 'x'.repeat(37) })),
    INVALID,
    'Endpoint parameter is invalid.',
  ],
  [
    'CallAndBridge',
    bridge(to({ BridgeEndpointType: 'AWS', Arn: VC, Uri: 'x'.repeat(36) })),
    'CallNotAnswered',
    'Call not answered',
  ],
  ['CallAndBridge', bridge({ CallerIdNumber: undefined }), INVALID, 'Caller ID not defined.'],
  ['CallAndBridge', bridge({ CallerIdNumber: 'anonymous' }), INVALID, 'Invalid caller ID.'],
  ['CallAndBridge', bridge({ CallerIdNumber: '+12065550199' }), INVALID, NOT_OWNED],
  ['CallAndBridge', bridge({ CallTimeoutSeconds: 121 }), INVALID, CALL_TIMEOUT],
  ['CallAndBridge', bridge({ CallTimeoutSeconds: 0 }), INVALID, CALL_TIMEOUT],
  ['CallAndBridge', bridge({ RingbackTone: { Key: 'x' } }), AUDIO, 'Ringtone parameter value is invalid.'],
  [
    'CallAndBridge',
    bridge({ RingbackTone: audio('none.wav') }),
    AUDIO,
    'Cannot access S3 bucket or audio file.',
  ],
  [
    'CallAndBridge',
    bridge({ SipHeaders: { Subject: 'x' } }),
    INVALID,
    'Invalid SIP header(s) provided: Subject',
  ],
  [
    'CallAndBridge',
    bridge({ SipHeaders: { 'X-VC-Id': 'x' } }),
    INVALID,
    'Invalid SIP header(s) provided: X-VC-Id',
  ],
  [
    'CallAndBridge',
    bridge({ SipHeaders: { 'X-Long': 'x'.repeat(2_049) } }),
    INVALID,
    'Invalid SIP header(s) provided: X-Long',
  ],
  ['CallAndBridge', bridge({ CustomSipHeaders: {} }), INVALID, 'Unknown parameter CustomSipHeaders.'],
  [
    'CallAndBridge',
    bridge(to({ BridgeEndpointType: 'PSTN', Uri: ANSWERS_LATE, SipHeaders: {} })),
    INVALID,
    'Unknown parameter Endpoints.SipHeaders.',
  ],
])('%s with %j fails: %s, "%s"', async (type, parameters, errorType, errorMessage) => {
  const { data, type: event } = await run(type, parameters, {
    audio: {
      'song.mp3': { bytes: Buffer.from('ID3…'), contentType: 'audio/mpeg' },
      'untyped.wav': { bytes: wavOf(1), contentType: 'binary/octet-stream' },
      'alaw.wav': { bytes: wavOf(1, { format: 6 }), contentType: 'audio/wav' },
    },
  });
  expect(event).toBe('ACTION_FAILED');
  expect(data).toMatchObject({ Type: type, ErrorType: errorType, ErrorMessage: errorMessage });
});

test.each<[string, object]>([
  ['Pause', { DurationInMilliseconds: 100 }],
  ['Pause', { DurationInMilliseconds: '30000', ParticipantTag: '' }],
  [
    'Speak',
    { Text: 'x'.repeat(1_000), Engine: 'neural', VoiceId: 'Joanna', LanguageCode: 'en-US', TextType: 'text' },
  ],
  ['SendDigits', { Digits: '1'.repeat(50), ToneDurationInMilliseconds: 50 }],
  ['SendDigits', { Digits: '0123456789*#ABCD,', ToneDurationInMilliseconds: '24000' }],
  ['PlayAudioAndGetDigits', { ...pin, MinNumberOfDigits: 0, MaxNumberOfDigits: 128 }],
  ['CallAndBridge', bridge({ CallTimeoutSeconds: 120, SipHeaders: { 'X-Ok': 'x'.repeat(2_048) } })],
  ['CallAndBridge', bridge({ CallTimeoutSeconds: '6' })],
])('%s takes parameters at the edge: %j', async (type, parameters) => {
  const scene = new Scene(script({ NEW_INBOUND_CALL: actions([type, parameters]) }));
  scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
  await scene.advance(500);
  expect(scene.told[1]).toContain(`2 ACTION_SUCCESSFUL ${type}`);
});

test('unknown parameters are ignored with unknownParameters "ignore"', async () => {
  const { type } = await run(
    'Speak',
    { Text: 'Hi', Voice: 'x' },
    { options: { unknownParameters: 'ignore' } },
  );
  expect(type).toBe('ACTION_SUCCESSFUL');
});

test('every action but the hidden one is there by default', () => {
  const names = Object.keys(ACTIONS).filter(name => definitionOf(name, DEFAULT_OPTIONS) !== undefined);
  expect(names).toEqual([
    'CallAndBridge',
    'Hangup',
    'Pause',
    'PlayAudio',
    'PlayAudioAndGetDigits',
    'ReceiveDigits',
    'SendDigits',
    'Speak',
    'SpeakAndGetDigits',
  ]);
});

describe('Speak', () => {
  test.each([
    ['30 characters at 15 a second', { Text: 'x'.repeat(30) }, 2_000],
    [
      'SSML without its tags, with its breaks',
      { Text: `<speak>${'x'.repeat(15)}<break time="1500ms"/></speak>`, TextType: 'ssml' },
      2_500,
    ],
  ])('takes the time of %s', async (_, parameters, durationMs) => {
    const { scene } = await run('Speak', parameters);
    expect(scene.trace.find(entry => entry.kind === 'played')).toMatchObject({ durationMs });
  });
});

describe('PlayAudio', () => {
  test('takes as long as the file, times Repeat', async () => {
    const { scene } = await run('PlayAudio', { AudioSource: hello, Repeat: '3' });
    const ended = scene.trace.find(entry => entry.kind === 'action-ended');
    const started = scene.trace.find(entry => entry.kind === 'action-started');
    expect((ended?.atMs ?? 0) - (started?.atMs ?? 0)).toBe(6_000);
    expect(scene.handsets.get(ANSWERS).heard).toHaveLength(3);
  });

  test('is ended by a terminator as a success that does not name it, and by no other key', async () => {
    const parameters = { AudioSource: hello, Repeat: 100, PlaybackTerminators: ['#'] };
    const scene = new Scene(script({ NEW_INBOUND_CALL: actions(['PlayAudio', parameters]) }));
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(3);
    scene.handsets.press(ANSWERS, '1');
    await scene.advance(3);
    expect(scene.told).toHaveLength(1);
    scene.handsets.press(ANSWERS, '#');
    await scene.advance(1);
    expect(scene.told[1]).toBe('2 ACTION_SUCCESSFUL PlayAudio A=Connected');
    await scene.advance(500);
    expect(scene.told).toHaveLength(2);
  });

  test('warns of audio that is not 8 kHz mono, and plays it', async () => {
    const { scene, type } = await run(
      'PlayAudio',
      { AudioSource: audio('cd.wav') },
      { audio: { 'cd.wav': { bytes: wavOf(1, { sampleRate: 44_100, channels: 2 }) } } },
    );
    expect(type).toBe('ACTION_SUCCESSFUL');
    expect(scene.messages[0]).toContain('44100 Hz with 2 channels');
  });
});

describe('SendDigits', () => {
  test('is heard, and takes its tones and half a second a comma', async () => {
    const { scene } = await run('SendDigits', { Digits: '1,,2#', ToneDurationInMilliseconds: 100 });
    expect(scene.handsets.get(ANSWERS).heard).toEqual([{ kind: 'digits', digits: '12#' }]);
    const [started, ended] = scene.trace.filter(entry => entry.kind.startsWith('action-'));
    expect((ended?.atMs ?? 0) - (started?.atMs ?? 0)).toBe(1_300);
  });
});

describe.each([
  [
    'SpeakAndGetDigits',
    { SpeechParameters: { Text: 'x'.repeat(60) }, FailureSpeechParameters: { Text: 'Sorry.' } },
  ],
  ['PlayAudioAndGetDigits', { AudioSource: audio('long.wav'), FailureAudioSource: audio('sorry.wav') }],
])('%s', (type, prompts) => {
  const settings = { audio: { 'long.wav': { bytes: wavOf(4) } } };
  const gather = async (parameters: object, presses: [number, string][]) => {
    const scene = new Scene(
      script({
        NEW_INBOUND_CALL: actions([type, { ...prompts, RepeatDurationInMilliseconds: 5_000, ...parameters }]),
      }),
      settings,
    );
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    let nowS = 0;
    for (const [atS, digits] of presses) {
      await scene.advance(atS - nowS);
      nowS = atS;
      scene.handsets.press(ANSWERS, digits);
    }
    await scene.advance(60);
    return scene;
  };
  const prompt = expect.objectContaining(
    type === 'SpeakAndGetDigits' ? { text: 'x'.repeat(60) } : { key: 'long.wav' },
  );
  const sorry = expect.objectContaining(
    type === 'SpeakAndGetDigits' ? { text: 'Sorry.' } : { key: 'sorry.wav' },
  );

  test('takes digits during the prompt, and ends at the terminator, which is not among them', async () => {
    const scene = await gather({ MinNumberOfDigits: 1 }, [[1, '1234#']]);
    expect(scene.told[1]).toBe(`2 ACTION_SUCCESSFUL ${type} "1234" A=Connected`);
    const ended = scene.trace.find(entry => entry.kind === 'action-ended');
    expect((ended?.atMs ?? 0) - scene.clock.now()).toBe(-60_000);
  });

  test('ends at MaxNumberOfDigits, which may be MinNumberOfDigits', async () => {
    const scene = await gather({ MinNumberOfDigits: 2, MaxNumberOfDigits: 2 }, [[1, '12']]);
    expect(scene.told[1]).toContain('ACTION_SUCCESSFUL');
    expect(scene.events[1]?.ActionData?.ReceivedDigits).toBe('12');
  });

  test('ends when the time between digits is over', async () => {
    const scene = await gather({ MinNumberOfDigits: 1, InBetweenDigitsDurationInMilliseconds: 1_000 }, [
      [1, '1'],
      [1.9, '2'],
      [2.8, '3'],
    ]);
    expect(scene.events[1]?.ActionData?.ReceivedDigits).toBe('123');
  });

  test('plays the failure prompt and tries again, Repeat times in all', async () => {
    const scene = await gather({ MinNumberOfDigits: 1, Repeat: 2 }, []);
    expect(scene.handsets.get(ANSWERS).heard).toEqual([prompt, sorry, prompt, sorry]);
    expect(scene.told[1]).toBe(`2 ACTION_FAILED ${type} InvalidDigitsReceived A=Connected`);
  });

  test('takes valid digits in a later attempt', async () => {
    const scene = await gather({ InputDigitsRegex: '^[12]$', MaxNumberOfDigits: 1, Repeat: 3 }, [
      [1, '9'],
      [4, '2'],
    ]);
    expect(scene.events[1]?.ActionData?.ReceivedDigits).toBe('2');
  });

  test('fails first, then hangs up, when its caller goes', async () => {
    const scene = new Scene(
      script({ NEW_INBOUND_CALL: actions([type, { ...prompts, RepeatDurationInMilliseconds: 5_000 }]) }),
      settings,
    );
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(1);
    scene.handsets.hangUp(ANSWERS);
    await scene.advance(1);
    expect(scene.told.slice(1)).toEqual([
      `2 ACTION_FAILED ${type} InvalidDigitsReceived A=Disconnected`,
      '3 HANGUP (A,0) A=Disconnected',
    ]);
  });

  test('does not play the failure prompt after the last attempt when told so', async () => {
    const scene = new Scene(
      script({
        NEW_INBOUND_CALL: actions([
          type,
          { ...prompts, MinNumberOfDigits: 1, RepeatDurationInMilliseconds: 500 },
        ]),
      }),
      { ...settings, options: { failureAudioAfterLastAttempt: false } },
    );
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(30);
    expect(scene.handsets.get(ANSWERS).heard).toEqual([prompt]);
  });
});

describe('CallAndBridge', () => {
  test('gives up after CallTimeoutSeconds', async () => {
    const scene = new Scene(
      script({ NEW_INBOUND_CALL: actions(pstn(NEVER_ANSWERS, { CallTimeoutSeconds: 10 })) }),
    );
    scene.handsets.dial(ANSWERS, ACCOUNT_NUMBER);
    await scene.advance(9.9);
    expect(scene.told).toHaveLength(1);
    await scene.advance(0.2);
    expect(scene.told[1]).toBe('2 ACTION_FAILED CallAndBridge CallNotAnswered A=Connected');
    expect(scene.handsets.get(NEVER_ANSWERS).state).toBe('idle');
  });

  test('reports the submitted parameters and the CallId of LEG-A', async () => {
    const { scene, data } = await run('CallAndBridge', bridge({}));
    const legA = scene.events[0]?.CallDetails.Participants[0]?.CallId;
    expect(data?.Parameters).toEqual({ ...bridge({}), CallId: legA });
  });

  test('warns of an endpoint Uri that older pages do not allow', async () => {
    const { scene } = await run(
      'CallAndBridge',
      bridge(to({ BridgeEndpointType: 'AWS', Arn: VC, Uri: 'x'.repeat(31) })),
    );
    expect(scene.messages[0]).toContain('31 characters');
  });

  test('SIP headers inside the endpoint are dropped where unknown parameters are ignored', async () => {
    const { type } = await run(
      'CallAndBridge',
      bridge(to({ BridgeEndpointType: 'PSTN', Uri: ANSWERS_LATE, SipHeaders: { Subject: 'x' } })),
      { options: { unknownParameters: 'ignore' } },
    );
    expect(type).toBe('ACTION_SUCCESSFUL');
  });
});
