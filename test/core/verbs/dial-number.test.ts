import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../core/call.ts';
import { CALLBACK_WORDS } from '../../../core/event.ts';
import type { DialNumber, LaidOutVerb, NumberTarget } from '../../../core/verb.ts';
import {
  CALLEE,
  CALLER,
  dial,
  EngineCall,
  lines,
  OWN_NUMBER,
  pause,
  ROOT_SID,
  say,
  subscribed,
  target,
} from '../../support/engine-call.ts';
import { LEG_IDS } from '../../support/sma-events.ts';

const ANOTHER = '+12025550101';
const to = (number: string, more: Partial<NumberTarget> = {}): NumberTarget => ({
  kind: 'number',
  number,
  ...more,
});
const GOODBYE = ['Speak Goodbye.', 'Hangup LEG-A 0'];
const goodbye = say('Goodbye.');

/** A call whose callee has answered. */
function bridged(more: Partial<DialNumber> = {}, after: LaidOutVerb[] = [goodbye]): EngineCall {
  const call = EngineCall.answered([dial(more), ...after]);
  call.calleeAnswers();
  return call;
}

describe('DialNumber', () => {
  it('bridges to the number, ringing as long as it says and showing the call that it belongs to', () => {
    const call = EngineCall.answered([dial({ timeoutSeconds: 25 })]);

    expect(call.actions).toEqual([
      {
        Type: 'CallAndBridge',
        Parameters: {
          CallTimeoutSeconds: 25,
          CallerIdNumber: OWN_NUMBER,
          Endpoints: [{ BridgeEndpointType: 'PSTN', Uri: CALLEE }],
        },
      },
    ]);
  });

  it.each([
    ['its caller id', { callerId: '+12025550119' }, CALLER, '+12025550119'],
    ["the caller's number", {}, CALLER, CALLER],
    ['the number that was called, where the caller withholds theirs', {}, 'anonymous', OWN_NUMBER],
  ])('shows %s', (_, more, from, shown) => {
    const call = EngineCall.inbound([dial(more)], { from });

    expect(call.actions[0]?.Parameters).toMatchObject({ CallerIdNumber: shown });
    expect(call.dialled.from).toBe(shown);
  });

  it.each([
    [600, 120],
    [120, 120],
    [0, 1],
  ])('rings within what the voice service can: %i s asked for, %i s given', (timeoutSeconds, given) => {
    const call = EngineCall.answered([dial({ timeoutSeconds })]);

    expect(call.actions[0]?.Parameters).toMatchObject({ CallTimeoutSeconds: given });
  });

  it('begins alone, so that its time runs from when it dials', () => {
    const call = EngineCall.answered([say('One moment.'), dial()]);
    const first = lines(call.actions);

    call.passes(5_000).listEnds();

    expect([first, lines(call.actions)]).toEqual([['Speak One moment.'], [`CallAndBridge ${CALLEE}`]]);
    expect(call.dialled.startedAtMs).toBe(call.nowMs);
  });

  it('lets a call that came in ring until its callee answers', () => {
    const call = EngineCall.inbound([dial()]);
    const before = call.root.status;

    call.calleeAnswers();

    expect([before, call.root.status]).toEqual(['ringing', 'in-progress']);
    expect(call.told).toEqual(['A Call Ringing', 'B Call Initiated', 'A Call Answered', 'B Call Answered']);
  });

  it('names its call after the root call, and says whose it is', () => {
    const call = EngineCall.answered([dial()]);

    expect(call.dialled).toMatchObject({
      sid: `${ROOT_SID.slice(0, -4)}0001`,
      parentSid: ROOT_SID,
      direction: 'outbound-dial',
      to: CALLEE,
      status: 'initiated',
    });
  });

  it('tells whoever asked for it that the two talk, and nobody else', () => {
    const story = (callback: ReturnType<typeof subscribed>) => {
      const call = EngineCall.answered([dial({ targets: [to(CALLEE, { callback })] })]);
      call.calleeAnswers();
      return call.events.flatMap(({ type, detail }) => (detail.call.parentSid ? [type] : []));
    };
    const usual = ['Call Initiated', 'Call Answered'];

    expect(story(subscribed('joined'))).toEqual([...usual, 'Call Joined']);
    expect(story(subscribed('answered'))).toEqual(usual);
  });

  it("tells the target's own subscriber what happens to it", () => {
    const callback = subscribed('initiated', 'answered', 'completed');
    const call = EngineCall.answered([dial({ targets: [to(CALLEE, { callback })] })]);

    call.calleeAnswers();
    call.hangsUp('LEG-B');

    const words = call.events.flatMap(({ detail, type }) =>
      detail.callback ? [[type, detail.callback.event, detail.callback.sequenceNumber]] : [],
    );
    expect(words).toEqual([
      ['Call Initiated', CALLBACK_WORDS['Call Initiated'], 0],
      ['Call Answered', CALLBACK_WORDS['Call Answered'], 1],
      ['Call Completed', CALLBACK_WORDS['Call Completed'], 2],
    ]);
  });

  it('is nothing without targets', () => {
    const call = EngineCall.answered([...Array<LaidOutVerb>(20_000).fill(dial({ targets: [] })), goodbye]);

    expect(lines(call.actions)).toEqual(GOODBYE);
  });
});

describe('a Dial that nobody answers', () => {
  const unanswered: [string, number, Outcome][] = [
    ['rang until its time was up', 30_000, 'no-answer'],
    ['ended a second before that', 29_000, 'no-answer'],
    ['ended earlier', 28_999, 'busy'],
    ['ended at once', 0, 'busy'],
  ];
  it.each(unanswered)('whose callee %s (%i ms of 30 s) is %s', (_, ms, outcome) => {
    const call = EngineCall.answered([dial({ timeoutSeconds: 30 }), goodbye]);

    call.passes(ms).calleeDoesNotAnswer();

    expect(call.dialled.status).toBe(outcome);
    expect(lines(call.actions)).toEqual(GOODBYE);
  });

  it('has failed, and says why, when the voice service would not dial', () => {
    const call = EngineCall.answered([dial(), goodbye]);

    call.calleeDoesNotAnswer({ type: 'InvalidActionParameter', message: 'Invalid caller ID.' });

    expect(call.dialled.status).toBe('failed');
    expect(call.session.notifications).toMatchObject([
      { code: 13223, message: `Dial of ${CALLEE}: InvalidActionParameter: Invalid caller ID.` },
    ]);
    expect(lines(call.actions)).toEqual(GOODBYE);
  });

  it('tries its targets one after the other', () => {
    const call = EngineCall.answered([dial({ numbers: [CALLEE, ANOTHER] }), goodbye]);
    const first = lines(call.actions);

    call.calleeDoesNotAnswer();
    const second = lines(call.actions);
    call.calleeDoesNotAnswer();

    expect([first, second, lines(call.actions)]).toEqual([
      [`CallAndBridge ${CALLEE}`],
      [`CallAndBridge ${ANOTHER}`],
      GOODBYE,
    ]);
    expect(call.told.slice(-5)).toEqual([
      'B Call Initiated',
      'B Call Completed busy',
      'C Call Initiated',
      'C Call Completed busy',
      'A Dial Completed',
    ]);
  });

  it('rings nobody else once somebody has answered', () => {
    const call = EngineCall.answered([dial({ numbers: [CALLEE, ANOTHER] }), goodbye]);

    call.calleeAnswers();
    call.hangsUp('LEG-B');

    expect(lines(call.actions)).toEqual(GOODBYE);
  });

  it('gives a caller that was never answered the rest of the document', () => {
    const call = EngineCall.inbound([dial(), { verb: 'Reject', reason: 'busy' }]);

    call.calleeDoesNotAnswer();

    expect(lines(call.actions)).toEqual(['Hangup LEG-A 486']);
  });
});

describe('a Dial that is over', () => {
  it('asks its action what is next, and tells what came of it', () => {
    const call = bridged({ action: target('https://example.com/dialled') });

    const step = call.passes(61_000).hangsUp('LEG-B');

    expect(step.request).toMatchObject({
      target: target('https://example.com/dialled'),
      facts: {
        kind: 'dial',
        outcome: 'completed',
        callSid: call.dialled.sid,
        durationSeconds: 61,
        bridged: true,
      },
    });
    expect(lines(step.actions)).toEqual(['Pause 20000']);
  });

  it('says in its event what it said to its action', () => {
    const call = EngineCall.answered([dial()]);

    call.passes(30_000).calleeDoesNotAnswer();

    expect(call.events.at(-1)).toMatchObject({
      type: 'Dial Completed',
      detail: {
        call: { sid: ROOT_SID },
        dial: { outcome: 'no-answer', callSid: call.dialled.sid, durationSeconds: 0, bridged: false },
      },
    });
  });

  it('goes on with the next verb without an action', () => {
    const call = bridged();

    call.hangsUp('LEG-B');

    expect(lines(call.actions)).toEqual(GOODBYE);
  });

  it('hangs up instead where its dialect says so', () => {
    const call = bridged({ afterwards: 'hangup' });

    call.hangsUp('LEG-B');

    expect(lines(call.actions)).toEqual(['Hangup LEG-A 0']);
  });

  it('asks its action even when the caller has gone, though nobody waits for the answer', () => {
    const call = bridged({ action: target('https://example.com/dialled') });

    call.hangsUp('LEG-A');
    const step = call.hangsUp('LEG-B');

    expect(step.request).toBeUndefined();
    expect(step.notices).toMatchObject([
      { target: target('https://example.com/dialled'), discard: true, facts: { bridged: true } },
    ]);
  });

  it.each([
    ['leaves', (call: EngineCall) => call.callerLeavesWhile('ringing the callee'), undefined],
    [
      'is hung up by the API',
      (call: EngineCall) => {
        call.isHungUp('completed');
        return call.calleeDoesNotAnswer();
      },
      { by: 'api', reason: 'hung-up' },
    ],
  ] as const)(
    'asks its action, too, when the caller %s while somebody is rung, as a call that is over',
    (_, ends, end) => {
      const call = EngineCall.answered([dial({ action: target('https://example.com/dialled') }), say('No.')]);

      const step = ends(call.passes(3_000));
      call.hangsUp('LEG-A');

      expect(step.request).toBeUndefined();
      expect(step.notices).toMatchObject([
        { discard: true, facts: { outcome: 'canceled', durationSeconds: 0 }, call: { status: 'completed' } },
      ]);
      expect(step.notices[0]?.call.end).toEqual(end);
      expect(call.steps.flatMap(({ notices }) => notices)).toHaveLength(1);
      expect(call.told.at(-1)).toBe('A Call Completed completed');
    },
  );

  it('can be followed by another Dial, whose call is a new one', () => {
    const call = bridged({}, [dial({ numbers: [ANOTHER] })]);

    call.hangsUp('LEG-B');

    expect(lines(call.actions)).toEqual([`CallAndBridge ${ANOTHER}`]);
    expect(call.dialled.sid).toBe(`${ROOT_SID.slice(0, -4)}0002`);
  });
});

describe('what a bridge is given', () => {
  it('is nothing, so that it lasts', () => {
    const call = EngineCall.answered([dial()]);

    const step = call.calleeAnswers();

    expect(step.actions).toEqual([]);
  });

  it('is the digits that open the way behind the number', () => {
    const call = bridged({ targets: [to(CALLEE, { sendDigits: 'ww12#' })] });

    expect(call.actions).toEqual([
      { Type: 'SendDigits', Parameters: { CallId: LEG_IDS['LEG-B'], Digits: ',,12#' } },
    ]);
  });

  it('is no more than one list takes, however many digits there are', () => {
    const call = bridged({
      targets: [to(CALLEE, { sendDigits: '1'.repeat(5_000) })],
      hangupOnStar: true,
    });

    expect(call.actions).toHaveLength(10);
    expect(call.actions.at(-1)?.Type).toBe('ReceiveDigits');
  });

  it('is an ear for the star, where the caller may hang up with it', () => {
    const call = bridged({ hangupOnStar: true });

    expect(call.actions).toMatchObject([
      { Type: 'ReceiveDigits', Parameters: { ParticipantTag: 'LEG-A', InputDigitsRegex: '^.*\\*$' } },
    ]);
  });

  it('goes on with its ear for the star when the digits could not be sent', () => {
    const call = bridged({ targets: [to(CALLEE, { sendDigits: '1' })], hangupOnStar: true });

    call.actionFails(0);

    expect(lines(call.actions)).toEqual(['ReceiveDigits']);
  });

  it('is kept while digits have been sent', () => {
    const call = bridged({ targets: [to(CALLEE, { sendDigits: '1' })] });

    const step = call.listEnds();

    expect(step.actions).toEqual([]);
  });
});

describe("the caller's star", () => {
  it('hangs the callee up, and the call goes on', () => {
    const call = bridged({ hangupOnStar: true });

    const star = call.presses('*');
    const ended = call.hangsUp('LEG-B');
    const hungUp = call.listEnds();

    expect([star, ended, hungUp].map(({ actions }) => lines(actions))).toEqual([
      ['Hangup LEG-B 0'],
      [],
      GOODBYE,
    ]);
  });

  it.each(['1', '42#'])('is not the key %s: the talk goes on, and a star is still heard', keys => {
    const call = bridged({ hangupOnStar: true });

    const other = call.presses(keys);
    const star = call.presses('7*');

    expect([other, star].map(({ actions }) => lines(actions))).toEqual([
      ['ReceiveDigits'],
      ['Hangup LEG-B 0'],
    ]);
  });

  it('is pressed once: a second one changes nothing', () => {
    const call = bridged({ hangupOnStar: true });

    call.presses('*');
    const second = call.presses('*');

    expect(second.actions).toEqual([]);
  });

  it('means nothing to a Dial that did not ask for it, though an earlier one did', () => {
    const call = bridged({ hangupOnStar: true }, [dial({ numbers: [ANOTHER] })]);
    call.hangsUp('LEG-B');

    const ringing = call.presses('*');
    call.calleeAnswers();
    const bridgedAgain = call.presses('*');

    expect([ringing.actions, bridgedAgain.actions]).toEqual([[], []]);
  });

  it('means nothing when nobody is dialled', () => {
    const call = bridged({ hangupOnStar: true }, [pause(20), goodbye]);
    call.hangsUp('LEG-B');

    const step = call.presses('*');

    expect(step.actions).toEqual([]);
  });
});

describe('the time limit of a Dial', () => {
  it('runs from the answer', () => {
    const call = EngineCall.answered([dial({ timeLimitSeconds: 60 })]);

    call.passes(5_000).calleeAnswers();

    expect(call.session.alarms.dialLimit).toBe(call.nowMs + 60_000);
  });

  it('hangs the callee up, and the call goes on', () => {
    const call = bridged({ timeLimitSeconds: 60 });

    const woken = call.passes(60_000).wakes();
    call.hangsUp('LEG-B');
    call.listEnds();

    expect(lines(woken.actions)).toEqual(['Hangup LEG-B 0']);
    expect(call.dialled).toMatchObject({ status: 'completed' });
    expect(lines(call.actions)).toEqual(GOODBYE);
  });

  it('goes with the bridge', () => {
    const call = bridged({ timeLimitSeconds: 60 });

    call.hangsUp('LEG-B');

    expect(call.session.alarms.dialLimit).toBeUndefined();
  });
});
