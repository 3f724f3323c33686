/** What a call may be placed with besides its document. */
import { describe, expect, it } from 'vitest';
import { type StatusCallback, targetOf } from '../../core/call.ts';
import { EngineCall, HANGUP, lines, say, target } from '../support/engine-call.ts';
import { smaEvent } from '../support/sma-events.ts';

const VOICE = target('https://example.com/voice');

describe('a call that is to ring only so long', () => {
  const ringing = (hangUpAfterRingingSeconds: number) => {
    const call = new EngineCall([say('Hello.')], { hangUpAfterRingingSeconds });
    call.placed();
    call.passes(4_000).rings();
    return call;
  };

  it('is hung up that long after it has begun to ring, and counts as canceled', () => {
    const call = ringing(5);
    expect(lines(call.passes(4_999).wakes().actions)).toEqual([]);

    expect(lines(call.passes(1).wakes().actions)).toEqual(['Hangup LEG-A 0']);
    call.hangsUp('LEG-A', 487);

    expect(call.told.at(-1)).toBe('A Call Completed canceled');
  });

  it('asks to be woken then', () => {
    expect(ringing(5).steps.at(-1)?.wakeAtMs).toBe(ringing(5).nowMs + 5_000);
  });

  it('is hung up as soon as it rings, with 0', () => {
    expect(lines(ringing(0).wakes().actions)).toEqual(['Hangup LEG-A 0']);
  });

  it('goes on once it was answered in time', () => {
    const call = ringing(5);
    call.answered();

    expect(call.passes(5_000).wakes().actions).toEqual([]);
    expect(call.root.status).toBe('in-progress');
  });

  it('has its time told to the SIP edge, which rings it', () => {
    const call = new EngineCall([HANGUP], {
      hangUpAfterRingingSeconds: 5,
      callerName: 'Ann',
      sip: { kind: 'sip', uri: 'sip:a@b', transport: 'udp', headers: [], codecs: ['PCMU'] },
    });
    const step = call.happens({ kind: 'handedOver', edge: { voiceConnectorArn: 'arn', token: 'token' } });

    expect(step.plan).toMatchObject({ hangUpAfterRingingSeconds: 5, callerName: 'Ann' });
  });
});

describe('verbs that come before a document', () => {
  it('are carried out before its verbs, and before those of no later one', () => {
    const call = EngineCall.answered({
      target: VOICE,
      first: [{ verb: 'SendDigits', digits: '1w2', loop: 1 }],
    });

    const first = call.documentArrives([say('Hello.'), { verb: 'Redirect', target: VOICE }]);
    call.listEnds();
    const second = call.documentArrives([say('Hello again.')]);

    expect(lines(first.actions)).toEqual(['SendDigits 1,2', 'Speak Hello.']);
    expect(lines(second.actions)).toEqual(['Speak Hello again.', 'Hangup LEG-A 0']);
  });
});

describe('a call that was placed to a SIP address', () => {
  it('knows the To of its 200 when the edge brings it', () => {
    const call = new EngineCall([say('Hello.')]);
    call.placed();
    const to = '<sip:ann@example.com>;tag=1';
    const report = { calls: [], branches: [{ to }] };

    call.happens({ kind: 'event', event: smaEvent('NEW_INBOUND_CALL', { a: 'unanswered' }), report });

    expect(call.root.sipTo).toBe(to);
  });
});

describe('a status callback', () => {
  it('tells an event where that one is to be told, and the others where they all are', () => {
    const ringing = { url: 'https://example.com/ring', method: 'GET' } as const;
    const callback: StatusCallback = {
      ...target('https://example.com/hangup'),
      events: ['ringing', 'completed'],
      elsewhere: { ringing },
    };

    expect(targetOf(callback, 'ringing')).toEqual(ringing);
    expect(targetOf(callback, 'completed')).toMatchObject(target('https://example.com/hangup'));
  });
});
