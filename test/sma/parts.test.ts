/** The small parts that stand alone. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSsml } from '../../sma/media/ssml.ts';
import { readWav } from '../../sma/media/wav.ts';
import { DEFAULT_OPTIONS, OptionError, parseOption, resolveOptions, SMA_OPTIONS } from '../../sma/options.ts';
import { randomUuid, seededRandom, shuffled } from '../../sma/random.ts';
import { createSmaRuntime } from '../../sma/runtime.ts';
import { isPassedHeader, refusedHeader, shownHeaders, wireHeaders } from '../../sma/sip-headers.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { ACCOUNT_NUMBER, actions, Scene, SMA_ID, script } from './support/scene.ts';
import { wavOf } from './support/wav.ts';

describe('WAV', () => {
  test.each([
    [wavOf(2), { durationMs: 2_000, sampleRate: 8_000, channels: 1 }],
    [wavOf(0.5, { sampleRate: 44_100, channels: 2 }), { durationMs: 500, sampleRate: 44_100, channels: 2 }],
  ])('%# is read', (bytes, facts) => expect(readWav(bytes)).toMatchObject(facts));

  test('a chunk before the samples is passed over, padded to an even length', () => {
    const plain = wavOf(1);
    const list = Buffer.from('LIST\x03\x00\x00\x00abc\x00', 'latin1');
    expect(readWav(Buffer.concat([plain.subarray(0, 36), list, plain.subarray(36)]))?.durationMs).toBe(1_000);
  });

  test('a stream of unknown length lasts as long as what is there', () => {
    const bytes = Buffer.from(wavOf(1));
    bytes.writeUInt32LE(0xffffffff, 40);
    expect(readWav(bytes)?.durationMs).toBe(1_000);
    bytes.writeUInt32LE(0, 40);
    expect(readWav(bytes)?.durationMs).toBe(1_000);
  });

  test.each([
    ['A-law', wavOf(1, { format: 6 })],
    ['sound without a channel', wavOf(1, { channels: 0 })],
    ['sound at no rate', wavOf(1, { sampleRate: 1 })],
    ['nothing', new Uint8Array()],
    ['something else', Buffer.from('ID3 this is no wave file at all')],
    ['a file without samples', wavOf(1).subarray(0, 36)],
    ['a file that breaks off', wavOf(1).subarray(0, 30)],
  ])('%s is none', (_, bytes) => expect(readWav(bytes)).toBeUndefined());

  test('no bytes make it throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(79), (noise, at) => {
        const bytes = Buffer.from(wavOf(0.01));
        bytes.set(noise.subarray(0, bytes.length - at), at);
        readWav(bytes);
        readWav(noise);
      }),
    );
  });
});

describe('SSML', () => {
  test.each([
    ['<speak>Hello</speak>', { text: 'Hello', breaksMs: 0 }],
    ['<speak>a<break/>b</speak>', { text: 'ab', breaksMs: 400 }],
    ['<speak>a<break time="2s"/><break time=\'250ms\'/></speak>', { text: 'a', breaksMs: 2_250 }],
    ['<speak><break strength="x-strong"/>a</speak>', { text: 'a', breaksMs: 1_200 }],
    [
      '<speak><prosody rate="slow">1 &lt; 2 &amp; 3</prosody><!-- no --></speak>',
      { text: '1 < 2 & 3', breaksMs: 0 },
    ],
    ['<speak/>', { text: '', breaksMs: 0 }],
  ])('%s is read', (ssml, read) => expect(readSsml(ssml)).toEqual(read));

  test.each([
    'Hello',
    '<p>Hello</p>',
    '<speak>Hello',
    '<speak>Hello</speek>',
    '<speak><b>Hello</speak></b>',
    '<speak>a & b</speak>',
    '<speak>a < b</speak>',
    '<speak>a</speak><speak>b</speak>',
    '<speak>a</speak>b',
    '<speak/>b',
    '<speak rate=slow>a</speak>',
    '',
  ])('%s is refused', ssml => expect(readSsml(ssml)).toBeUndefined());
});

describe('SIP headers', () => {
  test.each([
    ['X-Trace', true],
    ['x-trace', true],
    ['User-to-User', true],
    ['diversion', true],
    ['X-Cp-Route', true],
    ['Subject', false],
    ['X-Amzn-TargetArn', false],
    ['X-VINE-1', false],
    ['X-VoiceConnector-ID', false],
    ['X-Voicemail', false],
    ['X-VC-Route', false],
    ['X-Canary', false],
    ['X-A B', false],
    ['X-A:', false],
  ])('%s: %s', (name, isPassed) => expect(isPassedHeader(name)).toBe(isPassed));

  test('are Xxx-Yyy on the wire', () => {
    expect(wireHeaders({ 'X-LexInfo': '1', 'user-to-user': '2' })).toEqual({
      'X-Lexinfo': '1',
      'User-To-User': '2',
    });
  });

  test('of an INVITE are shown as received, and only those that pass', () => {
    expect(shownHeaders({ 'X-CallId': '1', Contact: 'sip:a@b', 'X-Amzn-Id': '3' })).toEqual({
      'X-CallId': '1',
    });
    expect(shownHeaders({ Contact: 'sip:a@b' })).toBeUndefined();
  });

  test('of an inbound call are in every event of it', async () => {
    const scene = new Scene(script({ NEW_INBOUND_CALL: actions(['Hangup']) }));
    scene.runtime.inbound(
      { from: '+12065550100', to: ACCOUNT_NUMBER, headers: { 'X-CallId': '1', Subject: 'x' } },
      { ring() {}, answer() {}, hangUp() {}, play() {}, stopPlaying() {}, sendDigits() {} },
    );
    await scene.advance(1);
    expect(scene.events.map(event => event.CallDetails.Participants[0]?.SipHeaders)).toEqual([
      { 'X-CallId': '1' },
      { 'X-CallId': '1' },
    ]);
  });

  test('the 21st is one too many', () => {
    const headers = Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`X-${at}`, 'v']));
    expect(refusedHeader(headers)).toBe('X-20');
    expect(refusedHeader(null)).toBeUndefined();
    expect(refusedHeader(['X-A'])).toBe('X-A');
  });
});

describe('options', () => {
  test('each has the default of the table', () => {
    expect(Object.keys(DEFAULT_OPTIONS)).toEqual(Object.keys(SMA_OPTIONS));
    expect(resolveOptions()).toEqual(DEFAULT_OPTIONS);
  });

  test.each([
    ['retryMode=none', { retryMode: 'none' }],
    ['unansweredLimitMs=5000', { unansweredLimitMs: 5_000 }],
    ['allowAnswer=true', { allowAnswer: true }],
    ['quotas=none', { quotas: 'none' }],
    ['quotas={"concurrentLegs":2}', { quotas: { concurrentLegs: 2 } }],
    ['unknownApplicationStatus=404', { unknownApplicationStatus: 404 }],
    ['digitsErrorType=A=B', { digitsErrorType: 'A=B' }],
  ])('%s is read', (text, option) => expect(parseOption(text)).toEqual(option));

  test.each([
    ['toString=1', /no option "toString"/],
    ['allowAnswer=1', /allowAnswer is true or false/],
    ['unansweredLimitMs=0', /a number above 0/],
    ['unansweredLimitMs=soon', /a number above 0/],
    ['digitsErrorType=1', /a word/],
    ['quotas=many', /"default", "none" or an object/],
    ['quotas={"legs":1}', /"default", "none" or an object/],
    ['quotas={x}', /not JSON/],
    ['=1', /name=value/],
  ])('%s is refused', (text, message) => {
    expect(() => parseOption(text)).toThrow(message);
    expect(() => parseOption(text)).toThrow(OptionError);
  });
});

describe('random', () => {
  test('the same seed gives the same ids and order, another seed others', () => {
    const drawn = (seed: number) => {
      const random = seededRandom(seed);
      return [randomUuid(random), ...shuffled([1, 2, 3, 4, 5, 6], random)];
    };
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  });
});

test('an application cannot be added twice, nor a number belong to two', () => {
  const runtime = createSmaRuntime({
    clock: new VirtualClock(),
    random: seededRandom(1),
    network: {
      dial: () => {
        throw new Error('not dialled');
      },
    },
    audio: async () => undefined,
    awsAccountId: '111122223333',
    region: 'us-east-1',
  });
  const invoke = async () => undefined;
  runtime.addApplication({ sipMediaApplicationId: SMA_ID, invoke, numbers: [ACCOUNT_NUMBER] });
  expect(() => runtime.addApplication({ sipMediaApplicationId: SMA_ID, invoke, numbers: [] })).toThrow(
    'before',
  );
  expect(() =>
    runtime.addApplication({ sipMediaApplicationId: 'other', invoke, numbers: [ACCOUNT_NUMBER.slice(1)] }),
  ).toThrow('another');
});
