import { describe, expect, it } from 'vitest';
import type { Call } from '../../core/call.ts';
import type { DialPlan, DialReport } from '../../core/dial-plan.ts';
import { PARTING_MS } from '../../core/limits.ts';
import { isMovedTo, joinedTarget, movedSession } from '../../core/moving.ts';
import { type Entry, sessionIsOver } from '../../core/session.ts';
import type { DialEdge } from '../../core/verb.ts';
import {
  CALLER,
  EngineCall,
  HANGUP,
  lines,
  ROOT_SID,
  START_MS,
  say,
  target,
} from '../support/engine-call.ts';

const OWN_SID = `CA${'7'.repeat(28)}0000`;
const EDGE = { voiceConnectorArn: 'arn:connector', token: 'bridgebridgebridgebridge' };
const MOVED_TOKEN = 'movedmovedmovedmovedmove';
const NEXT: Entry = { target: target('https://example.com/next') };
const ACTION = target('https://example.com/after');

const dial: DialEdge = {
  verb: 'DialEdge',
  targets: [{ kind: 'sip', uri: 'sip:bob@example.com', transport: 'udp', headers: [], codecs: ['PCMU'] }],
  timeoutSeconds: 30,
  timeLimitSeconds: 14_400,
  hangupOnStar: false,
  action: ACTION,
  answer: 'document',
  afterwards: 'continue',
};

/** A caller who talks with whom the edge has dialled; and what the edge makes and tells of that. */
function bridged(more: Partial<DialEdge> = {}): { caller: EngineCall; plan: DialPlan; report: DialReport } {
  const caller = new EngineCall([{ ...dial, ...more }, say('Goodbye.')]);
  caller.edge = EDGE;
  caller.placed();
  const { plan } = caller.answered();
  if (plan === undefined) throw new Error('Nobody is dialled.');
  const [initiated] = plan.calls as [Call];
  const callee: Call = { ...initiated, status: 'in-progress', answeredAtMs: START_MS + 5_000, nextEvent: 2 };
  const report: DialReport = { calls: [callee], branches: [{ sipCode: 200 }], winner: 0 };
  caller.report = report;
  caller.calleeAnswers();
  return { caller, plan, report };
}

/** The edge has given the call up. */
function given(report: DialReport, atMs = START_MS + 65_000): DialReport {
  const calls = report.calls.map(call => ({ ...call, moved: { to: OWN_SID, atMs } }));
  return { ...report, calls };
}

/** The callee's own session, as the API leaves it. */
function ofItsOwn(): EngineCall {
  const { plan, report } = bridged();
  const { session } = movedSession(
    { plan, report, closed: false },
    { sid: OWN_SID, token: MOVED_TOKEN, entry: NEXT, nowMs: START_MS + 60_000 },
  );
  const call = new EngineCall([]);
  call.session = session;
  call.events.splice(0);
  return call;
}

const ends = (call: EngineCall) => call.events.filter(({ type }) => type === 'Call Completed');

describe('the callee of a bridge', () => {
  it('can be moved while it talks, and not before, after, or once the plan is closed', () => {
    const { plan, report } = bridged();
    expect(joinedTarget({ plan, report, closed: false })).toBe(0);
    expect(joinedTarget({ plan, closed: false })).toBeUndefined();
    expect(
      joinedTarget({ plan, report: { calls: report.calls, branches: [{}] }, closed: false }),
    ).toBeUndefined();
    expect(joinedTarget({ plan, report, closed: true })).toBeUndefined();
    expect(joinedTarget({ plan, report: given(report), closed: false })).toBeUndefined();
    expect(joinedTarget({ plan: { ...plan, kind: 'originate' }, report, closed: false })).toBeUndefined();
  });

  it('takes its SID, its answer and its numbers along', () => {
    const { plan, report } = bridged();
    const moved = movedSession(
      { plan, report, closed: false },
      { sid: OWN_SID, token: MOVED_TOKEN, entry: NEXT, nowMs: START_MS + 60_000 },
    );
    expect(moved.session).toMatchObject({
      sid: OWN_SID,
      calls: report.calls,
      dialToken: MOVED_TOKEN,
      movedFrom: { dialToken: plan.token, index: 0 },
    });
    expect(moved.plan).toMatchObject({
      token: MOVED_TOKEN,
      kind: 'moved',
      rootSid: OWN_SID,
      calls: report.calls,
      targets: plan.targets,
      movedFrom: { dialToken: plan.token, index: 0 },
    });
    expect(isMovedTo(OWN_SID, { index: 0 }, given(report))).toBe(true);
    expect(isMovedTo(OWN_SID, { index: 0 }, report)).toBe(false);
  });
});

describe('the caller of a callee that is moved', () => {
  it('goes on after its Dial, which tells its end and not the callee’s', () => {
    const { caller, report } = bridged();
    caller.report = given(report);
    const { request, closedPlan } = caller.hangsUp('LEG-B');
    expect(request).toMatchObject({
      target: ACTION,
      facts: { kind: 'dial', outcome: 'completed', bridged: true, durationSeconds: 60 },
    });
    expect(closedPlan).toBe(EDGE.token);
    expect(ends(caller)).toEqual([]);
    caller.documentArrives([HANGUP]);
    caller.hangsUp('LEG-A');
    expect(ends(caller).map(({ detail }) => detail.call.sid)).toEqual([ROOT_SID]);
    expect(sessionIsOver(caller.session)).toBe(true);
  });

  it('tells nothing of the callee when it hangs up itself', () => {
    const { caller, report } = bridged();
    caller.report = given(report);
    caller.hangsUp('LEG-A');
    caller.hangsUp('LEG-B');
    expect(ends(caller).map(({ detail }) => detail.call.sid)).toEqual([ROOT_SID]);
    expect(sessionIsOver(caller.session)).toBe(true);
  });

  it('that is led on as well waits until the edge has ended the bridge, and its Dial’s action is not asked', () => {
    const { caller, report } = bridged();
    expect(caller.happens({ kind: 'redirected', entry: NEXT, isParting: true }).actions).toEqual([]);
    expect(caller.presses('5').actions).toEqual([]);
    caller.report = given(report);
    expect(caller.hangsUp('LEG-B').request).toMatchObject({ target: { url: 'https://example.com/next' } });
    expect(ends(caller)).toEqual([]);
  });

  it('may be led on after the edge has moved the callee: it waits for the bridge’s end all the same', () => {
    const { caller, report } = bridged();
    caller.report = given(report);
    expect(caller.happens({ kind: 'redirected', entry: NEXT, isParting: true }).actions).toEqual([]);
    expect(caller.hangsUp('LEG-B').request).toMatchObject({ target: { url: 'https://example.com/next' } });
  });

  it('waits no longer than that: then the bridge is ended', () => {
    const { caller } = bridged();
    caller.happens({ kind: 'redirected', entry: NEXT, isParting: true });
    caller.nowMs += PARTING_MS;
    expect(lines(caller.happens({ kind: 'woken' }).actions)).toEqual(['Hangup LEG-B 0']);
    expect(caller.hangsUp('LEG-B').closedPlan).toBe(EDGE.token);
    caller.report = undefined;
    expect(caller.listEnds().request).toMatchObject({ target: { url: 'https://example.com/next' } });
    expect(ends(caller).map(({ detail }) => detail.call.end)).toEqual([{ by: 'api', reason: 'hung-up' }]);
  });
});

describe('a caller that has sent on whom its Dial has joined', () => {
  const CAROL = 'sip:carol@example.com';
  const refer = target('https://example.com/refer');

  it('is over, and the callee goes on with the Dial’s document for that', () => {
    const { caller, plan } = bridged({ refer });
    caller.referTo = CAROL;
    const { movedTo, actions, request, notices } = caller.hangsUp('LEG-A');
    expect(plan.takesRefer).toBe(true);
    expect(movedTo).toEqual({
      target: refer,
      facts: { kind: 'refer', target: CAROL, transferor: CALLER, transferee: 'sip:bob@example.com' },
    });
    expect({ actions, request, notices }).toEqual({ actions: [], request: undefined, notices: [] });
    expect(ends(caller).map(({ detail }) => detail.call.sid)).toEqual([ROOT_SID]);
  });

  it('asks no action once the edge has moved the callee, whose end is not its own to tell', () => {
    const { caller, report } = bridged({ refer });
    caller.referTo = CAROL;
    caller.hangsUp('LEG-A');
    caller.report = given(report);
    const { notices, closedPlan } = caller.hangsUp('LEG-B');
    expect({ notices, closedPlan }).toEqual({ notices: [], closedPlan: EDGE.token });
    expect(ends(caller)).toHaveLength(1);
    expect(sessionIsOver(caller.session)).toBe(true);
  });

  it('has its Dial end as any other where the callee hangs up before, or the edge does not move it in time', () => {
    const { caller } = bridged({ refer });
    caller.referTo = CAROL;
    caller.hangsUp('LEG-A');
    caller.nowMs += PARTING_MS;
    expect(lines(caller.wakes().actions)).toEqual(['Hangup LEG-B 0']);
    expect(caller.hangsUp('LEG-B').notices).toMatchObject([{ target: ACTION, facts: { kind: 'dial' } }]);
    expect(ends(caller)).toHaveLength(2);
  });

  it.each<[string, Partial<DialEdge>, (caller: EngineCall) => void]>([
    ['the Dial has no such document', {}, () => {}],
    ['the API hangs the caller up', { refer }, caller => caller.isHungUp('completed')],
  ])('has the callee hung up where %s', (_, more, happens) => {
    const { caller } = bridged(more);
    caller.referTo = CAROL;
    happens(caller);
    const { movedTo, actions } = caller.hangsUp('LEG-A');
    expect([movedTo, lines(actions)]).toEqual([undefined, ['Hangup LEG-B 0']]);
  });

  it('hangs up what is already moved, where its handler was killed in between', () => {
    const { caller, report } = bridged({ refer });
    caller.referTo = CAROL;
    caller.report = given(report);
    expect(caller.hangsUp('LEG-A').movedTo).toBeUndefined();
    expect(caller.hangsUp('LEG-B').notices).toEqual([]);
  });
});

describe('a call that was moved', () => {
  it('carries its document out from the voice service’s first event on, and tells its end', () => {
    const call = ofItsOwn();
    const { request, closedPlan } = call.comesIn();
    expect(request).toMatchObject({
      target: { url: 'https://example.com/next' },
      purpose: 'update',
      call: { sid: ROOT_SID.replace(/0000$/, '0001'), parentSid: ROOT_SID },
    });
    expect(closedPlan).toBe(MOVED_TOKEN);
    call.documentArrives([say('Hello.')]);
    call.hangsUp('LEG-A');
    expect(ends(call).map(({ detail }) => [detail.call.sid, detail.metadata.sequenceNumber])).toEqual([
      [ROOT_SID.replace(/0000$/, '0001'), 2],
    ]);
  });

  it('dials calls that are its own, under its session’s SID', () => {
    const call = ofItsOwn();
    call.comesIn();
    call.edge = { ...EDGE, token: 'another' };
    const { plan } = call.documentArrives([dial]);
    expect(plan?.calls).toMatchObject([
      { sid: OWN_SID.replace(/0000$/, '0001'), parentSid: ROOT_SID.replace(/0000$/, '0001') },
    ]);
    // Its own end leaves to the edge what the edge has dialled.
    expect(call.hangsUp('LEG-A').closedPlan).toBe('another');
  });

  it.each<[string, boolean, number]>([
    ['that the edge never moved tells nothing: its end is the bridge’s to tell', true, 0],
    ['that never came is lost, and ends', false, 1],
  ])('%s', (_, isStillBridged, told) => {
    const call = ofItsOwn();
    call.happens({ kind: 'lost', isStillBridged });
    expect(ends(call)).toHaveLength(told);
    expect(sessionIsOver(call.session)).toBe(true);
  });
});
