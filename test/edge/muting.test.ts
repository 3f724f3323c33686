/** One of two who talk is kept from the other. */
import { describe, expect, it } from 'vitest';
import type { Session } from '../../sip/user-agent.ts';
import { answerAt, answeringPhone, CONNECTOR_SDP, EdgeStage, phoneAddress } from './support/edge-stage.ts';
import { killable } from './support/killable.ts';

const TOKEN = 'abcdefghijklmnopqrstuvwx';
const DIRECTION = /a=(sendonly|recvonly|inactive)/;

type Party = 'caller' | 'callee';
interface Bridge {
  readonly stage: EdgeStage;
  readonly caller: Session;
  readonly callee: Session;
  readonly kill: () => Promise<void>;
}

/** Each takes what it is offered, and says so truly: who is only sent to only receives. */
async function bridged(): Promise<Bridge> {
  const stage = await EdgeStage.open();
  await stage.edge.stop();
  const kill = await killable(stage);
  const phone = answeringPhone(stage, 1);
  await stage.phone(1, phone);
  await stage.plan([{}]);
  const call = stage.call();
  await stage.clock.advance(2_000);
  const { session: caller } = call;
  const [callee] = phone.sessions;
  if (caller === undefined || callee === undefined) throw new Error('They do not talk.');
  takesOffers(caller, CONNECTOR_SDP);
  takesOffers(callee, answerAt(phoneAddress(1)));
  return { stage, caller, callee, kill };
}

function takesOffers(session: Session, sdp: string): void {
  session.onOffer = offer => offer.accept(/a=sendonly/.test(offer.sdp ?? '') ? `${sdp}a=recvonly\r\n` : sdp);
}

const SIDES = { caller: 'inside', callee: 'outside' } as const;

async function mute({ stage }: Bridge, who: Party, isMuted: boolean): Promise<void> {
  stage.edge.mute(TOKEN, SIDES[who], isMuted);
  await stage.clock.advance(2_000);
}

/** What somebody was told last of how the other one sends and receives. */
const told = ({ remoteSdp = '' }: Session) => DIRECTION.exec(remoteSdp)?.[1] ?? 'sendrecv';
const offersTo = (bridge: Bridge) => bridge.stage.requestsTo(1, 'INVITE').length;

describe.each<[Party, Party]>([
  ['callee', 'caller'],
  ['caller', 'callee'],
])('a %s that is muted', (who, other) => {
  it('is offered a description that only sends, and the other one is told nothing', async () => {
    const bridge = await bridged();
    await mute(bridge, who, true);
    expect([told(bridge[who]), told(bridge[other])]).toEqual(['sendonly', 'sendrecv']);
    await mute(bridge, who, false);
    expect([told(bridge[who]), told(bridge[other])]).toEqual(['sendrecv', 'sendrecv']);
  });

  it('is told so as the next version of one session, however often, and so is the other one', async () => {
    const bridge = await bridged();
    for (const isMuted of [true, false, true]) await mute(bridge, who, isMuted);
    await bridge.kill();
    bridge.stage.edge = await bridge.stage.startEdge();
    await mute(bridge, who, false);
    await mute(bridge, other, true);
    expect([told(bridge[who]), told(bridge[other])]).toEqual(['sendrecv', 'sendonly']);
    expect(bridge.stage.originFaults).toEqual([]);
  });

  it('stays so through a re-INVITE of either side', async () => {
    const bridge = await bridged();
    await mute(bridge, who, true);
    const sdpOf = (party: Party) => (party === 'caller' ? CONNECTOR_SDP : answerAt(phoneAddress(1)));
    for (const party of [who, other]) {
      void bridge[party].reinvite({ sdp: sdpOf(party).replace(/^o=- \d 1/m, 'o=- 1 2') });
      await bridge.stage.clock.advance(2_000);
      expect([told(bridge[who]), told(bridge[other])]).toEqual(['sendonly', 'sendrecv']);
    }
  });

  it('stays so when the edge is killed and starts again', async () => {
    const bridge = await bridged();
    await mute(bridge, who, true);
    await bridge.kill();
    await bridge.stage.startEdge();
    const sdp = who === 'caller' ? CONNECTOR_SDP : answerAt(phoneAddress(1));
    void bridge[who].reinvite({ sdp: sdp.replace(/^o=- \d 1/m, 'o=- 1 2') });
    await bridge.stage.clock.advance(2_000);
    expect(told(bridge[who])).toBe('sendonly');
  });
});

describe('a mute', () => {
  it('of another bridge, or of one that is over, changes nothing', async () => {
    const bridge = await bridged();
    bridge.stage.edge.mute('another', 'outside', true);
    await bridge.stage.clock.advance(2_000);
    expect(offersTo(bridge)).toBe(1);
    bridge.caller.bye();
    await bridge.stage.clock.advance(2_000);
    await mute(bridge, 'callee', true);
    expect(offersTo(bridge)).toBe(1);
  });

  it('that the side refuses leaves the call as it was', async () => {
    const bridge = await bridged();
    bridge.callee.onOffer = offer => offer.reject(488);
    await mute(bridge, 'callee', true);
    expect([bridge.caller.end, bridge.callee.end]).toEqual([undefined, undefined]);
    takesOffers(bridge.callee, answerAt(phoneAddress(1)));
    void bridge.caller.reinvite({ sdp: CONNECTOR_SDP.replace('o=- 1 1', 'o=- 1 2') });
    await bridge.stage.clock.advance(2_000);
    expect(told(bridge.callee)).toBe('sendrecv');
    expect(bridge.stage.logs.filter(line => line.includes('could not be muted'))).toHaveLength(1);
  });
});
