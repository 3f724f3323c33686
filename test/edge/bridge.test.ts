import { describe, expect, it } from 'vitest';
import type { EdgeOptions } from '../../edge/edge.ts';
import { directMedia, type MediaPlane } from '../../edge/media-plane.ts';
import type { Session } from '../../sip/user-agent.ts';
import {
  answerAt,
  answeringPhone,
  CONNECTOR,
  CONNECTOR_SDP,
  EdgeStage,
  phoneAddress,
} from './support/edge-stage.ts';

/** A call that was answered by the one phone after a second of ringing. */
async function bridged(options: Partial<EdgeOptions> = {}) {
  const stage = await EdgeStage.open(options);
  const phone = answeringPhone(stage, 1);
  await stage.phone(1, phone);
  await stage.plan([{}]);
  const call = stage.call();
  await stage.clock.advance(2_000);
  const [callee] = phone.sessions;
  if (call.session === undefined || callee === undefined) throw new Error('not bridged');
  return { stage, caller: call.session, callee, call };
}

describe('a dial of one target', () => {
  it('is called, rings and is joined: 180 and 200 go on to the inside leg', async () => {
    const { stage, caller } = await bridged();
    expect(stage.insideLadder).toEqual(['vc INVITE', 'edge 180 INVITE', 'edge 200 INVITE', 'vc ACK']);
    expect(stage.outsideLadder).toEqual(['edge INVITE', '1 180 INVITE', '1 200 INVITE', 'edge ACK']);
    expect(caller.remoteSdp).toContain(`c=IN IP4 ${phoneAddress(1)}`);
    expect(stage.told).toEqual(['1 ringing', '1 answered']);
  });

  it('is one call in the hands of the edge while it rings, and while its bridge stands', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, answeringPhone(stage, 1));
    await stage.plan([{}]);
    const call = stage.call();
    await stage.clock.advance(500);
    expect(stage.edge.calls).toBe(1);
    await stage.clock.advance(1_500);
    expect(stage.edge.calls).toBe(1);
    call.session?.bye();
    await stage.clock.advance(2_000);
    expect(stage.edge.calls).toBe(0);
  });

  it('ends on both sides when the caller hangs up', async () => {
    const { stage, caller, callee } = await bridged();
    await stage.clock.advance(3_000);
    caller.bye();
    await stage.clock.advance(2_000);
    expect(callee.end?.by).toBe('remote');
    expect(stage.told).toEqual(['1 ringing', '1 answered', '1 completed completed']);
    expect(stage.edge.calls).toBe(0);
  });

  it('ends on both sides when the target hangs up, and is reported before the inside leg hears of it', async () => {
    const { stage, caller, callee } = await bridged();
    await stage.clock.advance(3_000);
    let atInside: number | undefined;
    caller.on('ended', () => {
      atInside = stage.plans.reports.at(-1)?.branches[0]?.talkMs;
    });
    callee.bye();
    await stage.clock.advance(2_000);
    expect(caller.end?.by).toBe('remote');
    expect(atInside).toBe(4_000);
    expect(stage.told.at(-1)).toBe('1 completed completed');
  });

  it('leaves its end to a voice service that measures, unless the edge has measured it', async () => {
    const outside = { packetsReceived: 5 };
    const measured: MediaPlane = {
      ...directMedia,
      open: async request =>
        Object.assign(await directMedia.open(request), {
          statistics: async () => ({ inside: { packetsReceived: 4 }, outside }),
        }),
    };
    for (const media of [directMedia, measured]) {
      const { stage, callee } = await bridged({ insideMeasures: true, media });
      callee.bye();
      await stage.clock.advance(2_000);
      expect(stage.told.slice(2)).toEqual(media === measured ? ['1 completed completed'] : []);
      const report = stage.plans.reports.at(-1);
      expect(report?.branches[0]?.talkMs).toBe(1_000);
      expect(report?.calls[0]?.media).toEqual(media === measured ? outside : undefined);
    }
  });

  it('is reported, with all its facts, before the inside leg gets the 200', async () => {
    const stage = await EdgeStage.open();
    await stage.phone(1, invitation => {
      invitation.progress(180);
      stage.clock.setTimeout(
        () =>
          invitation.accept({
            sdp: answerAt(phoneAddress(1)),
            headers: { 'X-Agent': 'carol', Subject: 'not this one' },
          }),
        1_500,
      );
    });
    await stage.plan([{}]);
    stage.plans.before = what =>
      new Promise(resolve => {
        stage.clock.setTimeout(resolve, what === 'report' ? 700 : 0);
      });
    const call = stage.call();
    // 100 ms of ringing's report, then the answer's: both take 700 ms.
    await stage.clock.advance(2_100);
    expect(call.session).toBeUndefined();
    await stage.clock.advance(200);
    expect(call.session).toBeDefined();
    const [invite] = stage.requestsTo(1, 'INVITE');
    expect(stage.plans.reports.at(-1)).toMatchObject({
      winner: 0,
      branches: [{ sipCallId: invite?.callId, sipCode: 200, headers: [['X-Agent', 'carol']], ringMs: 1_500 }],
      calls: [{ status: 'in-progress' }],
    });
  });

  it('leaves nothing behind', async () => {
    const { stage, caller } = await bridged();
    caller.bye();
    await stage.clock.advance(60_000);
    await stage.edge.stop();
    stage.connector.close();
    for (const agent of [stage.edge.inside, stage.edge.outside]) {
      expect(agent.sessions).toEqual([]);
      expect(agent.transactions.size).toEqual({ clients: 0, servers: 0 });
    }
    expect(await stage.journal.all()).toEqual([]);
    expect(stage.logs.filter(line => /^(?:error|warn)/.test(line))).toEqual([]);
  });

  it('whose INVITE asks for an offer gets the target’s, and the target the answer in its ACK', async () => {
    const stage = await EdgeStage.open();
    let callee: Session | undefined;
    await stage.phone(1, invitation => {
      callee = invitation.accept({ sdp: answerAt(phoneAddress(1)) });
      callee.onOffer = offer => offer.accept(answerAt(phoneAddress(1)));
    });
    await stage.plan([{}]);
    const call = stage.call({ sdp: undefined, onOffer: offer => offer.accept(CONNECTOR_SDP) });
    await stage.clock.advance(4_000);
    expect(call.session?.remoteSdp).toContain(phoneAddress(1));
    expect(callee?.remoteSdp).toContain(`c=IN IP4 ${CONNECTOR}`);
  });
});
