/** SignalWire: `<Sip>` of the Compatibility API, and the `<Dial>` around it. */
import { expect } from 'vitest';
import type { CallbackEvent } from '../../core/call.ts';
import type { DialFacts, ScreeningFacts } from '../../core/document.ts';
import type { SipTarget } from '../../core/sip-target.ts';
import type { Dial } from '../../core/verb.ts';
import { ask, callback } from '../../dialects/signalwire/callbacks.ts';
import { ACCOUNT, aCall, anEvent, CALL, NOW_MS, TOKEN } from '../dialects/signalwire/fixtures.ts';
import { notesOf, read, refusalOf, verbOf } from '../dialects/signalwire/markup/reading.ts';
import { differs, type Platform, refused, works } from '../support/compatibility.ts';

const ALICE = 'sip:alice@example.com';

const dialOf = (attributes: string, content = `<Sip>${ALICE}</Sip>`) =>
  verbOf(`<Dial ${attributes}>${content}</Dial>`) as Dial;
const sip = (attributes: string, address = ALICE) =>
  dialOf('', `<Sip ${attributes}>${address}</Sip>`).targets[0] as SipTarget;
const refusedFor = (attributes: string, content = `<Sip>${ALICE}</Sip>`) =>
  refusalOf(() => read(`<Dial ${attributes}>${content}</Dial>`)).code;

const asked = {
  authToken: TOKEN,
  accountSid: ACCOUNT,
  nonce: '1'.repeat(20),
  nowMs: NOW_MS,
  target: { url: 'https://example.com/here', method: 'POST' },
  purpose: 'first',
} as const;
const received = ({ body }: { body?: string }) => Object.fromEntries(new URLSearchParams(body));

/** What the action is told of a Dial whose INVITE was answered so. */
function toldOfDial(): Record<string, string> {
  const facts: DialFacts = {
    kind: 'dial',
    outcome: 'completed',
    callSid: `${CALL.slice(0, -1)}1`,
    durationSeconds: 9,
    bridged: true,
    sip: { callId: 'a84b4c76e66710@edge', code: 200, headers: [['X-Agent', '7']] },
  };
  return received(ask({ ...asked, call: aCall(), facts }));
}

/** …and the document for its callee. */
function toldOfScreening(): Record<string, string> {
  const facts: ScreeningFacts = {
    kind: 'screening',
    sipCallId: 'a84b4c76e66710@edge',
    headers: [['X-Agent', '7']],
  };
  return received(ask({ ...asked, call: aCall({ direction: 'outbound-dial' }), facts }));
}

const status = (event: CallbackEvent, call: Parameters<typeof anEvent>[0] = {}) =>
  received(
    callback({
      ...asked,
      call: aCall(),
      root: aCall(),
      event: anEvent({ ...call, callback: { subscribed: true, event, sequenceNumber: 4 } }),
    }),
  );

/** One field of the status callback as the platform's page prints it. */
const field = (name: string, value: string | RegExp) =>
  works(() => {
    expect(status('completed')[name]).toEqual(
      typeof value === 'string' ? value : expect.stringMatching(value),
    );
  });

const COUNT = /^\d+$/;

/** Of an attribute that has no effect, and says so by a warning; nothing else of the Dial changes. */
const ignored = (attribute: string, code?: number) => () => {
  expect(dialOf(attribute)).toEqual(dialOf(''));
  expect(notesOf(`<Dial ${attribute}><Sip>${ALICE}</Sip></Dial>`)).toEqual(code === undefined ? [] : [code]);
};
const NOT_RECORDED = 'has no effect, since nothing is recorded';

export const signalwire: Platform = {
  title: 'SignalWire',
  source:
    'Its page "Sip" of the cXML reference, and "Dial", whose attributes hold for `<Sip>`. [The dialect](dialects/signalwire.md).',
  claims: {
    '`<Sip>`: attributes': {
      codecs: works(() => {
        expect(sip('codecs="OPUS,G722,PCMA"').codecs).toEqual(['OPUS', 'G722', 'PCMA']);
        expect(sip('').codecs).toEqual(['PCMU', 'PCMA']);
      }),
      method: works(() => {
        expect(sip('method="GET" url="/screen"').screening?.document?.method).toBe('GET');
        expect(sip('url="/screen"').screening?.document?.method).toBe('POST');
      }),
      password: works(() => {
        expect(sip('username="admin" password="1234"').credentials?.password).toEqual({ clear: '1234' });
      }),
      sessionTimeout: works(() => {
        expect(sip('sessionTimeout="300"').sessionTimeoutSeconds).toBe(300);
        expect([sip('').sessionTimeoutSeconds, sip('sessionTimeout="0"').sessionTimeoutSeconds]).toEqual([
          600, 600,
        ]);
      }),
      statusCallback: works(() => {
        expect(sip('statusCallback="https://example.com/s"').callback).toEqual({
          url: 'https://example.com/s',
          method: 'POST',
          events: ['completed'],
        });
      }),
      statusCallbackEvent: works(() => {
        const { callback } = sip('statusCallback="/s" statusCallbackEvent="ringing completed"');
        expect(callback?.events).toEqual(['ringing', 'completed']);
      }),
      statusCallbackMethod: works(() => {
        expect(sip('statusCallback="/s" statusCallbackMethod="GET"').callback?.method).toBe('GET');
      }),
      url: works(() => {
        expect(sip('url="https://example.com/screen"').screening?.document?.url).toBe(
          'https://example.com/screen',
        );
      }),
      username: works(() => {
        expect(sip('username="admin" password="1234"').credentials?.username).toBe('admin');
      }),
    },
    '`<Sip>`: the address': {
      'sip:': works(() => {
        expect(sip('', 'sip:alice@example.com:5070').uri).toBe('sip:alice@example.com:5070');
      }),
      'TLS by default': works(() => {
        expect(sip('').transport).toBe('tls');
      }),
      ';transport=udp': works(() => {
        expect(sip('', `${ALICE};transport=udp`).transport).toBe('udp');
      }),
      ';transport=tcp': works(() => {
        expect(sip('', `${ALICE};transport=tcp`).transport).toBe('tcp');
      }),
      '?customheader=foo&othercustomheader=bar': works(() => {
        const { headers } = sip('', `${ALICE}?customheader=foo&amp;othercustomheader=bar`);
        expect(headers).toEqual(
          expect.arrayContaining([
            ['X-customheader', 'foo'],
            ['X-othercustomheader', 'bar'],
          ]),
        );
      }),
      'up to 10': works(() => {
        const sips = (count: number) => `<Sip>${ALICE}</Sip>`.repeat(count);
        expect(dialOf('', sips(10))).toMatchObject({ targets: { length: 10 }, order: 'together' });
        expect(refusedFor('', sips(11))).toBe(13250);
      }),
      'another noun beside it': refused('13215: the document ends, and its fallback is asked', () => {
        expect(refusedFor('', `<Sip>${ALICE}</Sip><Number>+12025550100</Number>`)).toBe(13215);
      }),
    },
    '`<Dial>` around `<Sip>`': {
      action: works(() => {
        expect(dialOf('action="https://example.com/after"').action?.url).toBe('https://example.com/after');
      }),
      method: works(() => {
        expect(dialOf('action="/after" method="GET"').action?.method).toBe('GET');
      }),
      answerOnBridge: works(() => {
        const answersFirst = (attributes: string) => dialOf(attributes).answerFirst === true;
        expect(['', 'answerOnBridge="false"', 'answerOnBridge="true"'].map(answersFirst)).toEqual([
          true,
          true,
          false,
        ]);
      }),
      callerId: works(() => {
        expect(dialOf('callerId="alice_-+.,9"').callerId).toBe('alice_-+.,9');
      }),
      callerName: works(() => {
        expect(dialOf('callerName="Alice"').callerName).toBe('Alice');
      }),
      hangupOnStar: works(() => {
        expect(dialOf('hangupOnStar="true"').hangupOnStar).toBe(true);
      }),
      record: differs(
        'the call goes on unrecorded, with warning 13217',
        ignored('record="record-from-answer"', 13217),
      ),
      recordingTrack: differs(NOT_RECORDED, ignored('recordingTrack="inbound"')),
      recordingStatusCallback: differs(NOT_RECORDED, ignored('recordingStatusCallback="/r"')),
      recordingStatusCallbackMethod: differs(NOT_RECORDED, ignored('recordingStatusCallbackMethod="GET"')),
      recordingStatusCallbackEvent: differs(
        NOT_RECORDED,
        ignored('recordingStatusCallbackEvent="completed"'),
      ),
      recordingStorageUrl: differs(NOT_RECORDED, ignored('recordingStorageUrl="https://example.com/r"')),
      recordingStorageUrlMethod: differs(NOT_RECORDED, ignored('recordingStorageUrlMethod="PUT"')),
      ringTone: works(() => {
        const heard = ['ringTone="uk"', '', 'answerOnBridge="true"'].map(each => dialOf(each).ringback);
        expect(heard).toEqual([{ ringTone: 'uk' }, { ringTone: 'us' }, undefined]);
      }),
      sequential: works(() => {
        expect([dialOf('sequential="true"').order, dialOf('').order]).toEqual(['in-turn', 'together']);
      }),
      timeLimit: works(() => {
        expect(dialOf('timeLimit="60"').timeLimitSeconds).toBe(60);
      }),
      timeout: works(() => {
        expect([dialOf('timeout="10"').timeoutSeconds, dialOf('').timeoutSeconds]).toEqual([10, 30]);
      }),
      trim: differs(NOT_RECORDED, ignored('trim="trim-silence"')),
    },
    'The INVITE': {
      CallSid: differs('the platform does not name its header: `X-Twilio-CallSid`', () => {
        expect(sip('').identifiedBy?.callSid).toBe('X-Twilio-CallSid');
      }),
      AccountSid: differs('the platform does not name its header: `X-Twilio-AccountSid`', () => {
        expect(sip('').identifiedBy?.accountSid).toBe('X-Twilio-AccountSid');
      }),
      ApiVersion: differs('the platform does not name its header: `X-Twilio-ApiVersion`', () => {
        expect(sip('').headers).toContainEqual(['X-Twilio-ApiVersion', '2010-04-01']);
      }),
    },
    'The request to `action`': {
      DialSipCallId: works(() => {
        expect(toldOfDial()['DialSipCallId']).toBe('a84b4c76e66710@edge');
      }),
      DialSipHeader_: works(() => {
        expect(toldOfDial()['DialSipHeader_X-Agent']).toBe('7');
      }),
      DialSipResponseCode: works(() => {
        expect(toldOfDial()['DialSipResponseCode']).toBe('200');
      }),
    },
    'The request to the `url` of `<Sip>`': {
      SipCallId: works(() => {
        expect(toldOfScreening()['SipCallId']).toBe('a84b4c76e66710@edge');
      }),
      SipHeader_: works(() => {
        expect(toldOfScreening()['SipHeader_X-Agent']).toBe('7');
      }),
    },
    'The words of `statusCallbackEvent`': {
      initiated: works(() => {
        expect(status('initiated')['CallStatus']).toBe('initiated');
      }),
      ringing: works(() => {
        expect(status('ringing')['CallStatus']).toBe('ringing');
      }),
      answered: works(() => {
        expect(sip('statusCallback="/s" statusCallbackEvent="answered"').callback?.events).toEqual([
          'answered',
          'in-progress',
        ]);
        expect([status('answered')['CallStatus'], status('in-progress')['CallStatus']]).toEqual([
          'answered',
          'in-progress',
        ]);
      }),
      completed: works(() => {
        const words = (['busy', 'canceled', 'completed', 'failed', 'no-answer'] as const).map(
          word => status('completed', { call: { status: word } })['CallStatus'],
        );
        expect(words).toEqual(['busy', 'canceled', 'completed', 'failed', 'no-answer']);
      }),
    },
    'The request to `statusCallback`': {
      AccountSid: differs('spelled `AC` and 32 hex digits; the same 128 bits as the UUID', () => {
        expect(status('completed')['AccountSid']).toBe(ACCOUNT);
      }),
      ApiVersion: field('ApiVersion', '2010-04-01'),
      AudioInAveragePtime: field('AudioInAveragePtime', COUNT),
      AudioInDtmfPacketCount: field('AudioInDtmfPacketCount', COUNT),
      AudioInFlushPacketCount: field('AudioInFlushPacketCount', COUNT),
      AudioInJitterMaxVariance: field('AudioInJitterMaxVariance', COUNT),
      AudioInJitterMinVariance: field('AudioInJitterMinVariance', COUNT),
      AudioInLargestJbSize: field('AudioInLargestJbSize', COUNT),
      AudioInMos: field('AudioInMos', /^[1-5]\.\d+$/),
      AudioInMediaPacketCount: field('AudioInMediaPacketCount', COUNT),
      AudioInSkipPacketCount: field('AudioInSkipPacketCount', COUNT),
      AudioOutDtmfPacketCount: field('AudioOutDtmfPacketCount', COUNT),
      AudioOutMediaPacketCount: field('AudioOutMediaPacketCount', COUNT),
      CallbackSource: field('CallbackSource', 'call-progress-events'),
      CallSid: differs('spelled `CA` and 32 hex digits; the same 128 bits as the UUID', () => {
        expect(status('completed')['CallSid']).toBe(CALL);
      }),
      CallStatus: field('CallStatus', 'completed'),
      Direction: field('Direction', 'outbound-api'),
      From: field('From', '+15551234567'),
      SequenceNumber: field('SequenceNumber', '4'),
      Timestamp: field('Timestamp', 'Thu, 04 Apr 2024 18:32:15 +0000'),
      To: field('To', '+15559876543'),
    },
  },
};
