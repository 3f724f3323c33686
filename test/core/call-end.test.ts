/** Who ended a call and why, by everything that can end one. */
import { describe, expect, it } from 'vitest';
import { type Call, isOver } from '../../core/call.ts';
import { END_BY_SIP_CODE, END_REASONS, endOfSipCode } from '../../core/call-end.ts';
import { NOTIFICATION } from '../../core/notification.ts';
import { OUTCOME_BY_SIP_CODE } from '../../core/outcome.ts';
import {
  type CallSettings,
  dial,
  EngineCall,
  gather,
  HANGUP,
  pause,
  redirect,
  say,
  target,
} from '../support/engine-call.ts';

const ended = ({ end }: Call) => end && `${end.by} ${end.reason}${end.request ? ` ${end.request}` : ''}`;
const ENTRY = { target: target('https://example.com/voice') };
const answered = (verbs = [say('Hello.')], settings?: CallSettings) => EngineCall.answered(verbs, settings);
const failing = (call: EngineCall, reason: 'unreachable' | 'invalid') => {
  call.documentArrives({ error: { code: 1, message: 'It is broken.', url: 'https://example.com/', reason } });
  call.hangsUp('LEG-A');
  return call;
};

describe('A call ends', () => {
  it.each<[string, () => EngineCall]>([
    [
      'document end-of-document',
      () => {
        const call = answered();
        call.hangsUp('LEG-A');
        return call;
      },
    ],
    [
      'document hangup-verb',
      () => {
        const call = answered([say('Hello.'), HANGUP]);
        call.hangsUp('LEG-A');
        return call;
      },
    ],
    [
      'document rejected',
      () => {
        const call = EngineCall.inbound([{ verb: 'Reject', reason: 'busy' }]);
        call.hangsUp('LEG-A', 486);
        return call;
      },
    ],
    [
      'callee hung-up',
      () => {
        const call = answered([pause(20)]);
        call.callerLeavesWhile('listening');
        call.hangsUp('LEG-A');
        return call;
      },
    ],
    [
      'caller hung-up',
      () => {
        const call = EngineCall.inbound([gather()]);
        call.hangsUp('LEG-A');
        return call;
      },
    ],
    [
      'caller canceled',
      () => {
        const call = EngineCall.inbound([pause(20)]);
        call.callerLeavesWhile('listening');
        call.hangsUp('LEG-A');
        return call;
      },
    ],
    [
      'callee busy',
      () => {
        const call = new EngineCall(ENTRY);
        call.placed();
        call.hangsUp('LEG-A', 486);
        return call;
      },
    ],
    [
      'platform ring-timeout',
      () => {
        const call = new EngineCall(ENTRY);
        call.placed();
        call.passes(60_000).wakes();
        call.hangsUp('LEG-A', 487);
        return call;
      },
    ],
    [
      'platform time-limit',
      () => {
        const call = answered([gather()], { timeLimitSeconds: 60 });
        call.passes(60_000).wakes();
        call.hangsUp('LEG-A');
        return call;
      },
    ],
    [
      'api hung-up',
      () => {
        const call = answered([gather()]);
        call.isHungUp('completed');
        call.hangsUp('LEG-A');
        return call;
      },
    ],
    [
      'api canceled',
      () => {
        const call = new EngineCall(ENTRY);
        call.isHungUp('canceled');
        return call;
      },
    ],
    ['document document-unreachable first', () => failing(EngineCall.answered(ENTRY), 'unreachable')],
    [
      'document document-invalid redirect',
      () => failing(answered([redirect('https://example.com/a')]), 'invalid'),
    ],
    [
      'document document-unreachable action',
      () => {
        const call = answered([gather({ action: target('https://example.com/a') })]);
        call.presses('1#');
        call.wakes();
        return failing(call, 'unreachable');
      },
    ],
    [
      'document document-invalid update',
      () => {
        const call = answered([gather()]);
        call.isRedirected(ENTRY);
        return failing(call, 'invalid');
      },
    ],
    [
      'platform lost',
      () => {
        const call = answered();
        call.happens({ kind: 'lost' });
        return call;
      },
    ],
  ])('as %s', (expected, make) => {
    const call = make();

    expect(ended(call.root)).toBe(expected);
    expect(call.events.at(-1)).toMatchObject({
      type: 'Call Completed',
      detail: { call: { end: call.root.end } },
    });
  });

  it.each<[string, (call: EngineCall) => void]>([
    ['callee hung-up', call => call.hangsUp('LEG-B')],
    [
      'caller hung-up',
      call => {
        call.hangsUp('LEG-A');
        call.hangsUp('LEG-B');
      },
    ],
    [
      'caller hung-up',
      call => {
        call.presses('*');
        call.hangsUp('LEG-B');
      },
    ],
    [
      'platform time-limit',
      call => {
        call.passes(600_000).wakes();
        call.hangsUp('LEG-B');
      },
    ],
    [
      'api hung-up',
      call => {
        call.isHungUp('completed', call.dialled.sid);
        call.hangsUp('LEG-B');
      },
    ],
  ])('as %s, where it was dialled and answered', (expected, end) => {
    const call = answered([dial({ hangupOnStar: true, timeLimitSeconds: 600 }), gather()]);
    call.calleeAnswers();

    end(call);

    expect(ended(call.dialled)).toBe(expected);
  });

  it.each([
    [1_000, 'callee busy'],
    [30_000, 'platform ring-timeout'],
  ])('after %i ms of ringing as %s, where it was dialled and nobody answered', (ms, expected) => {
    const call = answered([dial()]);

    call.passes(ms).calleeDoesNotAnswer();

    expect(ended(call.dialled)).toBe(expected);
  });
});

describe('The tables of ends', () => {
  it('have a sentence for each reason', () => {
    for (const sentence of Object.values(END_REASONS)) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });

  it('know every response whose outcome is known', () => {
    for (const code of Object.keys(OUTCOME_BY_SIP_CODE)) expect(END_BY_SIP_CODE).toHaveProperty(code);
  });

  it('take any other response for a failure on the way', () => {
    expect(endOfSipCode(503)).toEqual({ by: 'carrier', reason: 'failed' });
  });
});

describe('A document that failed', () => {
  it('is told on the bus, with the request that it was asked by', () => {
    const call = failing(EngineCall.answered(ENTRY), 'invalid');

    expect(call.events.find(({ type }) => type === 'Document Failed')?.detail).toMatchObject({
      call: { sid: call.root.sid },
      document: {
        code: 1,
        message: 'It is broken.',
        url: 'https://example.com/',
        reason: 'invalid',
        purpose: 'first',
      },
    });
  });

  it('leaves the number of what was wrong at the end of the call', () => {
    const call = failing(EngineCall.answered(ENTRY), 'invalid');

    expect(call.root.end).toMatchObject({ code: 1 });
  });

  it('ends a call that came in and was never answered as failed', () => {
    const call = failing(EngineCall.inbound(ENTRY), 'unreachable');

    expect([call.root.status, ended(call.root)]).toEqual(['failed', 'document document-unreachable first']);
  });

  it('is told on the bus and kept at the call also where its fallback is carried out in its place', () => {
    const call = EngineCall.answered(ENTRY);
    const fellBack = { code: 1, message: 'It is broken.', reason: 'invalid' } as const;

    const { events } = call.documentArrives({ fellBack, verbs: [say('We are sorry.')] });

    expect(events.map(({ type, detail }) => [type, detail.document])).toEqual([
      ['Document Failed', { ...fellBack, purpose: 'first', fallback: true }],
    ]);
    expect(call.session.notifications).toMatchObject([{ code: 1, level: 'error' }]);
    expect(isOver(call.root)).toBe(false);
  });

  it('is the one that leads to the next without an end, too', () => {
    const call = EngineCall.answered([redirect('https://example.com/a')]);

    for (let n = 0; call.waitingFor; n++) call.documentArrives([redirect(`https://example.com/${n}`)]);
    call.hangsUp('LEG-A');

    expect(call.events.find(({ type }) => type === 'Document Failed')?.detail).toMatchObject({
      document: { code: NOTIFICATION.tooManyDocuments, reason: 'loop', purpose: 'redirect' },
    });
    expect(ended(call.root)).toBe('document document-loop redirect');
  });
});
