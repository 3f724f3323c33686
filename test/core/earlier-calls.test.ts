/** A hunt group that nobody answers: ten are dialled, the action answers with the same Dial, and again. */
import { describe, expect, it } from 'vitest';
import { MAX_DIALLED_CALLS, MAX_SETTLED_CHARACTERS } from '../../core/limits.ts';
import type { Session } from '../../core/session.ts';
import { childSid } from '../../core/sid.ts';
import type { DialEdge, LaidOutVerb } from '../../core/verb.ts';
import { CALLEE, dial, EngineCall, lines, ROOT_SID, subscribed, target } from '../support/engine-call.ts';

const AGENTS = 10;
const hunt = {
  ...(dial({ action: target('https://example.com/queue') }) as unknown as DialEdge),
  verb: 'DialEdge',
  targets: Array.from({ length: AGENTS }, (_, n) => ({
    kind: 'sip',
    uri: `sip:agent${n}@pbx.example.com`,
    transport: 'udp',
    headers: [],
    codecs: ['PCMU'],
    callback: subscribed('initiated', 'ringing', 'answered', 'completed'),
  })),
} as LaidOutVerb;

/** What the call table takes of a session: what leaves it has gone from it. */
function stored(call: EngineCall): string[] {
  const { leaving = [], ...kept } = call.session;
  call.session = kept as Session;
  return leaving.map(({ sid }) => sid);
}

function hunting(rounds: number): { call: EngineCall; left: string[]; characters: number } {
  const call = new EngineCall([hunt], { direction: 'inbound' });
  call.edge = { voiceConnectorArn: 'arn:vc', token: 'token' };
  call.comesIn();
  const left: string[] = [];
  let characters = 0;
  for (let round = 1; round <= rounds; round++) {
    call.passes(15_000).calleeDoesNotAnswer();
    call.documentArrives([hunt]);
    left.push(...stored(call));
    characters = Math.max(characters, JSON.stringify(call.session).length);
  }
  return { call, left, characters };
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => childSid(ROOT_SID, from + n));

describe('a call that dials again and again', () => {
  it('has a session of the same size however often it has', () => {
    const { characters } = hunting(120);

    expect(characters).toBeLessThan(2 * MAX_SETTLED_CHARACTERS);
    expect(hunting(240).characters).toBeLessThan(characters * 1.02);
  });

  it('numbers those that it dials without a gap, and ends each of them once', () => {
    const { call, left } = hunting(120);

    expect([...left, ...call.session.calls.slice(1).map(({ sid }) => sid)]).toEqual(
      numbered(1, 121 * AGENTS),
    );
    const ended = call.events.filter(({ type }) => type === 'Call Completed');
    expect(ended.map(({ detail }) => detail.call.sid)).toEqual(numbered(1, 120 * AGENTS));
  });

  it('takes none out of it that it may still need', () => {
    const { call } = hunting(8);

    expect(stored(call)).toEqual([]);
    expect(call.session.dialledBefore).toBe(70);
    expect(call.session.calls.slice(1).map(({ status }) => status)).toEqual([
      ...Array(AGENTS).fill('no-answer'),
      ...Array(AGENTS).fill('initiated'),
    ]);
  });

  it('asks the action about the Dial that has just ended', () => {
    const { call } = hunting(30);

    const { request } = call.passes(15_000).calleeDoesNotAnswer();

    expect(request?.facts).toMatchObject({ outcome: 'no-answer', callSid: childSid(ROOT_SID, 301) });
  });

  it('does so with numbers, too', () => {
    const call = EngineCall.answered([dial({ numbers: Array(200).fill(CALLEE) })]);
    for (let n = 0; n < 200; n++) {
      call.calleeDoesNotAnswer();
      stored(call);
    }

    expect(JSON.stringify(call.session.calls).length).toBeLessThan(1.1 * MAX_SETTLED_CHARACTERS);
    expect(call.told.filter(line => line.includes('Call Completed'))).toHaveLength(200);
  });

  it('is ended, and told why, when it has dialled as many as it may', () => {
    const { call } = hunting(1);
    call.session = { ...call.session, dialledBefore: MAX_DIALLED_CALLS - 15 };
    call.calleeDoesNotAnswer();
    call.documentArrives([hunt]);

    expect(lines(call.actions)).toEqual(['Hangup LEG-A 480']);
    expect(call.session.notifications).toMatchObject([
      { level: 'error', code: 13223, message: expect.stringContaining('has dialled 10000 others') },
    ]);
    call.hangsUp('LEG-A', 500);
    expect(call.root).toMatchObject({
      status: 'failed',
      end: { by: 'document', reason: 'document-loop' },
    });
    expect(call.events.filter(({ type }) => type === 'Call Completed').at(-1)?.detail.call.sid).toBe(
      ROOT_SID,
    );
  });
});
