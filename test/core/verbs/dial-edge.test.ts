/** A Dial that the SIP edge carries out. What its targets' screenings come to: ../screening.test.ts. */
import { describe, expect, it } from 'vitest';
import type { SipTarget } from '../../../core/sip-target.ts';
import type { DialEdge, LaidOutVerb } from '../../../core/verb.ts';
import { type CallSettings, dial, EngineCall, lines, subscribed, target } from '../../support/engine-call.ts';
import { LEG_IDS } from '../../support/sma-events.ts';

const sip = (more: Partial<SipTarget> = {}): SipTarget => ({
  kind: 'sip',
  uri: 'sip:bob@example.com',
  transport: 'udp',
  headers: [],
  codecs: ['PCMU'],
  ...more,
});

function dialled(
  targets: SipTarget[],
  more: Partial<DialEdge> = {},
  settings: CallSettings = {},
): EngineCall {
  const usual = dial() as unknown as DialEdge;
  const verb: LaidOutVerb = { ...usual, verb: 'DialEdge', targets, ...more };
  const call = new EngineCall([verb], settings);
  call.placed();
  call.edge = { voiceConnectorArn: 'arn:vc', token: 'token' };
  call.answered();
  return call;
}

/** That target has answered first: the edge has told so, and the voice service joins it with the caller. */
function joined(call: EngineCall, winner: number): EngineCall {
  const { calls } = call.steps.findLast(({ plan }) => plan)?.plan ?? { calls: [] };
  call.report = {
    calls: calls.map((each, at) =>
      at === winner ? { ...each, status: 'in-progress', answeredAtMs: call.nowMs } : each,
    ),
    branches: calls.map(() => ({})),
    winner,
  };
  call.calleeAnswers();
  return call;
}

describe('DialEdge', () => {
  it('presses the digits of whoever has answered, once the two are joined', () => {
    const call = joined(dialled([sip({ sendDigits: '1' }), sip({ sendDigits: 'ww24' })]), 1);

    expect(call.actions).toMatchObject([
      { Type: 'SendDigits', Parameters: { CallId: LEG_IDS['LEG-B'], Digits: ',,24' } },
    ]);
  });

  it('presses nothing for one that has none, whatever the others have', () => {
    const call = joined(dialled([sip({ sendDigits: '1' }), sip()]), 1);

    expect(call.steps.at(-1)?.actions).toEqual([]);
  });

  it('keeps what its owner has said meanwhile of a call that the edge carries on', () => {
    const call = dialled([sip({ callback: subscribed('completed') }), sip()]);
    const elsewhere = { ...subscribed('completed'), url: 'https://example.com/elsewhere' };
    call.session = {
      ...call.session,
      calls: call.session.calls.map((each, at) => {
        if (at === 1) return { ...each, callback: elsewhere };
        return at === 2 ? { ...each, deleted: true } : each;
      }),
    };
    joined(call, 0);

    expect(call.session.calls.slice(1)).toMatchObject([
      { status: 'in-progress', callback: elsewhere },
      { status: 'initiated', deleted: true },
    ]);
  });

  it('listens for what it is to hear behind them', () => {
    const call = joined(dialled([sip({ sendDigits: '24' })], { hangupOnStar: true }), 0);

    expect(lines(call.actions)).toEqual(['SendDigits 24', 'ReceiveDigits']);
  });

  it.each([
    ['the caller’s name where it has none', { showsCallersName: true }, 'Ann'],
    ['its own name', { showsCallersName: true, callerName: 'Desk' }, 'Desk'],
    ['no name unless it is to', {}, undefined],
  ] as const)('shows %s', (_, more, shown) => {
    const call = dialled([sip()], more, { callerName: 'Ann' });
    expect(call.steps.at(-1)?.plan?.callerName).toBe(shown);
  });

  it('has the voice service play its ringback', () => {
    const call = dialled([sip()], { ringback: target('https://example.com/music') });
    const asked = call.steps.at(-1)?.plan;
    call.documentArrives([{ verb: 'Play', url: 'a', loop: 1, audio: { bucket: 'audio', key: 'a.wav' } }]);

    expect(asked).toBeUndefined();
    expect(call.actions).toMatchObject([
      { Parameters: { RingbackTone: { BucketName: 'audio', Key: 'a.wav' }, Endpoints: [{ Uri: 'token' }] } },
    ]);
    expect(call.steps.at(-1)?.plan).toMatchObject({ kind: 'bridge' });
  });
});
