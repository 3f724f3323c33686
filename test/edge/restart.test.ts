import { describe, expect, it } from 'vitest';
import type { SipRequest } from '../../sip/message/message.ts';
import {
  answerAt,
  answeringPhone,
  CONNECTOR,
  CONNECTOR_SDP,
  EdgeStage,
  phoneAddress,
  ringingPhone,
} from './support/edge-stage.ts';
import { killable } from './support/killable.ts';

async function bridged(target: Parameters<EdgeStage['plan']>[0][number] = {}, plan = {}) {
  const stage = await EdgeStage.open();
  await stage.edge.stop();
  const kill = await killable(stage);
  const phone = answeringPhone(stage, 1);
  await stage.phone(1, phone);
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
