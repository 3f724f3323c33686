import { describe, expect, it } from 'vitest';
import type { Call, CallbackEvent } from '../../core/call.ts';
import { durationSeconds } from '../../core/call.ts';
import { CALLBACK_WORDS, type EventType } from '../../core/event.ts';
import { progress, resubscribe } from '../../core/progress.ts';
import { CALLER, dial, EngineCall, OWN_NUMBER, ROOT_SID, say, subscribed } from '../support/engine-call.ts';

function wholeCall(...events: CallbackEvent[]): EngineCall {
  const call = new EngineCall([dial(), say('Bye.')], { callback: subscribed(...events) });
  call.placed();
  call.passes(1_000).rings();
  call.passes(4_000).answered();
  call.passes(1_000).calleeAnswers();
  call.passes(60_400).hangsUp('LEG-B');
  call.passes(2_000).hangsUp('LEG-A');
  return call;
}

describe('a call event', () => {
  it('tells who, what and when, and nothing of its owner’s servers', () => {
    const call = wholeCall('completed');

    expect(call.events.at(-1)).toEqual({
      type: 'Call Completed',
      detail: {
        metadata: {
          id: `${ROOT_SID}-5`,
          version: 1,
          occurredAt: '2026-01-01T00:01:08.400Z',
          sequenceNumber: 5,
        },
        call: {
          sid: ROOT_SID,
          accountSid: `AC${'a'.repeat(32)}`,
          dialect: 'test',
          direction: 'outbound-api',
          to: CALLER,
          from: OWN_NUMBER,
          status: 'completed',
          startedAt: expect.any(String),
          answeredAt: '2026-01-01T00:00:05.000Z',
          endedAt: '2026-01-01T00:01:08.400Z',
          durationSeconds: 63,
          end: { by: 'document', reason: 'end-of-document' },
        },
        callback: { subscribed: true, event: 'completed', sequenceNumber: 0, order: 3 },
      },
    });
    expect(JSON.stringify(call.events)).not.toContain('example.com');
  });

  it.each([
    ['initiated', ['Call Initiated']],
    ['ringing', ['Call Ringing']],
    ['answered', ['Call Answered']],
    ['in-progress', ['Call In Progress']],
    ['completed', ['Call Completed']],
  ] as [CallbackEvent, EventType[]][])('called %s goes to its subscriber', (event, types) => {
    const call = wholeCall(event);

    const told = call.events.filter(({ detail }) => detail.callback);
    expect(told.map(({ type }) => type)).toEqual(types);
    expect(told.map(({ type }) => CALLBACK_WORDS[type])).toEqual([event]);
  });

  it('numbers what its subscriber gets apart from what happened', () => {
    const call = wholeCall('initiated', 'completed');

    const numbers = call.events.flatMap(({ detail }) =>
      detail.callback ? [[detail.metadata.sequenceNumber, detail.callback.sequenceNumber]] : [],
    );
    expect(numbers).toEqual([
      [1, 0],
      [5, 1],
    ]);
  });

  it('tells its place among those that anybody can subscribe to, an answer being one of them', () => {
    const call = wholeCall('answered', 'in-progress', 'completed');

    expect(call.events.flatMap(({ detail }) => (detail.callback ? [detail.callback.order] : []))).toEqual([
      2, 3, 3,
    ]);
  });

  it('numbers each call apart', () => {
    const call = wholeCall();

    const ofDialled = call.events.filter(({ detail }) => detail.call.sid !== ROOT_SID);
    expect(ofDialled.map(({ detail }) => detail.metadata.sequenceNumber)).toEqual([0, 1, 2]);
  });

  it('says an answer a second time only to those who asked for that word', () => {
    expect(wholeCall('answered').told).not.toContain('A Call In Progress');
    expect(wholeCall('answered', 'in-progress').told.slice(3, 5)).toEqual([
      'A Call Answered',
      'A Call In Progress',
    ]);
  });

  it('goes to nobody when nobody subscribed', () => {
    const call = wholeCall();

    expect(call.events.filter(({ detail }) => detail.callback)).toEqual([]);
  });
});

describe('a call with another subscriber', () => {
  /** Progress of a call with this subscriber, and all events from the one of this number on with another one. */
  function resubscribed(before: CallbackEvent[], from: number, after: CallbackEvent[]) {
    const call = { sid: ROOT_SID, status: 'queued', nextEvent: 0, nextCallback: 0 } as Call;
    if (before.length > 0) call.callback = subscribed(...before);
    const telling = { nowMs: 0, accountSid: 'AC1', dialect: 'test' };
    const events = (['initiated', 'ringing', 'in-progress'] as const).flatMap(status =>
      progress(call, status, telling),
    );
    resubscribe(call, subscribed(...after), events.slice(from));
    events.push(...progress(call, 'completed', telling));
    return events.map(({ detail: { callback } }) => callback && [callback.sequenceNumber, callback.order]);
  }

  it.each<[string, CallbackEvent[], number, CallbackEvent[], (number[] | undefined)[]]>([
    ['that had none', [], 3, ['completed'], [undefined, undefined, undefined, [0, 3]]],
    [
      'of events that are not told yet',
      [],
      1,
      ['ringing', 'completed'],
      [undefined, [0, 1], undefined, [1, 3]],
    ],
    [
      'that wants fewer',
      ['initiated', 'ringing', 'answered'],
      1,
      ['answered'],
      [[0, 0], undefined, [1, 2], undefined],
    ],
    ['that wants others', ['ringing'], 2, ['answered', 'completed'], [undefined, [0, 1], [1, 2], [2, 3]]],
  ])('%s', (_, before, from, after, told) => {
    expect(resubscribed(before, from, after)).toEqual(told);
  });
});

describe("a call's duration", () => {
  const call = { createdAtMs: 0, startedAtMs: 1_000 } as Call;

  it.each([
    ['is unknown while it lasts', { answeredAtMs: 5_000 }, undefined],
    ['is 0 when nobody answered', { endedAtMs: 30_000 }, 0],
    ['counts from the answer', { answeredAtMs: 5_000, endedAtMs: 65_000 }, 60],
    ['is rounded down below half a second', { answeredAtMs: 5_000, endedAtMs: 65_499 }, 60],
    ['is rounded up from half a second', { answeredAtMs: 5_000, endedAtMs: 65_500 }, 61],
  ])('%s', (_, times, seconds) => {
    expect(durationSeconds({ ...call, ...times })).toBe(seconds);
  });
});
