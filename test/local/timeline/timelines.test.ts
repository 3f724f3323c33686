import { describe, expect, it } from 'vitest';
import type { BusEvent } from '../../../local/aws/event-bridge/event-bridge.ts';
import { callbackEntries, merged } from '../../../local/timeline/callback-entries.ts';
import type { TimelineEntry } from '../../../local/timeline/timeline-entry.ts';
import { Timelines } from '../../../local/timeline/timelines.ts';
import type { SmaEvent } from '../../../sma/contract/event.ts';
import type { TraceEntry } from '../../../sma/trace.ts';

const transactionId = '01234567-89AB-4cde-8f01-23456789abcd';
const inboundSid = 'CA0123456789ab4cde8f0123456789' + '0000';
const placedSid = `CA${'7'.repeat(28)}0000`;

function event(
  type: SmaEvent['InvocationEventType'],
  more: Partial<SmaEvent['CallDetails']> = {},
  sequence = 1,
): SmaEvent {
  return {
    SchemaVersion: '1.0',
    Sequence: sequence,
    InvocationEventType: type,
    CallDetails: {
      TransactionId: transactionId,
      AwsAccountId: '',
      AwsRegion: '',
      SipMediaApplicationId: '',
      Participants: [],
      ...more,
    },
  };
}

const trace = (entry: object, atMs = 0) =>
  ({ atMs, transactionId, sipMediaApplicationId: 'sma', ...entry }) as TraceEntry;

const ringing = { kind: 'leg', what: 'ringing', callId: 'c', tag: 'LEG-A', from: '+1', to: '+2' };

function busEvent(sid: string, type: string, call: object = {}): BusEvent {
  return {
    version: '0',
    id: '',
    'detail-type': type,
    source: 'dialplane',
    account: '',
    time: '',
    region: '',
    resources: [],
    detail: { call: { sid, from: '+1', to: '+2', direction: 'outbound-api', ...call } },
  };
}

const kinds = (timelines: Timelines, sid: string) => timelines.get(sid)?.entries.map(({ kind }) => kind);

describe('the timelines', () => {
  it('know an inbound call by its transaction', () => {
    const timelines = new Timelines();
    timelines.noteTrace(trace({ ...ringing, what: 'offered' }));
    timelines.noteTrace(trace({ kind: 'invocation-started', event: event('NEW_INBOUND_CALL'), attempt: 1 }));
    expect(kinds(timelines, inboundSid)).toEqual(['leg', 'handler']);
    expect(timelines.get(inboundSid)?.summary).toMatchObject({ callSid: inboundSid, transactionId });
  });

  it('know a placed call by the arguments of its request', () => {
    const timelines = new Timelines();
    timelines.noteBusEvent(busEvent(placedSid, 'Call Queued'), 0);
    timelines.noteTrace(trace({ ...ringing, what: 'dialled' }));
    timelines.noteTrace(
      trace({
        kind: 'api',
        operation: 'CreateSipMediaApplicationCall',
        request: { ArgumentsMap: { callSid: placedSid } },
      }),
    );
    timelines.noteTrace(trace(ringing));
    expect(kinds(timelines, placedSid)).toEqual(['bus', 'leg', 'voice-api', 'leg']);
  });

  it.each([
    ['the event', { TransactionAttributes: { callSid: placedSid } }, undefined],
    ['the answer', {}, { TransactionAttributes: { callSid: placedSid } }],
  ])('know a call by the attributes in %s', (_, details, answer) => {
    const timelines = new Timelines();
    const happening = event('CALL_ANSWERED', details);
    timelines.noteTrace(trace({ kind: 'invocation-started', event: happening, attempt: 1 }));
    timelines.noteTrace(
      trace({
        kind: 'invocation-ended',
        event: happening,
        attempt: 1,
        durationMs: 5,
        answer,
        honoured: true,
      }),
    );
    expect(kinds(timelines, placedSid)).toEqual(['handler']);
  });

  it('keep an answer with its event, attempt by attempt', () => {
    const timelines = new Timelines();
    const first = event('NEW_INBOUND_CALL');
    for (const attempt of [1, 2]) {
      timelines.noteTrace(trace({ kind: 'invocation-started', event: first, attempt }, attempt));
    }
    const ended = { kind: 'invocation-ended', event: first, durationMs: 7, honoured: true };
    timelines.noteTrace(trace({ ...ended, attempt: 2, answer: { Actions: [] } }, 3));
    timelines.noteTrace(
      trace({ ...ended, attempt: 1, error: { name: 'E', message: 'm' }, honoured: false }, 4),
    );
    expect(timelines.get(inboundSid)?.entries).toMatchObject([
      { kind: 'handler', atMs: 1, attempt: 1, error: { name: 'E' }, honoured: false },
      { kind: 'handler', atMs: 2, attempt: 2, answer: { Actions: [] }, durationMs: 7, honoured: true },
    ]);
  });

  it('have one timeline for a call and those that it dials, and a summary of the first', () => {
    const timelines = new Timelines();
    timelines.noteBusEvent(busEvent(placedSid, 'Call Ringing', { status: 'ringing' }), 1);
    const dialled = `${placedSid.slice(0, -4)}0001`;
    timelines.noteBusEvent(busEvent(dialled, 'Call Completed', { to: '+3', status: 'busy' }), 2);
    expect(kinds(timelines, dialled)).toEqual(['bus', 'bus']);
    expect(timelines.calls).toEqual([
      {
        callSid: placedSid,
        from: '+1',
        to: '+2',
        direction: 'outbound-api',
        status: 'ringing',
        startedAtMs: 1,
      },
    ]);
  });

  it('have an event once, however often the bus brings it', () => {
    const timelines = new Timelines();
    const queued = busEvent(placedSid, 'Call Queued', { status: 'queued' });
    queued.detail['metadata'] = { id: `${placedSid}-0` };
    timelines.noteBusEvent(queued, 1);
    timelines.noteBusEvent(busEvent(placedSid, 'Call Ringing', { status: 'ringing' }), 2);
    timelines.noteBusEvent(queued, 3);
    expect(kinds(timelines, placedSid)).toEqual(['bus', 'bus']);
    expect(timelines.calls[0]?.status).toBe('ringing');
  });

  it('tell of each entry as it is made, until they need not', () => {
    const timelines = new Timelines();
    const told: string[] = [];
    const stop = timelines.subscribe((callSid, entry) => told.push(`${callSid} ${entry.kind}`));
    timelines.noteBusEvent(busEvent(placedSid, 'Call Ringing'), 1);
    stop();
    timelines.noteBusEvent(busEvent(placedSid, 'Call Answered'), 2);
    expect(told).toEqual([`${placedSid} bus`]);
  });

  it('forget the oldest of more than a thousand calls', () => {
    const timelines = new Timelines();
    const sid = (n: number) => `CA${String(n).padStart(28, '0')}0000`;
    for (let n = 0; n <= 1000; n++) timelines.noteBusEvent(busEvent(sid(n), 'Call Queued'), n);
    expect(timelines.calls).toHaveLength(1000);
    expect(timelines.get(sid(0))).toBeUndefined();
    expect(timelines.get(sid(1000))).toBeDefined();
  });
});

describe('callback attempts in a timeline', () => {
  const delivery = {
    eventId: 'e1',
    callSid: placedSid,
    request: { method: 'POST', url: 'http://user:secret@127.0.0.1/cb', parameters: { event: 'ringing' } },
    state: 'delivered' as const,
    attempts: [
      { atMs: 10, durationMs: 3, error: '11205: refused' },
      { atMs: 20, durationMs: 4, status: 200 },
    ],
  };

  it('are entries of their own, without the credentials of their URL', () => {
    const entries = callbackEntries([delivery]);
    expect(entries).toMatchObject([
      { kind: 'callback', attempt: 1, atMs: 10, error: '11205: refused', parameters: { event: 'ringing' } },
      { kind: 'callback', attempt: 2, atMs: 20, status: 200 },
    ]);
    expect(JSON.stringify(entries)).not.toContain('secret');
  });

  it('stand where they happened', () => {
    const at = (atMs: number, message: string): TimelineEntry => ({ kind: 'warning', atMs, message });
    const timeline = merged([at(5, 'a'), at(10, 'b'), at(15, 'c')], callbackEntries([delivery]));
    expect(timeline.map(entry => (entry.kind === 'warning' ? entry.message : entry.atMs))).toEqual([
      'a',
      'b',
      10,
      'c',
      20,
    ]);
  });
});
