/** One call as the bus tells it: Ann is called, answers, her document dials a SIP address, and she hangs up. */
import type { BusEventType } from '../../dialects/bus-events.ts';

const SID = 'CA5b1fe0e8a2b04d0f9d6a1c3e7f240000';
const ACCOUNT = 'AC0123456789abcdef0123456789abcdef';
const CALLEE = SID.replace(/0000$/, '0001');
const at = (clock: string): string => `2026-11-22T09:21:${clock}Z`;

const call = {
  sid: SID,
  accountSid: ACCOUNT,
  dialect: 'signalwire',
  direction: 'outbound-api',
  to: '+12025550100',
  from: '+12025550110',
};
const startedAt = at('31.104');
const answeredAt = at('37.514');
const endedAt = at('43.271');

const metadata = (sequenceNumber: number, occurredAt: string) => ({
  id: `${SID}-${sequenceNumber}`,
  version: 1,
  occurredAt,
  sequenceNumber,
});

const callback = { subscribed: true, event: 'completed', sequenceNumber: 3, order: 3 };

const settled = (state: 'delivered' | 'failed', occurredAt: string, attempts: number, last: object) => ({
  metadata: { id: `${SID}-6-${state}`, version: 1, occurredAt },
  call: { sid: SID, accountSid: ACCOUNT },
  delivery: { eventId: `${SID}-6`, method: 'POST', url: 'https://example.com/status', attempts, last },
});

/** The `detail` of each. */
export const EXAMPLES: Readonly<Record<BusEventType, object>> = {
  'Call Queued': { metadata: metadata(0, at('30.900')), call: { ...call, status: 'queued' } },
  'Call Initiated': { metadata: metadata(1, startedAt), call: { ...call, status: 'initiated', startedAt } },
  'Call Ringing': { metadata: metadata(2, at('32.250')), call: { ...call, status: 'ringing', startedAt } },
  'Call Answered': {
    metadata: metadata(3, answeredAt),
    call: { ...call, status: 'in-progress', startedAt, answeredAt },
  },
  'Call In Progress': {
    metadata: metadata(4, answeredAt),
    call: { ...call, status: 'in-progress', startedAt, answeredAt },
    callback: { subscribed: true, event: 'in-progress', sequenceNumber: 2, order: 3 },
  },
  'Call Joined': {
    metadata: { ...metadata(3, answeredAt), id: `${CALLEE}-3` },
    call: {
      ...call,
      sid: CALLEE,
      parentSid: SID,
      dialect: 'plivo',
      direction: 'outbound-dial',
      status: 'in-progress',
      startedAt,
      answeredAt,
    },
    callback: { subscribed: true, event: 'joined', sequenceNumber: 1, order: 3 },
  },
  'Call Completed': {
    metadata: metadata(6, endedAt),
    call: {
      ...call,
      status: 'completed',
      startedAt,
      answeredAt,
      endedAt,
      durationSeconds: 6,
      sipCode: 0,
      end: { by: 'callee', reason: 'hung-up' },
    },
    callback,
  },
  'Dial Digits': {
    metadata: metadata(4, at('39.700')),
    call: { ...call, dialect: 'plivo', status: 'in-progress', startedAt, answeredAt },
    callback: { subscribed: true, event: 'digits', sequenceNumber: 2, order: 3 },
    digits: { keys: '*9', pressedBy: 'caller', callSid: CALLEE },
  },
  'Dial Completed': {
    metadata: metadata(5, at('41.020')),
    call: { ...call, status: 'in-progress', startedAt, answeredAt },
    dial: {
      outcome: 'busy',
      callSid: CALLEE,
      durationSeconds: 0,
      bridged: false,
      rang: false,
      sip: { callId: 'a84b4c76e66710@203.0.113.7', code: 486, headers: [] },
    },
  },
  'Document Failed': {
    metadata: metadata(5, at('40.002')),
    call: { ...call, status: 'in-progress', startedAt, answeredAt },
    document: {
      code: 11200,
      message: 'The server answered with 503.',
      url: 'https://example.com/voice',
      reason: 'unreachable',
      purpose: 'first',
    },
  },
  'Callback Delivered': settled('delivered', at('43.402'), 1, {
    atMs: Date.parse(at('43.402')),
    durationMs: 87,
    status: 204,
  }),
  'Callback Failed': settled('failed', at('43.402'), 1, {
    atMs: Date.parse(at('43.402')),
    durationMs: 87,
    status: 410,
  }),
};
