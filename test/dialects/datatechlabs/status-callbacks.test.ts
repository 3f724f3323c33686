/** What a status callback says, how it is sent, and how its receiver knows that it is ours. */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Call, HttpMethod } from '../../../core/call.ts';
import type { CallEvent } from '../../../core/event.ts';
import { toUuid } from '../../../core/sid.ts';
import { datatechlabs } from '../../../dialects/datatechlabs/index.ts';
import {
  SIGNATURE_HEADER,
  SIGNATURE_TOLERANCE_SECONDS,
  sign,
  verify,
} from '../../../dialects/own-signature.ts';
import { CALLEE, dial, EngineCall, ROOT_SID, subscribed } from '../../support/engine-call.ts';
import { ACCOUNT_SID, OWN, TO_A } from './support.ts';

const AUTH_TOKEN = 'f00dcafe'.repeat(4);
const NOW_MS = Date.UTC(2026, 0, 1, 12, 0, 0, 750);
const HOOK = 'https://example.com/events?customer=7';
const ALL = subscribed('initiated', 'ringing', 'answered', 'completed');

const CALL = new EngineCall([]).session.calls[0] as Call;

/** Every event of a callback in which both parties answer. */
function events(): CallEvent[] {
  const call = new EngineCall(
    [dial({ afterwards: 'hangup', targets: [{ kind: 'number', number: CALLEE, callback: ALL }] })],
    { callback: ALL },
  );
  call.placed();
  call.rings();
  call.passes(3_000).answered();
  call.passes(2_000).calleeAnswers();
  call.passes(30_000).hangsUp('LEG-B');
  call.hangsUp('LEG-A');
  return call.events.filter(({ detail }) => detail.callback);
}

const callbackFor = (event: CallEvent, method: HttpMethod = 'POST', hook = HOOK) =>
  datatechlabs.callback({
    target: { url: hook, method },
    event,
    call: CALL,
    root: CALL,
    nonce: '1'.repeat(20),
    authToken: AUTH_TOKEN,
    accountSid: ACCOUNT_SID,
    nowMs: NOW_MS,
  });
const [first] = events() as [CallEvent];
const last = events().at(-1) as CallEvent;

describe('the status callbacks of a callback request', () => {
  it('say leg, event and state in the order in which things happened', () => {
    const told = events().map(event => {
      const { leg, event: word, state, sequence_number } = callbackFor(event).parameters;
      return [leg, sequence_number, word, state];
    });

    expect(told).toEqual([
      ['A', 0, 'initiated', 'calling'],
      ['A', 1, 'ringing', 'ringing'],
      ['A', 2, 'answered', 'answered'],
      ['B', 0, 'initiated', 'calling'],
      ['B', 1, 'answered', 'answered'],
      ['B', 2, 'completed', 'completed'],
      ['A', 3, 'completed', 'completed'],
    ]);
  });

  it('are JSON, with the request and the call that they are about', () => {
    const { method, url, headers, body } = callbackFor(last);

    expect([method, url, headers['content-type']]).toEqual(['POST', HOOK, 'application/json']);
    expect(JSON.parse(body ?? '')).toEqual({
      request_id: toUuid(ROOT_SID),
      call_id: toUuid(ROOT_SID),
      leg: 'A',
      event: 'completed',
      state: 'completed',
      to: TO_A,
      from: OWN,
      sequence_number: 3,
      timestamp: '2026-01-01T00:00:35.000Z',
      duration_seconds: 32,
    });
  });

  it('have the SIP code that ended a leg, where the voice service told it', () => {
    const call = new EngineCall([dial()], { callback: ALL });
    call.placed();
    call.hangsUp('LEG-A', 486);

    expect(callbackFor(call.events.at(-1) as CallEvent).parameters).toMatchObject({
      state: 'busy',
      sip_code: 486,
      duration_seconds: 0,
    });
  });

  it('are query parameters for GET, after those that the URL has', () => {
    const { url, body, headers, parameters } = callbackFor(first, 'GET');

    expect(body).toBeUndefined();
    expect(headers).not.toHaveProperty('content-type');
    expect(url).toMatch(/^https:\/\/example\.com\/events\?customer=7&request_id=[-0-9a-f]{36}&[^#]*$/);
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      customer: '7',
      ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)])),
    });
  });

  it('write a plus in a number so that no receiver takes it for a space', () => {
    expect(callbackFor(first, 'GET').url).toContain('to=%2B12025550100');
  });
});

describe('the signature of a status callback', () => {
  it.each(['GET', 'POST'] as const)('signs what is sent by %s', method => {
    const { headers, url, body = '' } = callbackFor(first, method);

    const isOurs = verify(headers[SIGNATURE_HEADER] ?? '', {
      authToken: AUTH_TOKEN,
      url,
      body,
      nowMs: NOW_MS,
    });

    expect(isOurs).toBe(true);
  });

  it('fits the URL as its server sees it: with a path, without credentials and fragment', () => {
    const { headers, url, body = '' } = callbackFor(first, 'POST', 'HTTPS://us:er@Example.com:443#top');

    const seen = { authToken: AUTH_TOKEN, url: 'https://example.com/', body, nowMs: NOW_MS };
    expect(url).toBe('HTTPS://us:er@Example.com:443#top');
    expect(verify(headers[SIGNATURE_HEADER] ?? '', seen)).toBe(true);
  });

  const signed = { authToken: AUTH_TOKEN, url: HOOK, body: '{"state":"completed"}', nowMs: NOW_MS };
  const header = sign(signed);

  it('is the time in seconds and the HMAC-SHA256 of time, URL and body', () => {
    const time = Math.floor(NOW_MS / 1000);
    const digest = createHmac('sha256', AUTH_TOKEN)
      .update(`${time}.${HOOK}.{"state":"completed"}`)
      .digest('hex');

    expect(header).toBe(`t=${time},v1=${digest}`);
  });

  it.each([
    ['another body', { body: '{"state":"failed"}' }],
    ['another URL', { url: 'https://example.com/events?customer=8' }],
    ['another token', { authToken: 'f00dcafe' }],
  ])('does not fit %s', (_, more) => {
    expect(verify(header, { ...signed, ...more })).toBe(false);
  });

  it.each([
    [SIGNATURE_TOLERANCE_SECONDS - 1, true],
    [SIGNATURE_TOLERANCE_SECONDS + 1, false],
    [-SIGNATURE_TOLERANCE_SECONDS - 1, false],
  ])('%i s later is good: %s', (seconds, isGood) => {
    expect(verify(header, { ...signed, nowMs: NOW_MS + seconds * 1000 })).toBe(isGood);
  });

  it('cannot be given a new time', () => {
    const time = Math.floor(NOW_MS / 1000);
    const later = header.replace(`t=${time}`, `t=${time + 1_000}`);

    expect(verify(later, { ...signed, nowMs: NOW_MS + 1_000_000 })).toBe(false);
  });

  it('fits nothing once any character of it is another', () => {
    fc.assert(
      fc.property(fc.nat(header.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
        fc.pre(header[at] !== character);
        const tampered = header.slice(0, at) + character + header.slice(at + 1);

        expect(verify(tampered, signed)).toBe(false);
      }),
    );
  });

  it('is refused, and throws nothing, whatever else the header holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('t=,v1=', 't=1', `${header},${header}`)), text => {
        expect(verify(text, signed)).toBe(false);
      }),
    );
  });
});
