import { describe, expect, it } from 'vitest';
import type { Call } from '../../core/call.ts';
import {
  type BranchFacts,
  type DialPlan,
  type DialReport,
  readScreeningToken,
  screeningToken,
} from '../../core/dial-plan.ts';
import type { DialFacts, Notification } from '../../core/document.ts';
import { SCREENING_GRACE_SECONDS } from '../../core/limits.ts';
import { screeningSession } from '../../core/screening.ts';
import type { SipTarget } from '../../core/sip-target.ts';
import type { DialEdge, LaidOutVerb, Screening } from '../../core/verb.ts';
import {
  dial,
  EngineCall,
  gather,
  HANGUP,
  lines,
  pause,
  ROOT_SID,
  redirect,
  START_MS,
  say,
  target,
} from '../support/engine-call.ts';

const TOKEN = 'abcdefghijklmnopqrstuvwx';
const screening: Screening = { document: target('https://example.com/screen'), timeoutSeconds: 60 };
const sip = (more: Partial<SipTarget> = {}): SipTarget => ({
  kind: 'sip',
  uri: 'sip:bob@example.com',
  transport: 'udp',
  headers: [],
  codecs: ['PCMU'],
  ...more,
});
const callee: Call = {
  sid: ROOT_SID.replace(/0000$/, '0001'),
  parentSid: ROOT_SID,
  direction: 'outbound-dial',
  to: 'sip:bob@example.com',
  from: '+12025550110',
  status: 'in-progress',
  createdAtMs: START_MS,
  updatedAtMs: START_MS,
  answeredAtMs: START_MS,
  nextEvent: 3,
  nextCallback: 0,
};
const plan = (more: Partial<Screening> = {}, of = screening): DialPlan => ({
  token: TOKEN,
  kind: 'bridge',
  accountSid: `AC${'a'.repeat(32)}`,
  dialect: 'test',
  rootSid: ROOT_SID,
  calls: [callee],
  targets: [sip({ screening: { ...of, ...more } })],
  callerId: '+12025550110',
  ringTimeoutSeconds: 30,
  timeLimitSeconds: 14_400,
  hangupOnStar: false,
  expiresAtMs: START_MS + 60_000,
});
const report: DialReport = {
  calls: [callee],
  branches: [{ sipCallId: 'call-1', headers: [['X-Agent', 'bob']], screening: 'open' }],
};

/** The voice service answers by what it says first. */
const TAKE_OVER = 'Speak <speak><break time="1ms"/></speak>';

/** A callee that has come to the voice service to be screened. */
function screened(more: Partial<Screening> = {}, of = screening): EngineCall {
  const call = new EngineCall([]);
  const session = screeningSession(plan(more, of), report, 0);
  if (session === undefined) throw new Error('It is not screened.');
  call.session = session;
  call.events.splice(0);
  call.comesIn();
  return call;
}

const verdicts = (call: EngineCall) =>
  call.steps.flatMap(({ verdict }) => (verdict === undefined ? [] : [verdict.accepted]));

describe('a screening', () => {
  it('asks for its document about the callee’s call, with what its 200 said', () => {
    const call = screened();
    expect(call.waitingFor).toMatchObject({
      target: screening.document,
      call: { sid: callee.sid, parentSid: ROOT_SID, status: 'in-progress' },
      facts: { kind: 'screening', sipCallId: 'call-1', headers: [['X-Agent', 'bob']] },
    });
    expect(call.steps[0]?.verdict).toBeUndefined();
  });

  it.each<[string, LaidOutVerb[], string[]]>([
    ['words', [say('Press nothing.')], [TAKE_OVER, 'Speak Press nothing.', 'Hangup LEG-A 0']],
    ['nothing', [], [TAKE_OVER, 'Hangup LEG-A 0']],
  ])('is accepted by a document of %s that runs to its end', (_, verbs, list) => {
    const call = screened();
    call.documentArrives(verbs);
    expect(lines(call.actions)).toEqual(list);
    expect(verdicts(call)).toEqual([true]);
    expect(call.steps.at(-1)?.verdict).toMatchObject({ dialToken: TOKEN, index: 0 });
  });

  it('is accepted by the end of the document that a Redirect or the keys of a Gather lead to', () => {
    const call = screened();
    call.documentArrives([redirect('https://example.com/more')]);
    call.listEnds();
    call.documentArrives([gather({ maxDigits: 1 })]);
    call.presses('1');
    call.wakes();
    expect(verdicts(call)).toEqual([]);
    call.documentArrives([say('Thank you.')]);
    expect(verdicts(call)).toEqual([true]);
  });

  it.each<[string, LaidOutVerb[]]>([
    ['a Hangup', [say('No.'), HANGUP]],
    ['a Reject', [{ verb: 'Reject', reason: 'busy' }]],
  ])('is refused by %s', (_, verbs) => {
    const call = screened();
    call.documentArrives(verbs);
    call.listEnds();
    expect(lines(call.actions).at(-1)).toBe('Hangup LEG-A 0');
    expect(verdicts(call)).toEqual([false]);
  });

  it('is refused where there is no document, and says why', () => {
    const call = screened();
    call.documentArrives({ error: { code: 11200, message: 'It answers 500.', reason: 'unreachable' } });
    expect(call.steps.at(-1)?.verdict).toMatchObject({
      accepted: false,
      failures: [{ code: 11200, message: 'It answers 500.' }],
    });
    expect(call.events).toEqual([]);
  });

  it.each([
    ['DialNumber', dial()],
    ['DialEdge', { ...dial(), verb: 'DialEdge', targets: [sip()] } as DialEdge],
  ])('is refused by a %s, which is told, and dials nobody', (_, verb) => {
    const call = screened();
    call.documentArrives([say('Hold.'), verb]);
    call.listEnds();
    expect(lines(call.actions)).toEqual(['Hangup LEG-A 0']);
    expect(call.steps.at(-1)?.verdict).toMatchObject({ accepted: false, notifications: [{ code: 13201 }] });
    expect(call.steps.flatMap(step => step.plan ?? [])).toEqual([]);
  });

  it('comes to nothing when the callee hangs up', () => {
    const call = screened();
    call.documentArrives([pause(10)]);
    call.hangsUp('LEG-A');
    expect(call.root.status).toBe('completed');
  });

  it('announces nothing: that is for the SIP edge', () => {
    const call = screened();
    call.documentArrives([say('Hello.')]);
    call.listEnds();
    call.hangsUp('LEG-A');
    expect(call.told).toEqual([]);
  });

  it('is ended by the voice service’s side when nobody else does in time', () => {
    const call = screened();
    call.documentArrives([pause(3_600)]);
    const limitMs = (60 + SCREENING_GRACE_SECONDS) * 1_000;
    call.passes(limitMs - 1).wakes();
    expect(lines(call.actions)).not.toContain('Hangup LEG-A 0');
    call.passes(1).wakes();
    expect(lines(call.actions)).toEqual(['Hangup LEG-A 0']);
    expect(verdicts(call)).toEqual([]);
  });
});

describe('a screening that waits for a key', () => {
  it('hears it from the document’s first word on, and cuts what is heard when it comes', () => {
    const call = screened({ key: '1' });
    call.documentArrives([say('Press one.')]);
    expect(lines(call.actions)).toEqual(['ReceiveDigits', TAKE_OVER, 'Speak Press one.', 'Pause 20000']);

    const step = call.presses('1');
    expect(step).toMatchObject({ actions: [], interrupt: true, verdict: { accepted: true } });
    call.wakes();
    expect(lines(call.actions)).toEqual(['Hangup LEG-A 0']);
  });

  it('hears it in silence where there is no document', () => {
    const { document: _, ...silent } = screening;
    const call = screened({ key: '1' }, silent);
    expect(call.waitingFor).toBeUndefined();
    expect(lines(call.actions)).toEqual(['ReceiveDigits', TAKE_OVER, 'Pause 20000']);
    call.presses('2');
    call.listEnds();
    expect(lines(call.actions)).toEqual(['Pause 20000']);
    expect(call.presses('1')).toMatchObject({ interrupt: true, verdict: { accepted: true } });
    call.wakes();
    expect(lines(call.actions)).toEqual(['Hangup LEG-A 0']);
  });

  it('is not accepted by other keys, nor by the document’s end', () => {
    const call = screened({ key: '1' });
    call.documentArrives([say('Press one.')]);
    call.presses('29');
    call.listEnds();
    expect(lines(call.actions)).toEqual(['Pause 20000']);
    expect(verdicts(call)).toEqual([]);
    call.presses('21');
    expect(verdicts(call)).toEqual([true]);
  });

  it('is decided once', () => {
    const call = screened({ key: '1' });
    call.documentArrives([say('Press one.')]);
    call.presses('1');
    call.presses('1');
    call.listEnds();
    expect(lines(call.actions)).toEqual(['Hangup LEG-A 0']);
    expect(verdicts(call)).toEqual([true]);
  });

  it('is refused by a Hangup all the same', () => {
    const call = screened({ key: '1' });
    call.documentArrives([say('No.'), HANGUP]);
    expect(verdicts(call)).toEqual([false]);
  });
});

describe('a target is not screened', () => {
  it.each<[string, DialPlan, DialReport, number]>([
    ['that asks for no screening', { ...plan(), targets: [sip()] }, report, 0],
    ['that does not exist', plan(), report, 1],
    [
      'that has not answered',
      plan(),
      { ...report, calls: [{ ...callee, status: 'ringing', answeredAtMs: undefined } as never] },
      0,
    ],
    ['whose call is over', plan(), { ...report, calls: [{ ...callee, status: 'completed' }] }, 0],
  ])('%s', (_, given, told, index) => {
    expect(screeningSession(given, told, index)).toBeUndefined();
  });
});

describe('the token of a screening', () => {
  it('names the plan and the target', () => {
    expect(readScreeningToken(screeningToken(TOKEN, 9))).toEqual({ dialToken: TOKEN, index: 9 });
  });

  it.each([TOKEN, `${TOKEN}-`, `${TOKEN}-x`, `${TOKEN}-1-2`, '-1'])('is not %s', token => {
    expect(readScreeningToken(token)).toBeUndefined();
  });
});

/** A dial of screened targets that nobody was joined by, or one was. */
describe('the outcome of a Dial whose targets are screened', () => {
  const ACTION = target('https://example.com/after');
  const verb = (...targets: SipTarget[]): LaidOutVerb => ({
    ...(dial({ action: ACTION }) as unknown as DialEdge),
    verb: 'DialEdge',
    targets,
  });

  function dialled(targets: SipTarget[]): EngineCall {
    const call = new EngineCall([verb(...targets)]);
    call.placed();
    call.edge = { voiceConnectorArn: 'arn:vc', token: TOKEN };
    call.answered();
    return call;
  }

  /** What the edge has reported of each target's call, at the end. */
  function over(call: EngineCall, branches: (BranchFacts & { status: Call['status'] })[], winner?: number) {
    const { calls } = call.steps.at(-1)?.plan ?? { calls: [] };
    call.report = {
      calls: calls.map((each, at) => ({
        ...each,
        status: branches[at]?.status ?? each.status,
        ...(branches[at]?.screening && { answeredAtMs: call.nowMs, endedAtMs: call.nowMs + 8_000 }),
      })),
      branches: branches.map(({ status: _, ...branch }) => branch),
      ...(winner !== undefined && { winner }),
    };
    if (winner === undefined) call.calleeDoesNotAnswer();
    else {
      call.calleeAnswers();
      call.hangsUp('LEG-B');
    }
    return call.waitingFor?.facts as DialFacts;
  }

  it('waits for the longest screening, within what the voice service rings', () => {
    const seconds = (...timeouts: number[]) => {
      const call = dialled(
        timeouts.map(timeoutSeconds => sip({ screening: { ...screening, timeoutSeconds } })),
      );
      return call.actions[0]?.Parameters as { CallTimeoutSeconds: number };
    };
    expect(seconds(20, 40).CallTimeoutSeconds).toBe(75);
    expect(seconds(120).CallTimeoutSeconds).toBe(120);
  });

  it('is no-answer, with its reason, when a screening refused', () => {
    const call = dialled([sip({ screening })]);
    expect(over(call, [{ status: 'completed', screening: 'refused' }])).toMatchObject({
      outcome: 'no-answer',
      reason: 'screening-refused',
      bridged: false,
      durationSeconds: 0,
    });
  });

  it('is canceled when the caller left while somebody was screened', () => {
    const call = dialled([sip({ screening })]);
    const facts = over(call, [{ status: 'completed', screening: 'open' }]);
    expect(facts).toMatchObject({ outcome: 'canceled', bridged: false });
    expect(facts).not.toHaveProperty('reason');
  });

  it('is that of the target which accepted', () => {
    const call = dialled([sip({ screening }), sip({ screening })]);
    const facts = over(
      call,
      [
        { status: 'completed', screening: 'open' },
        { status: 'completed', screening: 'accepted' },
      ],
      1,
    );
    expect(facts).toMatchObject({ outcome: 'completed', bridged: true, durationSeconds: 8 });
    expect(facts.callSid).toMatch(/0002$/);
  });

  it('tells of the screenings’ documents that failed, about the call that dialled', () => {
    const call = dialled([sip({ screening })]);
    const failure = { code: 7011, message: 'It answers 500.', reason: 'unreachable' } as const;
    call.verdicts = [{ accepted: false, notifications: [], failures: [failure] }];
    over(call, [{ status: 'completed', screening: 'refused' }]);
    expect(call.session.notifications).toMatchObject([{ code: 7011, level: 'error' }]);
    const told = call.events.filter(({ type }) => type === 'Document Failed');
    expect(told.map(({ detail }) => [detail.call.sid, detail.document])).toEqual([
      [call.root.sid, { ...failure, purpose: 'screening' }],
    ]);
  });

  it('comes with what the screenings’ documents had to say', () => {
    const call = dialled([sip({ screening })]);
    const notification: Notification = {
      code: 13201,
      level: 'error',
      message: 'No.',
      occurredAtMs: START_MS,
    };
    call.verdicts = [{ accepted: false, notifications: [notification] }];
    over(call, [{ status: 'completed', screening: 'refused' }]);
    expect(call.session.notifications).toEqual([notification]);
  });
});
