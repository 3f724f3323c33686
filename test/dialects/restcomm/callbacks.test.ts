import { describe, expect, it } from 'vitest';
import type { CallbackEvent, CallStatus } from '../../../core/call.ts';
import type { Facts } from '../../../core/document.ts';
import { verify } from '../../../dialects/own-signature.ts';
import { ask, callback } from '../../../dialects/restcomm/callbacks.ts';
import { ACCOUNT, aCall, anEvent, CALL, CHILD, NOW_MS, TOKEN } from './fixtures.ts';

const target = { url: 'https://example.com/here?shop=7', method: 'POST' } as const;
const asked = {
  authToken: TOKEN,
  accountSid: ACCOUNT,
  nonce: '1'.repeat(20),
  nowMs: NOW_MS,
  target,
  purpose: 'first',
} as const;
const CALLEE = aCall({
  sid: CHILD,
  parentSid: CALL,
  direction: 'outbound-dial',
  to: 'sip:alice@example.com',
  from: 'bob',
});

const received = ({ body }: { body?: string }) => Object.fromEntries(new URLSearchParams(body));
const toldOf = (facts: Facts, call = aCall()) => received(ask({ ...asked, call, facts }));
const status = (over: Parameters<typeof anEvent>[0] = {}) =>
  received(callback({ ...asked, event: anEvent(over), call: CALLEE, root: aCall() }));

describe('A request for a document', () => {
  it('has the platform’s standard parameters', () => {
    expect(received(ask({ ...asked, call: aCall({ status: 'ringing', direction: 'inbound' }) }))).toEqual({
      CallSid: CALL,
      InstanceId: 'ID0123456789abcdef0123456789abcdef',
      AccountSid: ACCOUNT,
      From: '+12025550110',
      To: '+12025550100',
      CallStatus: 'ringing',
      ApiVersion: '2012-04-24',
      Direction: 'inbound',
      CallerName: '+12025550110',
      ForwardedFrom: '',
      CallTimestamp: '2024-04-04T18:32:10.000Z',
      shop: '7',
    });
  });

  it('tells the X- headers and the Diversion of the INVITE that the call came in by, their case kept', () => {
    const sip = {
      callId: 'a84b4c76e66710',
      to: 'sip:1111@example.com',
      headers: [
        ['X-My-Custom-Header', 'a b'],
        ['X-another-header', '1'],
        ['Diversion', '<sip:+13055872294@example.com>;reason=no-answer'],
      ] as [string, string][],
    };
    expect(received(ask({ ...asked, call: aCall({ sip }) }))).toMatchObject({
      'SipHeader_X-My-Custom-Header': 'a b',
      'SipHeader_X-another-header': '1',
      ForwardedFrom: '+13055872294',
    });
  });

  it('names a client that calls by its name alone', () => {
    const told = received(ask({ ...asked, call: aCall({ from: 'client:alice' }) }));
    expect(told).toMatchObject({ From: 'alice', CallerName: 'alice' });
  });

  it('by POST keeps the query in its URL, and says it in its body as well', () => {
    const { method, url, body, headers } = ask({ ...asked, call: aCall() });
    expect({ method, url }).toEqual({ method: 'POST', url: target.url });
    expect(body).toMatch(/&shop=7$/);
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
  });

  it('by GET has everything in its query', () => {
    const { url, body } = ask({ ...asked, target: { ...target, method: 'GET' }, call: aCall() });
    expect(url).toMatch(/^https:\/\/example\.com\/here\?shop=7&CallSid=CA/);
    expect(body).toBeUndefined();
  });

  it.each(['GET', 'POST'] as const)('by %s is signed as the platform’s own requests are', method => {
    const { url, body = '', headers } = ask({ ...asked, target: { ...target, method }, call: aCall() });
    const signature = headers['dialplane-signature'] ?? '';
    expect(verify(signature, { authToken: TOKEN, url, body, nowMs: NOW_MS })).toBe(true);
    expect(verify(signature, { authToken: 'another', url, body, nowMs: NOW_MS })).toBe(false);
  });
});

describe('The action of a Dial', () => {
  const facts = {
    kind: 'dial',
    outcome: 'completed',
    callSid: CHILD,
    durationSeconds: 3,
    bridged: true,
  } as const;

  it('is told how the dialled call ended, and how long it rang and was talked', () => {
    expect(toldOf({ ...facts, ringSeconds: 2 })).toMatchObject({
      DialCallStatus: 'completed',
      DialCallSid: CHILD,
      DialCallDuration: '3',
      DialRingDuration: '2',
    });
  });

  it('of a Sip is told of the INVITE, its response and the X- headers of that', () => {
    const sip = { callId: 'id@edge', code: 200, headers: [['X-Agent', '7']] as [string, string][] };
    expect(toldOf({ ...facts, sip })).toMatchObject({
      DialSipCallId: 'id@edge',
      DialSipResponseCode: '200',
      'DialSipHeader_X-Agent': '7',
    });
  });

  it('of a Dial that had nobody to ring is told of no call, in the platform’s word', () => {
    const told = toldOf({ kind: 'dial', outcome: 'failed', callSid: '', durationSeconds: 0, bridged: false });
    expect(told).toMatchObject({ DialCallStatus: 'failed', DialCallSid: 'null', DialCallDuration: '0' });
    expect(told).not.toHaveProperty('DialRingDuration');
  });

  it.each([
    ['no-answer', 603, 'busy'],
    ['no-answer', 480, 'no-answer'],
    ['no-answer', 408, 'no-answer'],
    ['busy', 486, 'busy'],
    ['failed', 404, 'failed'],
    ['canceled', 487, 'canceled'],
  ] as const)('of a callee that ended %s by %i says %s', (outcome, code, word) => {
    expect(toldOf({ ...facts, outcome, sip: { code, headers: [] } })['DialCallStatus']).toBe(word);
  });

  it.each([
    ['api', 'canceled', 'completed'],
    ['caller', 'canceled', 'canceled'],
    ['api', 'busy', 'busy'],
  ] as const)('whose caller was ended by the %s while the callee ended %s says %s', (by, outcome, word) => {
    const call = aCall({ status: 'completed', end: { by, reason: 'hung-up' } });
    const told = toldOf({ ...facts, outcome }, call);
    expect(told).toMatchObject({ CallStatus: 'completed', DialCallStatus: word });
  });
});

describe('Other requests within a document', () => {
  it('of a Gather tell the keys', () => {
    expect(toldOf({ kind: 'gather', digits: '42' })).toMatchObject({ Digits: '42' });
    expect(toldOf({ kind: 'gather', digits: '' })).toMatchObject({ Digits: '' });
  });

  it('of a screening tell of the 200 of the callee', () => {
    const facts: Facts = { kind: 'screening', sipCallId: 'id@edge', headers: [['X-Desk', '3']] };
    expect(toldOf(facts)).toMatchObject({ SipCallId: 'id@edge', 'SipHeader_X-Desk': '3' });
  });

  it('of a transfer tell who sends whom to whom, without the addresses around them (K01)', () => {
    const facts: Facts = {
      kind: 'refer',
      target: 'sip:alice@sip.example.com',
      transferor: 'sip:+131313@127.0.0.1:5070',
      transferee: 'client:bob',
    };
    expect(toldOf(facts)).toMatchObject({ ReferTarget: 'alice', Transferor: '+131313', Transferee: 'bob' });
  });
});

describe('A status callback', () => {
  it('of a completed leg has every parameter of the platform’s page', () => {
    expect(status()).toEqual({
      CallSid: CHILD,
      InstanceId: 'ID0123456789abcdef0123456789abcdef',
      AccountSid: ACCOUNT,
      From: 'bob',
      To: 'sip:alice@example.com',
      CallStatus: 'completed',
      ApiVersion: '2012-04-24',
      Direction: 'outbound-dial',
      CallerName: 'bob',
      ForwardedFrom: '',
      CallTimestamp: '2024-04-04T18:32:10.000Z',
      ParentCallSid: CALL,
      CallDuration: '61',
      Timestamp: 'Thu, 04 Apr 2024 18:32:15 +0000',
      CallbackSource: 'call-progress-events',
      SequenceNumber: '3',
      shop: '7',
    });
  });

  it.each<[CallbackEvent, CallStatus, number, string]>([
    ['initiated', 'initiated', 0, 'initiated'],
    ['ringing', 'ringing', 0, 'ringing'],
    ['answered', 'in-progress', 0, 'in-progress'],
    ['completed', 'completed', 200, 'completed'],
    ['completed', 'busy', 486, 'busy'],
    ['completed', 'no-answer', 603, 'busy'],
    ['completed', 'no-answer', 408, 'no-answer'],
    ['completed', 'failed', 404, 'failed'],
    ['completed', 'canceled', 487, 'canceled'],
  ])('of %s, for a call that is %s by %i, says CallStatus=%s', (event, callStatus, sipCode, word) => {
    const told = status({ call: { status: callStatus, sipCode }, callback: { event } });
    expect(told['CallStatus']).toBe(word);
    expect('CallDuration' in told).toBe(event === 'completed');
  });

  it('is numbered by its place among what fired, wanted or not', () => {
    expect(status({ callback: { event: 'answered', sequenceNumber: 1, order: 2 } })['SequenceNumber']).toBe(
      '2',
    );
  });
});
