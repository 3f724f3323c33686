import { describe, expect, it } from 'vitest';
import type { SipRequest } from '../../sip/message/message.ts';
import type { SessionTimerOptions, UserAgentOptions } from '../../sip/user-agent.ts';
import { shortLine } from '../sip/support/virtual-network.ts';
import {
  answerAt,
  answeringPhone,
  CONNECTOR,
  CONNECTOR_SDP,
  EdgeStage,
  OUTSIDE,
  phoneAddress,
  ringingPhone,
} from './support/edge-stage.ts';
import { killable } from './support/killable.ts';

async function bridged(
  target: Parameters<EdgeStage['plan']>[0][number] = {},
  plan = {},
  options: Partial<UserAgentOptions> = {},
) {
  const stage = await EdgeStage.open();
  await stage.edge.stop();
  const kill = await killable(stage);
  const phone = answeringPhone(stage, 1);
  await stage.phone(1, phone, options);
  await stage.plan([target], plan);
  const call = stage.call();
  await stage.clock.advance(2_000);
  const [callee] = phone.sessions;
  if (call.session === undefined || callee === undefined) throw new Error('not bridged');
  return { stage, kill, caller: call.session, callee };
}

describe('an edge that is killed in a bridged call and started again', () => {
  it.each(['caller', 'callee'] as const)(
    'ends both legs when the %s hangs up, and tells it once',
    async who => {
      const { stage, kill, ...parties } = await bridged();
      await kill();
      await stage.clock.advance(10_000);
      await stage.startEdge();
      parties[who].bye();
      await stage.clock.advance(3_000);
      expect([parties.caller.end, parties.callee.end].every(end => end !== undefined)).toBe(true);
      expect(parties[who].end?.by).toBe('local');
      expect(parties[who === 'caller' ? 'callee' : 'caller'].end?.by).toBe('remote');
      expect(stage.told.filter(line => line.includes('completed'))).toEqual(['1 completed completed']);
      expect(stage.plans.reports.at(-1)?.branches[0]?.talkMs).toBe(11_000);
      expect(await stage.journal.all()).toEqual([]);
    },
  );

  it('goes on with the keep-alive, with higher sequence numbers', async () => {
    const { stage, kill } = await bridged({ updateSeconds: 100 });
    const answeredAt = stage.clock.now() - 1_000;
    await stage.clock.advance(350_000);
    await kill();
    await stage.startEdge();
    await stage.clock.advance(250_000);
    const sequences = stage.requestsTo(1, 'UPDATE').map(({ cseq }) => cseq?.number ?? 0);
    expect(sequences).toHaveLength(6);
    const times = stage.network.passages
      .filter(({ message }) => message.isRequest && (message as SipRequest).method === 'UPDATE')
      .map(({ at }) => Math.round((at - answeredAt) / 1_000));
    expect(times).toEqual([100, 200, 300, 400, 500, 600]);
    expect(sequences).toEqual(sequences.toSorted((one, other) => one - other));
    expect(new Set(sequences).size).toBe(6);
    const answers = stage.network.passages.filter(
      ({ message }) => !message.isRequest && message.cseq?.method === 'UPDATE',
    );
    expect(answers.map(({ message }) => (message as unknown as { status: number }).status)).toEqual(
      sequences.map(() => 200),
    );
  });

  it('ends the call at its time limit, counted from its beginning', async () => {
    const { stage, kill, caller, callee } = await bridged({}, { timeLimitSeconds: 60 });
    await stage.clock.advance(20_000);
    await kill();
    await stage.startEdge();
    await stage.clock.advance(38_000);
    expect(caller.end).toBeUndefined();
    await stage.clock.advance(4_000);
    expect([caller.end?.by, callee.end?.by]).toEqual(['remote', 'remote']);
  });

  it('passes a re-INVITE on', async () => {
    const { stage, kill, caller, callee } = await bridged();
    await kill();
    await stage.startEdge();
    callee.onOffer = offer => offer.accept(answerAt(phoneAddress(1), '0 101', 4_100));
    void caller.reinvite({ sdp: CONNECTOR_SDP.replace('- 1 1', '- 1 2').concat('a=sendonly\r\n') });
    await stage.clock.advance(1_000);
    expect(callee.remoteSdp).toContain('a=sendonly');
    expect(caller.remoteSdp).toContain('m=audio 4100');
    expect(stage.originFaults).toEqual([]);
  });

  it('publishes again what may not have been published', async () => {
    const stage = await EdgeStage.open();
    await stage.edge.stop();
    const kill = await killable(stage);
    await stage.phone(1, answeringPhone(stage, 1));
    await stage.plan([{}]);
    stage.busBroken = true;
    stage.call();
    await stage.clock.advance(1_500);
    await kill();
    expect(stage.events).toEqual([]);
    stage.busBroken = false;
    await stage.startEdge();
    await stage.clock.advance(1_000);
    expect(stage.told).toEqual(['1 ringing', '1 answered']);
  });

  it('publishes what was told of a dial that nobody had answered yet, and ends it as failed', async () => {
    const stage = await EdgeStage.open();
    await stage.edge.stop();
    const kill = await killable(stage);
    await stage.phone(1, ringingPhone());
    await stage.plan([{}]);
    stage.busBroken = true;
    stage.call();
    await stage.clock.advance(2_000);
    await kill();
    stage.busBroken = false;
    await stage.startEdge();
    await stage.clock.advance(1_000);
    expect(stage.told).toEqual(['1 ringing', '1 completed failed']);
    expect(await stage.journal.all()).toEqual([]);
  });

  it('publishes the end of a bridge that could not be published before', async () => {
    const { stage, kill, caller } = await bridged();
    stage.busBroken = true;
    caller.bye();
    await stage.clock.advance(2_000);
    await kill();
    expect(stage.told).not.toContain('1 completed completed');
    stage.busBroken = false;
    stage.edge = await stage.startEdge();
    await stage.clock.advance(1_000);
    expect(stage.told.at(-1)).toBe('1 completed completed');
    expect([stage.edge.calls, await stage.journal.all()]).toEqual([0, []]);
  });

  it('hangs up the caller of a bridge whose end it had written, and not told them', async () => {
    const { stage, kill, caller, callee } = await bridged();
    stage.plans.after = kill;
    callee.bye();
    await stage.clock.advance(2_000);
    expect([caller.end, stage.plans.reports.at(-1)?.calls[0]?.status]).toEqual([undefined, 'completed']);
    stage.plans.after = async () => {};
    await stage.startEdge();
    await stage.clock.advance(2_000);
    expect(caller.end?.by).toBe('remote');
    expect(stage.told.filter(line => line.includes('completed'))).toEqual(['1 completed completed']);
    expect(await stage.journal.all()).toEqual([]);
  });

  it('hangs up a call whose plan was closed meanwhile', async () => {
    const { stage, kill, caller, callee } = await bridged();
    await kill();
    const [stored] = stage.plans.items.values();
    if (stored) stored.closed = true;
    await stage.startEdge();
    await stage.clock.advance(5_000);
    expect([caller.end?.by, callee.end?.by]).toEqual(['remote', 'remote']);
    expect(new Set(stage.told)).toEqual(new Set(['1 ringing', '1 answered']));
  });

  it('tells a call that it was dialling by itself as failed', async () => {
    const stage = await EdgeStage.open();
    await stage.edge.stop();
    const kill = await killable(stage, {
      voiceConnector: { uri: `sip:+17035550122@${CONNECTOR}`, from: '+15550199' },
    });
    await stage.phone(1, ringingPhone());
    const { token } = await stage.plan([{}], { kind: 'originate' });
    await stage.edge.originate(token);
    await stage.clock.advance(2_000);
    await kill();
    await stage.startEdge();
    await stage.clock.advance(1_000);
    expect(stage.told).toEqual(['1 ringing', '1 ringing', '1 completed failed']);
    expect(new Set(stage.events.map(({ detail }) => detail.metadata.id)).size).toBe(2);
    expect(await stage.journal.all()).toEqual([]);
  });
});

describe('a session timer of a bridged call whose edge is killed and started again', () => {
  /** A call that was answered at 0 s, with a timer as the callee wants it. `at` tells at which seconds a kind of message came from somebody. */
  async function timed(sessionTimer: SessionTimerOptions) {
    const made = await bridged({}, {}, { sessionTimer });
    const { stage, kill } = made;
    const answeredAt =
      stage.network.passages.find(
        ({ from, message }) => from.address === phoneAddress(1) && shortLine(message) === '200 INVITE',
      )?.at ?? 0;
    const seconds = (ms: number) => Math.round((ms - answeredAt) / 1_000);
    return {
      ...made,
      /** Goes on to so many seconds after the answer. */
      to: (second: number) => stage.clock.advance(answeredAt + second * 1_000 - stage.clock.now()),
      at: (method: string, from: string) =>
        stage.network.passages
          .filter(passage => passage.from.address === from && shortLine(passage.message) === method)
          .map(({ at }) => seconds(at)),
      /** From now on nothing comes from the callee, though it is there. */
      loseCallee: () => {
        stage.network.weather = (_bytes, from) => (from.address === phoneAddress(1) ? [] : [0]);
      },
      restart: async () => {
        await kill();
        stage.edge = await stage.startEdge();
      },
    };
  }
  /** 300 s: refreshed each 150 s, and given up 268 s after the last time (RFC 4028 §10). */
  const byCallee = { intervalSeconds: 300, refresher: 'us' } as const;
  const byEdge = { intervalSeconds: 300, refresher: 'peer' } as const;

  it('ends both legs when the refresh that the callee owes does not come', async () => {
    const { stage, caller, callee, to, at, loseCallee, restart } = await timed(byCallee);
    expect(callee.timer.agreement).toEqual({ intervalSeconds: 300, weRefresh: true, shared: true });
    await to(100);
    loseCallee();
    await restart();
    await to(267);
    expect([caller.end, at('BYE', OUTSIDE)]).toEqual([undefined, []]);
    await to(272);
    expect(at('BYE', OUTSIDE)[0]).toBe(268);
    expect(caller.end?.by).toBe('remote');
    expect(callee.end).toBeDefined();
    await to(310);
    expect(stage.told.filter(line => line.includes('completed'))).toEqual(['1 completed completed']);
    expect([stage.edge.calls, await stage.journal.all()]).toEqual([0, []]);
  });

  it('goes on for as long as the callee refreshes it, and ends both legs when that stops', async () => {
    const { stage, caller, callee, to, at, loseCallee, restart } = await timed(byCallee);
    await to(100);
    await restart();
    await to(610);
    expect(at('UPDATE', phoneAddress(1))).toEqual([150, 300, 450, 600]);
    expect(at('200 UPDATE', OUTSIDE)).toEqual([150, 300, 450, 600]);
    expect([caller.end, callee.end]).toEqual([undefined, undefined]);
    loseCallee();
    await to(867);
    expect(at('BYE', OUTSIDE)).toEqual([]);
    await to(872);
    expect([at('BYE', OUTSIDE)[0], caller.end?.by]).toEqual([868, 'remote']);
    expect(stage.told.at(-1)).toBe('1 completed completed');
  });

  it('counts a refresh of the callee that came a moment before', async () => {
    const { caller, callee, to, at, restart } = await timed(byCallee);
    await to(151);
    expect(at('200 UPDATE', OUTSIDE)).toEqual([150]);
    await restart();
    await to(1_000);
    expect(at('BYE', OUTSIDE)).toEqual([]);
    expect([caller.end, callee.end]).toEqual([undefined, undefined]);
  });

  it('hears a refresh of the callee that began while no edge ran', async () => {
    const { stage, kill, caller, callee, to, at } = await timed({ ...byCallee, intervalSeconds: 90 });
    await to(40);
    await kill();
    await to(62);
    stage.edge = await stage.startEdge();
    await to(300);
    expect(at('200 UPDATE', OUTSIDE)[0]).toBeGreaterThanOrEqual(62);
    expect([caller.end, callee.end]).toEqual([undefined, undefined]);
  });

  it('is refreshed by the edge, where that is its part, as if nothing had been', async () => {
    const { caller, callee, to, at, restart } = await timed(byEdge);
    expect(callee.timer.agreement).toEqual({ intervalSeconds: 300, weRefresh: false, shared: true });
    await to(100);
    await restart();
    await to(1_000);
    expect(at('UPDATE', OUTSIDE)).toEqual([150, 300, 450, 600, 750, 900]);
    expect(at('200 UPDATE', phoneAddress(1))).toEqual([150, 300, 450, 600, 750, 900]);
    expect([caller.end, callee.end]).toEqual([undefined, undefined]);
  });

  it('is refreshed by the edge at once where that fell due while none ran', async () => {
    const { stage, kill, caller, callee, to, at } = await timed(byEdge);
    await to(100);
    await kill();
    await to(190);
    stage.edge = await stage.startEdge();
    await to(500);
    expect(at('200 UPDATE', phoneAddress(1))).toEqual([190, 340, 490]);
    expect([caller.end, callee.end]).toEqual([undefined, undefined]);
  });

  it('is refreshed by the edge at once where a refresh was under way', async () => {
    const { stage, caller, callee, to, at } = await timed(byEdge);
    // Every packet to the callee is late.
    stage.network.weather = (_bytes, _from, target) => (target.address === phoneAddress(1) ? [20_000] : [0]);
    await to(155);
    void stage.edge.stop({ afterwards: 'hand-over' });
    await to(165);
    stage.network.weather = () => [0];
    stage.edge = await stage.startEdge();
    await to(400);
    expect(at('BYE', OUTSIDE)).toEqual([]);
    expect([caller.end, callee.end]).toEqual([undefined, undefined]);
    expect(at('200 UPDATE', phoneAddress(1))[0]).toBe(165);
  });

  it('of the edge ends both legs when the callee does not know the call any more', async () => {
    const { stage, caller, callee, to, restart } = await timed(byEdge);
    await to(100);
    callee.drop('restarted');
    await restart();
    await to(155);
    expect(caller.end?.by).toBe('remote');
    expect(stage.told.at(-1)).toBe('1 completed completed');
    expect(await stage.journal.all()).toEqual([]);
  });
});

describe('an edge that is killed while a call of its own waits for the voice service', () => {
  it('hangs the endpoint up, and tells the call as failed', async () => {
    const stage = await EdgeStage.open();
    await stage.edge.stop();
    const kill = await killable(stage, {
      voiceConnector: { uri: `sip:+17035550122@${CONNECTOR}`, from: '+15550199' },
    });
    const phone = answeringPhone(stage, 1);
    await stage.phone(1, phone);
    stage.connector.onInvite = invitation => invitation.progress(180);
    const { token } = await stage.plan([{}], { kind: 'originate' });
    await stage.edge.originate(token);
    await stage.clock.advance(3_000);
    await kill();
    await stage.startEdge();
    await stage.clock.advance(3_000);
    expect(phone.sessions[0]?.end?.by).toBe('remote');
    expect(stage.told.at(-1)).toBe('1 completed failed');
    expect(await stage.journal.all()).toEqual([]);
  });
});

describe('an edge that is stopped', () => {
  it('takes no new calls and lets those that live go on until they end', async () => {
    const { stage, caller } = await bridged();
    let stopped = false;
    void stage.edge.stop({ drainMs: 600_000 }).then(() => {
      stopped = true;
    });
    await stage.plan([{}], { token: 'another' });
    const second = stage.call({}, 'another');
    await stage.clock.advance(60_000);
    expect(second.failed?.status).toBe(503);
    expect(Number(second.failed?.response?.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect([caller.end, stopped]).toEqual([undefined, false]);
    caller.bye();
    await stage.clock.advance(5_000);
    expect(stopped).toBe(true);
  });

  it('hangs up what still lives when the time is over', async () => {
    const { stage, caller, callee } = await bridged();
    let stopped = false;
    void stage.edge.stop({ drainMs: 30_000 }).then(() => {
      stopped = true;
    });
    await stage.clock.advance(29_000);
    expect(caller.end).toBeUndefined();
    await stage.clock.advance(6_000);
    expect([caller.end?.by, callee.end?.by, stopped]).toEqual(['remote', 'remote', true]);
    expect(stage.told.at(-1)).toBe('1 completed completed');
  });

  it('hands its bridges over where that is asked for: nobody hears a BYE', async () => {
    const { stage, caller, callee } = await bridged({ updateSeconds: 100 });
    void stage.edge.stop({ drainMs: 1_000, afterwards: 'hand-over' });
    await stage.clock.advance(5_000);
    expect([caller.end, callee.end]).toEqual([undefined, undefined]);
    stage.edge = await stage.startEdge();
    await stage.clock.advance(100_000);
    expect(stage.requestsTo(1, 'UPDATE')).toHaveLength(1);
    caller.bye();
    await stage.clock.advance(3_000);
    expect(callee.end?.by).toBe('remote');
    expect(stage.told.at(-1)).toBe('1 completed completed');
    expect(stage.edge.calls).toBe(0);
  });

  it.each(['callee', 'caller'] as const)(
    'hears the %s hang up while its bridges are handed over, and ends the other leg',
    async who => {
      const { stage, ...legs } = await bridged();
      const write = stage.journal.write.bind(stage.journal);
      stage.journal.write = async entry => {
        await new Promise<void>(resolve => stage.clock.setTimeout(resolve, 500));
        await write(entry);
      };
      void stage.edge.stop({ afterwards: 'hand-over' });
      await stage.clock.advance(100);
      legs[who].bye();
      await stage.clock.advance(5_000);
      expect([legs.callee.end, legs.caller.end]).not.toContain(undefined);
      expect(stage.told.at(-1)).toBe('1 completed completed');
      expect(await stage.journal.all()).toEqual([]);
    },
  );

  it('goes on with its bridges while what still rings is being ended, and then hands them over', async () => {
    const { stage, caller, callee } = await bridged();
    const phone = ringingPhone();
    await stage.phone(2, phone);
    await stage.plan([{ uri: 'sip:bob@10.2.0.2' }], { token: 'another' });
    const second = stage.call({}, 'another');
    await stage.clock.advance(1_000);
    let stopped = false;
    void stage.edge.stop({ afterwards: 'hand-over' }).then(() => {
      stopped = true;
    });
    await stage.clock.advance(5_000);
    expect([phone.calls[0]?.state, second.failed?.status, stopped]).toEqual(['cancelled', 480, true]);
    expect([caller.end, callee.end]).toEqual([undefined, undefined]);
    stage.edge = await stage.startEdge();
    callee.bye();
    await stage.clock.advance(3_000);
    expect(caller.end?.by).toBe('remote');
  });

  it('cancels what still rings when the time is over', async () => {
    const stage = await EdgeStage.open();
    const phone = ringingPhone();
    await stage.phone(1, phone);
    await stage.plan([{}]);
    const call = stage.call();
    await stage.clock.advance(1_000);
    void stage.edge.stop({ drainMs: 1_000 });
    await stage.clock.advance(6_000);
    expect([phone.calls[0]?.state, call.failed?.status]).toEqual(['cancelled', 480]);
    expect(stage.told.at(-1)).toBe('1 completed canceled');
  });
});
