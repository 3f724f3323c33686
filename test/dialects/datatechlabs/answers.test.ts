/** The envelope of every answer, and what the status request tells. */
import { describe, expect, it } from 'vitest';
import type { CallStatus } from '../../../core/call.ts';
import type { PlacedRequest } from '../../../core/operation.ts';
import { Problem, type ProblemKind } from '../../../core/problem.ts';
import { toUuid } from '../../../core/sid.ts';
import { ERRORS } from '../../../dialects/datatechlabs/errors.ts';
import { datatechlabs } from '../../../dialects/datatechlabs/index.ts';
import { STATUS_WORDS } from '../../../dialects/datatechlabs/status-words.ts';
import { CALLEE, dial, EngineCall, ROOT_SID } from '../../support/engine-call.ts';
import { apiRequest, body, GET_STATUS, OWN, POST_CALLBACK, TO_A } from './support.ts';

const REQUEST_ID = toUuid(ROOT_SID);
const requestOf = ({ root, session }: EngineCall): PlacedRequest => ({
  callSid: root.sid,
  families: [{ calls: session.calls, notifications: session.notifications }],
});
const KINDS = Object.keys(ERRORS) as ProblemKind[];

describe('a request that is accepted', () => {
  it('is answered before anybody is rung, with the handle to ask after it', () => {
    const call = new EngineCall([dial()]).root;

    const answer = POST_CALLBACK.encode({ call, replayed: false }, apiRequest({ json: body() }));

    expect(answer).toEqual({
      status: 200,
      body: { code: 0, status: 200, data: 'accepted', request_id: REQUEST_ID },
    });
    expect(REQUEST_ID).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  });
});

describe('a problem', () => {
  it.each(KINDS)('%s is in the same envelope, without a request_id', kind => {
    const { status, code } = ERRORS[kind];

    const answer = datatechlabs.problem(new Problem(kind, 'What was wrong.'), {
      method: 'POST',
      path: '/',
      headers: {},
      requestId: 'request-1',
    });

    expect(answer).toEqual({ status, body: { code, status, data: 'What was wrong.' } });
  });

  it('has a code of its own that is never 0, and an HTTP status of an error', () => {
    const codes = KINDS.map(kind => ERRORS[kind].code);

    expect(new Set(codes).size).toBe(KINDS.length);
    expect(codes).not.toContain(0);
    expect(KINDS.filter(kind => ERRORS[kind].status < 400)).toEqual([]);
  });
});

describe('the status request', () => {
  const decode = (requestId: string) =>
    GET_STATUS.decode(apiRequest({ method: 'GET', params: { requestId } }));

  it('is about the request that its path names', () => {
    expect(decode(REQUEST_ID)).toEqual({ callSid: ROOT_SID });
    expect(decode(REQUEST_ID.toUpperCase())).toEqual({ callSid: ROOT_SID });
  });

  it.each(['', '1', 'accepted', `${REQUEST_ID}0`, `AC${'0'.repeat(32)}`])(
    'knows nothing of %j',
    requestId => {
      expect(() => decode(requestId)).toThrow(
        'There is no such request: give the request_id that the call was accepted with.',
      );
    },
  );

  it('is answered in the same envelope', () => {
    const call = new EngineCall([dial()]);

    const answer = GET_STATUS.encode(requestOf(call), apiRequest());

    expect(answer).toMatchObject({
      status: 200,
      body: { code: 0, status: 200, request_id: REQUEST_ID, data: { state: 'accepted', leg_B: null } },
    });
  });
});

describe('the state of a callback', () => {
  interface State {
    state: string;
    leg_A: Record<string, unknown>;
    leg_B: Record<string, unknown> | null;
  }
  const stateOf = (call: EngineCall): State => {
    const { body: answer } = GET_STATUS.encode(requestOf(call), apiRequest());
    return (answer as { data: State }).data;
  };

  /** Each stage of a call, and the words for the whole, A and B. */
  const stages: [stage: string, step: (call: EngineCall) => unknown, words: (string | undefined)[]][] = [
    ['stored', () => {}, ['accepted', 'accepted', undefined]],
    ['placed', call => call.placed(), ['calling', 'calling', undefined]],
    ['A rings', call => call.rings(), ['ringing', 'ringing', undefined]],
    ['A has answered and B is called', call => call.answered(), ['calling', 'answered', 'calling']],
    ['B has answered', call => call.calleeAnswers(), ['answered', 'answered', 'answered']],
    ['B has hung up', call => call.hangsUp('LEG-B'), ['answered', 'answered', 'completed']],
    ['A has, too', call => call.hangsUp('LEG-A'), ['completed', 'completed', 'completed']],
  ];

  it('is told at each stage in its own words', () => {
    const call = new EngineCall([dial({ afterwards: 'hangup' })]);

    const told = stages.map(([stage, step]) => {
      step(call);
      const { state, leg_A, leg_B } = stateOf(call);
      return [stage, [state, leg_A['state'], leg_B?.['state']]];
    });

    expect(told).toEqual(stages.map(([stage, , words]) => [stage, words]));
  });

  it('has both parties, their times and how long they talked', () => {
    const call = new EngineCall([dial({ afterwards: 'hangup' })]);
    call.passes(1_000).placed();
    call.passes(4_000).answered();
    call.passes(5_000).calleeAnswers();
    call.passes(60_000).hangsUp('LEG-B');
    call.passes(100).hangsUp('LEG-A');

    expect(stateOf(call)).toEqual({
      state: 'completed',
      leg_A: {
        call_id: REQUEST_ID,
        state: 'completed',
        to: TO_A,
        from: OWN,
        started_at: '2026-01-01T00:00:01.000Z',
        answered_at: '2026-01-01T00:00:05.000Z',
        ended_at: '2026-01-01T00:01:10.100Z',
        duration_seconds: 65,
        sip_code: null,
      },
      leg_B: {
        call_id: `${REQUEST_ID.slice(0, -4)}0001`,
        state: 'completed',
        to: CALLEE,
        from: OWN,
        started_at: '2026-01-01T00:00:05.000Z',
        answered_at: '2026-01-01T00:00:10.000Z',
        ended_at: '2026-01-01T00:01:10.000Z',
        duration_seconds: 60,
        sip_code: null,
      },
    });
  });

  it.each([
    [486, 'busy'],
    [480, 'no_answer'],
    [404, 'failed'],
  ])('is that of A when A never answered: SIP %i is %s', (sipCode, word) => {
    const call = new EngineCall([dial()]);
    call.placed();

    call.hangsUp('LEG-A', sipCode);

    expect(stateOf(call)).toMatchObject({
      state: word,
      leg_A: { state: word, sip_code: sipCode, answered_at: null, duration_seconds: 0 },
      leg_B: null,
    });
  });

  it('is that of B when B never answered, while A is still up and afterwards', () => {
    const call = EngineCall.answered([dial({ afterwards: 'hangup' })]);
    call.passes(30_000).calleeDoesNotAnswer();
    const before = stateOf(call);
    call.hangsUp('LEG-A');

    expect([before, stateOf(call)]).toMatchObject([
      { state: 'no_answer', leg_A: { state: 'answered', duration_seconds: null } },
      { state: 'no_answer', leg_A: { state: 'completed' } },
    ]);
  });

  it('has a word for every status', () => {
    const statuses: Record<CallStatus, string> = {
      queued: 'accepted',
      initiated: 'calling',
      ringing: 'ringing',
      'in-progress': 'answered',
      completed: 'completed',
      busy: 'busy',
      'no-answer': 'no_answer',
      failed: 'failed',
      canceled: 'canceled',
    };

    expect(STATUS_WORDS).toEqual(statuses);
  });

  it('shows nothing of who is told of it', () => {
    const call = new EngineCall([dial()], {
      callback: { url: 'https://example.com/secret', method: 'POST', events: ['completed'] },
    });

    expect(JSON.stringify(stateOf(call))).not.toContain('secret');
  });
});
