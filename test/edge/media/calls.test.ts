import { afterEach, describe, expect, it } from 'vitest';
import type { Codec } from '../../../core/sip-target.ts';
import { anchoredMedia } from '../../../edge/media/anchored.ts';
import { chosenMedia } from '../../../edge/media/choose.ts';
import { A_TO_MU, MU_TO_A } from '../../../rtp/g711.ts';
import { systemClock } from '../../../sip/clock.ts';
import type { IncomingInvitation, Session } from '../../../sip/user-agent.ts';
import { answeringPhone, CONNECTOR, CONNECTOR_SDP, EdgeStage } from '../support/edge-stage.ts';
import { ALLOWED_HERE, RtpEnd, until } from './support/rtp-end.ts';

const relay = anchoredMedia({
  address: '127.0.0.1',
  ports: { least: 48_100, most: 48_900 },
  targets: ALLOWED_HERE,
  clock: systemClock,
  random: Math.random,
});
const media = chosenMedia({ relay });
const ends: RtpEnd[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end.close();
});

async function end(ssrc: number): Promise<RtpEnd> {
  const made = await RtpEnd.open(ssrc);
  ends.push(made);
  return made;
}

/** Lets what is bound and looked up really happen, and then the virtual seconds pass. */
async function pass(stage: EdgeStage, ms: number): Promise<void> {
  await stage.clock.advance(0);
  await new Promise(resolve => setTimeout(resolve, 40));
  await stage.clock.advance(ms);
}

/** Signalling on the virtual network; RTP on loopback, from places that no description names: both are behind NATs. */
async function bridged(codecs: Codec[], payloads: string, plan = {}) {
  const stage = await EdgeStage.open({ media });
  const phone = answeringPhone(stage, 1, { payloads });
  await stage.phone(1, phone);
  await stage.plan([{ codecs }], plan);
  const call = stage.call();
  await pass(stage, 100);
  await pass(stage, 2_000);
  const [callee] = phone.sessions;
  if (call.session === undefined || callee === undefined) throw new Error('not bridged');
  return { stage, caller: call.session, callee, inside: await end(1), outside: await end(2) };
}

describe('a target that is offered PCMA', () => {
  it('and the voice service hear each other through the edge, and the report has what was measured', async () => {
    const { stage, caller, callee, inside, outside } = await bridged(['PCMA'], '8 101');
    expect(stage.requestsTo(1, 'INVITE')[0]?.body.toString()).toContain('RTP/AVP 8 101');
    expect(caller.remoteSdp).toContain('RTP/AVP 0 101');
    // The first packet of each is only a claim.
    inside.say(caller.remoteSdp ?? '', 0, 0x21, 1);
    outside.say(callee.remoteSdp ?? '', 8, 0x33, 2);
    await until(() => inside.heard.length > 0 || outside.heard.length > 0, 100);
    inside.say(caller.remoteSdp ?? '', 0, 0x21, 10);
    await until(() => outside.heard.length === 10);
    outside.say(callee.remoteSdp ?? '', 8, 0x33, 10);
    await until(() => inside.heard.length === 10);
    expect([outside.heard[0]?.payload[0], inside.heard[0]?.payload[0]]).toEqual([
      MU_TO_A[0x21],
      A_TO_MU[0x33],
    ]);
    caller.bye();
    await pass(stage, 2_000);
    const [stored] = stage.plans.items.values();
    expect(stored?.report?.branches[0]?.media).toMatchObject({
      inside: { packetsReceived: 10, packetsLost: 0 },
      outside: { packetsReceived: 11, packetsSent: 10 },
    });
  });
});

describe('a hold through the edge', () => {
  it('is told to each side as the next version of what it was told', async () => {
    const { stage, caller, callee } = await bridged(['PCMA'], '8 101');
    const [inside, outside] = [await end(3), await end(4)];
    caller.onOffer = offer => offer.accept(inside.sdp('0 101', { lines: ['a=recvonly'] }));
    for (const lines of [['a=sendonly'], ['a=sendonly'], []]) {
      void callee.reinvite({ sdp: outside.sdp('8 101', { lines }) });
      await pass(stage, 100);
      await pass(stage, 100);
    }
    const told = stage.network.passages.flatMap(({ to, message }) =>
      to.address === CONNECTOR && message.isRequest ? [Buffer.from(message.body).toString()] : [],
    );
    expect(told.map(sdp => /a=(send\w+)/.exec(sdp)?.[1]).filter(Boolean)).toEqual([
      'sendonly',
      'sendonly',
      'sendrecv',
    ]);
    expect(stage.originFaults).toEqual([]);
  });
});

describe('a target that is offered PCMA, and moves its media before it answers', () => {
  it('is heard from its new place at once, and the caller need not be told', async () => {
    const stage = await EdgeStage.open({ media });
    const [before, after, caller] = [await end(1), await end(2), await end(3)];
    let invitation: IncomingInvitation | undefined;
    await stage.phone(1, each => {
      invitation = each;
      each.progress(183, { sdp: before.sdp('8 101'), reliable: true });
    });
    await stage.plan([{ codecs: ['PCMA'] }]);
    const call = stage.call({ sdp: caller.sdp('0 101') });
    await pass(stage, 100);
    await pass(stage, 100);
    const changed = invitation?.session.update({ sdp: after.sdp('8 101') });
    await pass(stage, 100);
    await pass(stage, 100);
    expect((await changed)?.status).toBe(200);
    const early = invitation?.session.remoteSdp ?? '';
    after.say(early, 8, 0x33, 10);
    await until(() => caller.heard.length === 10);
    expect(caller.heard[0]?.payload[0]).toBe(A_TO_MU[0x33]);
    invitation?.accept();
    await pass(stage, 100);
    const told = stage.responsesInside.filter(({ body }) => body.length > 0);
    expect(told.map(({ status }) => status)).toEqual([183, 200]);
    expect(new Set(told.map(({ body, to }) => `${to?.tag} ${Buffer.from(body)}`)).size).toBe(1);
    caller.say(call.session?.remoteSdp ?? '', 0, 0x21, 10);
    await until(() => after.heard.length === 10);
    expect([before, after, caller].map(({ heard }) => heard.length)).toEqual([0, 10, 10]);
  });
});

describe('a call that begins at a target that is offered PCMA', () => {
  it('is offered a real place at once, and hears nothing more of it when the voice service answers', async () => {
    const stage = await EdgeStage.open({
      media,
      voiceConnector: { uri: `sip:+17035550122@${CONNECTOR}`, from: '+15550199' },
    });
    const phone = answeringPhone(stage, 1, { payloads: '8 101' });
    await stage.phone(1, phone);
    const { token } = await stage.plan([{ codecs: ['PCMA'] }], { kind: 'originate' });
    const entered: Session[] = [];
    stage.connector.onInvite = invitation => {
      entered.push(invitation.accept({ sdp: CONNECTOR_SDP }));
    };
    await stage.edge.originate(token);
    await pass(stage, 1_500);
    await pass(stage, 1_500);
    const [[connector], [callee]] = [entered, phone.sessions];
    expect(stage.requestsTo(1, 'INVITE')).toHaveLength(1);
    expect([callee?.remoteSdp, connector?.remoteSdp]).toEqual([
      expect.stringMatching(/^m=audio 48\d\d\d RTP\/AVP 8 101\r$/m),
      expect.stringMatching(/^m=audio 48\d\d\d RTP\/AVP 0 101\r$/m),
    ]);
    const [inside, outside] = [await end(1), await end(2)];
    inside.say(connector?.remoteSdp ?? '', 0, 0x21, 2);
    await new Promise(resolve => setTimeout(resolve, 50));
    outside.say(callee?.remoteSdp ?? '', 8, 0x33, 3);
    await until(() => inside.heard.length === 2);
    expect(inside.heard[0]?.payload[0]).toBe(A_TO_MU[0x33]);
    // An edge that is started again knows both sides.
    const [entry] = await stage.journal.all();
    expect(entry).toMatchObject({
      media: { plane: 'relay', sides: { inside: { remote: { hears: true } } } },
    });
    connector?.bye();
    await pass(stage, 2_000);
    expect(callee?.end?.by).toBe('remote');
  });
});

describe('the star', () => {
  it('of the caller ends the bridge, though the target is offered PCMU first', async () => {
    const { caller, callee, stage, inside } = await bridged(['PCMU', 'PCMA'], '0 101', {
      hangupOnStar: true,
    });
    inside.press(caller.remoteSdp ?? '', 101, '*');
    await new Promise(resolve => setTimeout(resolve, 50));
    await pass(stage, 2_000);
    expect([caller.end?.by, callee.end?.by]).toEqual(['remote', 'remote']);
  });

  it('of the target does not', async () => {
    const { caller, callee, stage, outside } = await bridged(['PCMA'], '8 101', { hangupOnStar: true });
    outside.press(callee.remoteSdp ?? '', 101, '*');
    await new Promise(resolve => setTimeout(resolve, 50));
    await pass(stage, 2_000);
    expect([caller.end, callee.end]).toEqual([undefined, undefined]);
  });
});

describe('a list that needs rtpengine where there is none', () => {
  it('fails with 488 before anybody is called, and the log says what to do', async () => {
    const stage = await EdgeStage.open({ media });
    await stage.phone(1, () => {});
    await stage.plan([{ codecs: ['OPUS', 'PCMU'] }]);
    const call = stage.call();
    await pass(stage, 100);
    expect([call.failed?.status, stage.requestsTo(1, 'INVITE')]).toEqual([488, []]);
    expect(stage.logs.join()).toContain('The codec list OPUS, PCMU (OPUS) cannot be offered');
    expect(stage.logs.join()).toContain('configure rtpengine');
    expect(stage.told).toEqual(['1 completed failed']);
  });
});
