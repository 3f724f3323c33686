/** What customers' servers are told, parameter by parameter. */
import plivo from 'plivo';
import { describe, expect, it } from 'vitest';
import type { Call, CallbackEvent, Parameters } from '../../../core/call.ts';
import type { CallEnd, EndedBy, EndReason } from '../../../core/call-end.ts';
import type { Facts, RequestPurpose } from '../../../core/document.ts';
import { NOTIFICATION } from '../../../core/notification.ts';
import { childSid, toUuid } from '../../../core/sid.ts';
import type { WebRequest } from '../../../dialects/dialect.ts';
import { ask, callback } from '../../../dialects/plivo/callbacks.ts';
import { BY_OUTCOME, BY_REASON, BY_SIP_CODE, SOURCES } from '../../../dialects/plivo/causes.ts';
import { HANGUP_CAUSES } from '../../../dialects/plivo/hangup-causes.ts';
import { codeOf, DOCUMENT_CODES } from '../../../dialects/plivo/markup/codes.ts';
import {
  ACCOUNT,
  AUTH_ID,
  aCall,
  aFinishedCall,
  anEvent,
  anUnanswered,
  CALL,
  CALL_UUID,
  NOW_MS,
  TOKEN,
} from './fixtures.ts';

const NONCE = '31627761595286130198';
const about = {
  authToken: TOKEN,
  accountSid: ACCOUNT,
  nonce: NONCE,
  nowMs: NOW_MS,
  target: { url: 'https://example.com/here', method: 'POST' },
  purpose: 'first',
} as const;

/** The fields as a server reads them off the wire. */
const received = ({ url, body }: WebRequest) =>
  Object.fromEntries(new URLSearchParams(body ?? new URL(url).search));
const asked = (call: Call, facts?: Facts) =>
  received(ask({ ...about, call, ...(facts && { facts, purpose: 'action' }) }));
const told = (event: CallbackEvent, call: Call, root = call) =>
  received(callback({ ...about, call, root, event: anEvent(call, event) }));

const ENDPOINT = 'sip:ann@phone.plivo.com';
const SIP_CALL = aCall({
  to: 'client:ann',
  sipTo: '<sip:ann@example.com>;tag=6U9J4.uVHI7',
  parameters: [['X-PH-Test', 'Sample']],
});

describe('A request for the answer', () => {
  it('of a call to a SIP endpoint says what the platform’s own example does', () => {
    expect(asked(SIP_CALL)).toEqual({
      ALegRequestUUID: CALL_UUID,
      ALegUUID: CALL_UUID,
      BillRate: '0.00000',
      CallStatus: 'in-progress',
      CallUUID: CALL_UUID,
      Direction: 'outbound',
      Event: 'StartApp',
      From: '12025550110',
      ParentAuthID: AUTH_ID,
      RequestUUID: CALL_UUID,
      'SIP-H-To': '<sip:ann@example.com>;tag=6U9J4.uVHI7',
      SessionStart: '2026-01-31 18:29:55.123000',
      To: ENDPOINT,
      'X-PH-Test': 'Sample',
    });
  });

  it('of a call that came in over SIP says the X-PH- headers of its INVITE, and its To', () => {
    const call = anUnanswered('ringing', {
      direction: 'inbound',
      sip: {
        callId: 'a84b4c76e66710@example.com',
        to: '<sip:12025550110@example.com>',
        headers: [
          ['X-PH-Customer', '42'],
          ['X-Other', '7'],
          ['Diversion', '<sip:+13055872294@example.com>;reason=no-answer'],
        ],
      },
      callerName: 'Ann',
    });
    const said = asked(call);
    expect(said).toMatchObject({
      CallStatus: 'ringing',
      CallerName: 'Ann',
      Direction: 'inbound',
      Event: 'StartApp',
      ForwardedFrom: '13055872294',
      'SIP-H-To': '<sip:12025550110@example.com>',
      'X-PH-Customer': '42',
    });
    for (const name of ['ALegUUID', 'RequestUUID', 'ALegRequestUUID', 'X-Other'])
      expect(said).not.toHaveProperty(name);
  });

  it('says what its URL is to be told besides, which holds where both have a name', () => {
    const parameters: Parameters = [
      ['X-PH-Test', 'Another'],
      ['X-PH-More', '1'],
    ];
    const target = { ...about.target, parameters };
    expect(received(ask({ ...about, target, call: SIP_CALL }))).toMatchObject({
      'X-PH-Test': 'Another',
      'X-PH-More': '1',
    });
  });

  it('by GET has all parameters in the order of their names, those of its URL among them', () => {
    const target = { url: 'https://example.com/here?b=2&Zoo=1#rt=5000', method: 'GET' } as const;
    const { url } = ask({ ...about, target, call: SIP_CALL });
    const names = [...new URL(url).searchParams.keys()];
    expect(names).toEqual([...names].sort());
    expect(names).toContain('b');
    expect(url.endsWith('#rt=5000')).toBe(true);
  });
});

describe('A request of an action', () => {
  const facts = {
    kind: 'dial',
    outcome: 'completed',
    callSid: childSid(CALL, 1),
    durationSeconds: 9,
    bridged: true,
  } as const;

  it('says what came of a Dial', () => {
    expect(asked(SIP_CALL, facts)).toMatchObject({
      Event: 'Redirect',
      DialStatus: 'completed',
      DialRingStatus: 'true',
      DialHangupCause: 'NORMAL_CLEARING',
      DialALegUUID: CALL_UUID,
      DialBLegUUID: toUuid(childSid(CALL, 1)),
      'X-PH-Test': 'Sample',
    });
  });

  it.each([
    ['busy', 486, false, 'busy', 'USER_BUSY'],
    ['no-answer', 480, true, 'no-answer', 'NO_ANSWER'],
    ['failed', 404, false, 'failed', 'UNALLOCATED_NUMBER'],
    ['failed', 503, false, 'failed', 'NETWORK_OUT_OF_ORDER'],
    ['canceled', 487, true, 'cancel', 'ORIGINATOR_CANCEL'],
  ] as const)('of %s with %i is %s', (outcome, code, rang, status, cause) => {
    const dial = { ...facts, outcome, bridged: false, rang, sip: { code, headers: [] } };
    expect(asked(SIP_CALL, dial)).toMatchObject({
      DialStatus: status,
      DialRingStatus: String(rang),
      DialHangupCause: cause,
      DialBLegUUID: '',
    });
  });

  it('says which keys were pressed', () => {
    expect(asked(SIP_CALL, { kind: 'gather', digits: '12', finishedBy: '#' })).toMatchObject({
      Event: 'Redirect',
      Digits: '12',
    });
  });
});

describe('A ring notice', () => {
  it('says what captures of the platform’s do, with the plus of its numbers', () => {
    const call = anUnanswered('ringing', { callerName: 'Desk', parameters: [['X-PH-Test', 'Sample']] });
    expect(told('ringing', call)).toEqual({
      CallStatus: 'ringing',
      CallUUID: CALL_UUID,
      CallerName: 'Desk',
      Direction: 'outbound',
      Event: 'Ring',
      From: '+12025550110',
      ParentAuthID: AUTH_ID,
      RequestUUID: CALL_UUID,
      SessionStart: '2026-01-31 18:29:55.123000',
      To: '+12025550100',
      'X-PH-Test': 'Sample',
    });
  });
});

describe('A hangup notice', () => {
  it('says how long the call was, when, and why it ended', () => {
    expect(told('completed', aFinishedCall())).toMatchObject({
      CallUUID: CALL_UUID,
      ALegUUID: CALL_UUID,
      CallStatus: 'completed',
      Event: 'Hangup',
      Duration: '61',
      BillDuration: '61',
      TotalCost: '0.00000',
      BillRate: '0.00000',
      StartTime: '2026-01-31 18:29:56',
      AnswerTime: '2026-01-31 18:30:00',
      EndTime: '2026-01-31 18:31:01',
      HangupCause: 'NORMAL_CLEARING',
      HangupCauseCode: '4000',
      HangupCauseName: 'Normal Hangup',
    });
  });

  it('has empty times for what was not reached', () => {
    expect(told('completed', anUnanswered('busy', { sipCode: 486 }))).toMatchObject({
      CallStatus: 'busy',
      Duration: '0',
      AnswerTime: '',
      HangupCause: 'USER_BUSY',
      HangupCauseCode: '3010',
      HangupCauseName: 'Busy Line',
    });
  });

  it.each(Object.entries(BY_SIP_CODE))('of a call that ended with %s says %j', (sipCode, { word, code }) => {
    expect(told('completed', anUnanswered('failed', { sipCode: Number(sipCode) }))).toMatchObject({
      HangupCause: word,
      HangupCauseCode: String(code),
      HangupCauseName: HANGUP_CAUSES[code],
    });
  });

  it.each(Object.entries(BY_OUTCOME))(
    'of a call that was %s, for no response that is known, says %j',
    (outcome, said) => {
      const call = anUnanswered(outcome as Call['status']);
      expect(told('completed', call)).toMatchObject({
        HangupCause: said.word,
        HangupCauseCode: String(said.code),
      });
    },
  );
});

describe('The cause of a call’s end', () => {
  const cause = (end: CallEnd, over: Partial<Call> = {}) =>
    told('completed', aFinishedCall({ end, ...over }));

  it.each(Object.entries(BY_REASON))('of %s is %j', (reason, { word }) => {
    const said = cause({ by: 'platform', reason: reason as EndReason });
    expect(said['HangupCause']).toBe(word);
    expect(said['HangupCauseName']).toBe(HANGUP_CAUSES[Number(said['HangupCauseCode']) as 4000]);
  });

  it.each(Object.entries(SOURCES))('that is the %s’s is %s', (by, source) => {
    expect(cause({ by: by as EndedBy, reason: 'hung-up' })).toMatchObject({ HangupSource: source });
  });

  it.each(
    (['unreachable', 'invalid'] as const).flatMap(reason =>
      Object.entries(DOCUMENT_CODES[reason]).map(([request, code]) => [reason, request, code] as const),
    ),
  )('of a document that is %s, for the %s request, is %i', (reason, request, code) => {
    const fault = { reason, code: reason === 'invalid' ? 8011 : 11205 };
    const end = {
      by: 'document',
      reason: `document-${reason}`,
      code: codeOf(fault, request as RequestPurpose),
    } as const;
    expect(cause(end)).toMatchObject({ HangupCauseCode: String(code), HangupSource: 'Error' });
  });

  it.each([7022, 7024, 7032, 7034])(
    'of a URL or a method in a document is %i, whatever it was asked for',
    code => {
      expect(codeOf({ reason: 'invalid', code }, 'redirect')).toBe(code);
    },
  );

  it('of documents that lead to each other without an end is 2060', () => {
    const end = { by: 'document', reason: 'document-loop', code: NOTIFICATION.tooManyDocuments } as const;
    expect(cause(end)).toMatchObject({ HangupCauseCode: '2060', HangupSource: 'Error' });
  });

  it('is the SIP response’s where the far end turned the call away', () => {
    const end = { by: 'callee', reason: 'rejected' } as const;
    const said = told('completed', anUnanswered('no-answer', { end, sipCode: 603 }));
    expect(said).toMatchObject({
      HangupCauseCode: '3110',
      HangupCause: 'CALL_REJECTED',
      HangupSource: 'Callee',
    });
  });

  it('is ours where we gave up, whatever the SIP response to that', () => {
    const end = { by: 'platform', reason: 'ring-timeout' } as const;
    expect(told('completed', anUnanswered('no-answer', { end, sipCode: 487 }))).toMatchObject({
      HangupCauseCode: '6010',
      HangupSource: 'Plivo',
    });
  });
});

describe('A notice of a Dial’s callbackUrl', () => {
  const root = aCall({ parameters: [['X-PH-Test', 'Sample']] });
  const child = (over: Partial<Call> = {}) =>
    aCall({
      sid: childSid(CALL, 1),
      parentSid: CALL,
      direction: 'outbound-dial',
      to: 'sip:bob@example.com',
      ...over,
    });

  it.each([
    ['answered', 'DialAnswer', 'answer'],
    ['joined', 'DialConnected', 'connected'],
    ['completed', 'DialHangup', 'hangup'],
  ] as const)('of %s is %s', (event, Event, action) => {
    const call = event === 'completed' ? child({ status: 'completed', endedAtMs: NOW_MS + 9_000 }) : child();
    expect(told(event, call, root)).toMatchObject({
      CallUUID: CALL_UUID,
      From: '12025550110',
      To: '12025550100',
      Event,
      DialAction: action,
      DialALegUUID: CALL_UUID,
      DialBLegUUID: toUuid(childSid(CALL, 1)),
      DialBLegFrom: '12025550110',
      DialBLegTo: 'sip:bob@example.com',
      'X-PH-Test': 'Sample',
    });
  });

  it.each([
    ['caller', 'ALeg'],
    ['callee', 'BLeg'],
  ] as const)('says which keys the %s pressed', (pressedBy, PressedBy) => {
    const call = child();
    const event = anEvent(root, 'digits');
    event.detail.digits = { keys: '*9', pressedBy, callSid: call.sid };
    expect(received(callback({ ...about, call, root, event }))).toMatchObject({
      CallUUID: CALL_UUID,
      Event: 'DialDigitsMatch',
      DialAction: 'digits',
      DialDigitsMatch: '*9',
      DialDigitsPressedBy: PressedBy,
      DialALegUUID: CALL_UUID,
      DialBLegUUID: toUuid(call.sid),
    });
  });

  it('says how the one that was dialled ended', () => {
    expect(told('completed', child({ status: 'completed', endedAtMs: NOW_MS + 9_000 }), root)).toMatchObject({
      DialBLegDuration: '9',
      DialBLegBillDuration: '9',
      DialBLegTotalCost: '0.00000',
      DialBLegHangupCause: 'NORMAL_CLEARING',
      DialBLegHangupCauseCode: '4000',
      DialBLegHangupCauseName: 'Normal Hangup',
      EndTime: '2026-01-31 18:30:09',
    });
    expect(told('answered', child(), root)).not.toHaveProperty('DialBLegDuration');
  });
});

describe('Every request', () => {
  it.each(['POST', 'GET'] as const)('by %s is signed for the validators of the official package', method => {
    const target = { url: 'https://ann:pw@example.com:8443/s?mine=a%20b#tt=5000', method };
    const request = ask({ ...about, target, call: SIP_CALL });
    const fields = request.body === undefined ? {} : received(request);
    const seen = new URL(request.url);
    const url = `${seen.protocol}//${seen.host}${seen.pathname}${seen.search}`;
    const ofV3 = request.headers['x-plivo-signature-v3'] as string;
    const ofV2 = request.headers['x-plivo-signature-v2'] as string;
    expect(plivo.validateV3Signature(method, url, NONCE, TOKEN, ofV3, fields)).toBe(true);
    expect(plivo.validateSignature(url, NONCE, ofV2, TOKEN)).toBe(true);
  });
});
