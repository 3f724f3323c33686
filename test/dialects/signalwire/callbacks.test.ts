import { RestClient } from '@signalwire/compatibility-api';
import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import type { Call, CallbackEvent, CallStatus } from '../../../core/call.ts';
import type { WebRequest } from '../../../dialects/dialect.ts';
import { ask, callback } from '../../../dialects/signalwire/callbacks.ts';
import { signedUrl } from '../../../dialects/signalwire/signature.ts';
import { eventsOf } from '../../../dialects/signalwire/status-words.ts';
import { ACCOUNT, aCall, anEvent, CALL, NOW_MS, TOKEN } from './fixtures.ts';

const target = { url: 'https://example.com/status', method: 'POST' } as const;
const asked = {
  authToken: TOKEN,
  accountSid: ACCOUNT,
  nonce: '1'.repeat(20),
  nowMs: NOW_MS + 60_000,
  target,
  purpose: 'first',
  call: aCall(),
  root: aCall(),
} as const;

/** The fields as a server reads them off the wire. */
const received = ({ url, body }: WebRequest) =>
  Object.fromEntries(new URLSearchParams(body ?? new URL(url).search));

const expectValidSignatures = (request: WebRequest) => {
  const seen = signedUrl(request.url);
  const fields = request.body === undefined ? {} : received(request);
  const { 'x-signalwire-signature': ofSignalWire = '', 'x-twilio-signature': ofTwilio = '' } =
    request.headers;
  expect(RestClient.validateRequest(TOKEN, ofSignalWire, seen, fields)).toBe(true);
  expect(twilio.validateRequest(TOKEN, ofTwilio, seen, fields)).toBe(true);
};

describe('A status callback', () => {
  it('says everything that the platform’s page lists, field for field', () => {
    const fields = received(callback({ ...asked, event: anEvent() }));

    expect(fields).toMatchObject({
      AccountSid: ACCOUNT,
      ApiVersion: '2010-04-01',
      AudioInAveragePtime: '0',
      AudioInDtmfPacketCount: '0',
      AudioInFlushPacketCount: '0',
      AudioInJitterMaxVariance: '0',
      AudioInJitterMinVariance: '0',
      AudioInLargestJbSize: '0',
      AudioInMos: '4.50',
      AudioInMediaPacketCount: '0',
      AudioInSkipPacketCount: '0',
      AudioOutDtmfPacketCount: '0',
      AudioOutMediaPacketCount: '0',
      CallbackSource: 'call-progress-events',
      CallSid: CALL,
      CallStatus: 'completed',
      Direction: 'outbound-api',
      From: '+15551234567',
      SequenceNumber: '4',
      Timestamp: 'Thu, 04 Apr 2024 18:32:15 +0000',
      To: '+15559876543',
    });
  });

  it('tells what was measured of the leg, in whole packets and milliseconds', () => {
    const media = {
      packetsReceived: 1842,
      packetsSent: 1840,
      keyPacketsReceived: 6,
      keyPacketsSent: 12,
      packetsLost: 1,
      packetsLate: 2,
      averagePacketMs: 20.4,
      jitterMinMs: 0.6,
      jitterMaxMs: 7.9,
      largestJitterBufferPackets: 4,
      mos: 4.304,
    };
    expect(received(callback({ ...asked, event: anEvent({ call: { media } }) }))).toMatchObject({
      AudioInAveragePtime: '20',
      AudioInDtmfPacketCount: '6',
      AudioInFlushPacketCount: '2',
      AudioInJitterMaxVariance: '8',
      AudioInJitterMinVariance: '1',
      AudioInLargestJbSize: '4',
      AudioInMos: '4.30',
      AudioInMediaPacketCount: '1842',
      AudioInSkipPacketCount: '1',
      AudioOutDtmfPacketCount: '12',
      AudioOutMediaPacketCount: '1840',
    });
  });

  it('adds what Twilio sends besides, and nothing else', () => {
    const fields = received(callback({ ...asked, event: anEvent({ call: { sipCode: 200 } }) }));

    expect(fields).toMatchObject({ Caller: '+15551234567', Called: '+15559876543', SipResponseCode: '200' });
    expect(Object.keys(fields)).toHaveLength(21 + 2 + 2 + 2);
  });

  it.each<[CallbackEvent, CallStatus, string]>([
    ['initiated', 'initiated', 'initiated'],
    ['ringing', 'ringing', 'ringing'],
    ['answered', 'in-progress', 'answered'],
    ['in-progress', 'in-progress', 'in-progress'],
    ['completed', 'completed', 'completed'],
    ['completed', 'busy', 'busy'],
    ['completed', 'no-answer', 'no-answer'],
    ['completed', 'failed', 'failed'],
    ['completed', 'canceled', 'canceled'],
  ])('of %s, for a call that is %s, says CallStatus=%s', (event, status, word) => {
    const said = received(
      callback({
        ...asked,
        event: anEvent({ call: { status }, callback: { subscribed: true, event, sequenceNumber: 0 } }),
      }),
    );
    expect(said['CallStatus']).toBe(word);
    expect('CallDuration' in said).toBe(event === 'completed');
  });

  it('tells the talk time in seconds, and in minutes begun, once the call is over', () => {
    const durations = [0, 1, 60, 61].map(durationSeconds => {
      const { CallDuration, Duration } = received(
        callback({ ...asked, event: anEvent({ call: { durationSeconds } }) }),
      );
      return [CallDuration, Duration];
    });
    expect(durations).toEqual([
      ['0', '0'],
      ['1', '1'],
      ['60', '1'],
      ['61', '2'],
    ]);
  });

  it('names the SIP response that ended the call, where there was one', () => {
    const of = (sipCode: number) => received(callback({ ...asked, event: anEvent({ call: { sipCode } }) }));
    expect(of(486)['SipResultCode']).toBe('486');
    expect(of(0)).not.toHaveProperty('SipResultCode');
  });

  it('names the parent of a dialled call', () => {
    const said = received(
      callback({ ...asked, event: anEvent({ call: { parentSid: CALL, direction: 'outbound-dial' } }) }),
    );
    expect(said).toMatchObject({ ParentCallSid: CALL, Direction: 'outbound-dial' });
  });

  it('is signed for both vendors’ validators, by POST and by GET', () => {
    for (const method of ['POST', 'GET'] as const) {
      const request = callback({
        ...asked,
        target: { url: 'https://ann:pw@EXAMPLE.com:8443/s?mine=1#tt=5000', method },
        event: anEvent(),
      });
      expectValidSignatures(request);
      expect(request.method).toBe(method);
      expect(request.url.startsWith('https://ann:pw@example.com:8443/s?mine=1')).toBe(true);
      expect(request.url.endsWith('#tt=5000')).toBe(true);
    }
  });

  it('escapes the plus of numbers and dates, so that no receiver takes it for a space', () => {
    const { body, headers } = callback({ ...asked, event: anEvent() });
    expect(body).toContain('From=%2B15551234567');
    expect(body).toContain('%2B0000');
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
  });

  it('carries one token through all its retries', () => {
    const [first, again] = [NOW_MS, NOW_MS + 9_000].map(nowMs =>
      callback({ ...asked, nowMs, event: anEvent() }),
    );
    expect(first?.headers['i-twilio-idempotency-token']).toBe(`${CALL}-4`);
    expect(again).toEqual(first);
  });
});

describe('Events that are asked for', () => {
  it.each([
    [['completed'], ['completed']],
    [['answered'], ['answered', 'in-progress']],
    [
      ['completed', 'answered', 'ringing', 'initiated'],
      ['initiated', 'ringing', 'answered', 'in-progress', 'completed'],
    ],
    [['ringing_queued', 'constructor', ''], []],
  ])('%j are %j', (words, events) => {
    expect(eventsOf(words)).toEqual(events);
  });
});

describe('A document request', () => {
  it('says the standard parameters', () => {
    expect(received(ask({ ...asked, call: aCall() }))).toEqual({
      AccountSid: ACCOUNT,
      ApiVersion: '2010-04-01',
      CallSid: CALL,
      CallStatus: 'in-progress',
      Direction: 'outbound-api',
      From: '+12025550110',
      To: '+12025550100',
      Caller: '+12025550110',
      Called: '+12025550100',
    });
  });

  it('says ringing for a call that comes in', () => {
    const { CallStatus, Direction } = received(
      ask({ ...asked, call: aCall({ status: 'ringing', direction: 'inbound' }) }),
    );
    expect([CallStatus, Direction]).toEqual(['ringing', 'inbound']);
  });

  it('tells of a call that came in over SIP what its INVITE carried along', () => {
    const sip: NonNullable<Call['sip']> = {
      callId: 'a84b4c76e66710@phone',
      to: '<sip:+12025550110@sip.example.com>',
      headers: [
        ['X-Case', '42'],
        ['User-to-User', '56a390f3;encoding=hex'],
        ['X-Case', '43'],
      ],
    };
    const fields = received(ask({ ...asked, call: aCall({ direction: 'inbound', sip }) }));
    expect(fields).toMatchObject({
      SipCallId: 'a84b4c76e66710@phone',
      'SipHeader_X-Case': '43',
      'SipHeader_User-to-User': '56a390f3;encoding=hex',
    });
  });

  it('tells a Dial’s action how the Dial ended', () => {
    const facts = { kind: 'dial', outcome: 'no-answer', callSid: `${CALL.slice(0, -1)}1` } as const;
    expect(
      received(ask({ ...asked, call: aCall(), facts: { ...facts, durationSeconds: 0, bridged: false } })),
    ).toMatchObject({
      DialCallStatus: 'no-answer',
      DialCallSid: facts.callSid,
      DialCallDuration: '0',
      DialBridged: 'false',
    });
  });

  it('tells a fallback what went wrong, and where', () => {
    const failure = { code: 11217, url: 'https://example.com/voice' };
    expect(received(ask({ ...asked, call: aCall(), failure }))).toMatchObject({
      ErrorCode: '11217',
      ErrorUrl: 'https://example.com/voice',
    });
  });

  it('is signed for both vendors’ validators, by POST and by GET', () => {
    for (const method of ['POST', 'GET'] as const) {
      expectValidSignatures(
        ask({ ...asked, target: { url: 'http://127.0.0.1:8080', method }, call: aCall() }),
      );
    }
  });

  it('by GET keeps the query that the URL has, and appends to it', () => {
    const { url, body } = ask({
      ...asked,
      target: { url: 'https://example.com/v?a=1', method: 'GET' },
      call: aCall(),
    });
    expect(url.startsWith('https://example.com/v?a=1&AccountSid=AC')).toBe(true);
    expect(body).toBeUndefined();
  });
});
