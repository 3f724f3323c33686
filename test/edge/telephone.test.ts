/** Targets that are numbers of the telephone network. */
import { describe, expect, it } from 'vitest';
import type { SipRequest } from '../../sip/message/message.ts';
import type { IncomingInvitation, Session } from '../../sip/user-agent.ts';
import { answerAt, answeringPhone, EdgeStage, INSIDE, TELEPHONE, telephone } from './support/edge-stage.ts';
import { killable } from './support/killable.ts';

const NUMBER = '+12025550107';

/** A number is dialled; the telephone network's connector answers after it has rung for a second. */
async function dialled(options: Parameters<typeof EdgeStage.open>[0] = { telephoneHost: TELEPHONE }) {
  const stage = await EdgeStage.open(options);
  const network = await stage.agent(TELEPHONE);
  const invitations: IncomingInvitation[] = [];
  const sessions: Session[] = [];
  network.onInvite = invitation => {
    invitations.push(invitation);
    invitation.progress(180);
    stage.clock.setTimeout(() => {
      if (invitation.state === 'open') sessions.push(invitation.accept({ sdp: answerAt(TELEPHONE) }));
    }, 1_000);
  };
  return { stage, network, invitations, sessions };
}

describe('a target that is a phone number', () => {
  it('is called at the connector to the telephone network, from a number of the account', async () => {
    const { stage, invitations } = await dialled();
    await stage.plan([telephone(NUMBER)], { callerId: '+33123456789', callerName: 'Ann' });
    stage.call();
    await stage.clock.advance(100);

    const request = invitations[0]?.request as SipRequest;
    expect(request.uri).toBe(`sip:${NUMBER}@${TELEPHONE}`);
    expect(request.from?.uri.toString()).toContain('sip:+12025550110@');
    expect(request.via?.address).toBe(INSIDE);
    expect(Buffer.from(request.body).toString()).toContain('m=audio 5000 RTP/AVP 0 101\r\n');
  });

  it('is joined as any other, and ends on both sides', async () => {
    const { stage, sessions } = await dialled();
    await stage.plan([telephone(NUMBER)]);
    const call = stage.call();
    await stage.clock.advance(2_000);
    expect(call.session?.remoteSdp).toContain(TELEPHONE);

    call.session?.bye();
    await stage.clock.advance(1_000);
    expect(sessions[0]?.end?.by).toBe('remote');
    expect(stage.told).toEqual(['1 ringing', '1 answered', '1 completed completed']);
  });

  it('rings beside SIP targets, and the first that answers wins', async () => {
    const { stage, invitations } = await dialled();
    await stage.phone(2, answeringPhone(stage, 2, { afterMs: 300 }));
    await stage.plan([telephone(NUMBER), {}]);
    const call = stage.call();
    await stage.clock.advance(2_000);
    expect(call.session).toBeDefined();
    expect(invitations[0]?.state).toBe('cancelled');
    expect(stage.told).toContain('1 completed canceled');
  });

  it('goes on after a restart of the edge: it hangs up, and the caller hears of it', async () => {
    const { stage, sessions } = await dialled();
    await stage.edge.stop();
    const kill = await killable(stage, { telephoneHost: TELEPHONE });
    await stage.plan([telephone(NUMBER)]);
    const call = stage.call();
    await stage.clock.advance(2_000);
    await kill();
    await stage.startEdge({ telephoneHost: TELEPHONE });

    sessions[0]?.bye();
    await stage.clock.advance(1_000);
    expect(call.session?.end?.by).toBe('remote');
    expect(stage.told.at(-1)).toBe('1 completed completed');
  });

  it('fails where the edge has no such connector', async () => {
    const { stage } = await dialled({});
    await stage.plan([telephone(NUMBER)]);
    const call = stage.call();
    await stage.clock.advance(500);
    expect(call.failed?.status).toBe(500);
    expect(stage.told).toEqual(['1 completed failed']);
    expect(stage.plans.reports.at(-1)?.branches[0]).toMatchObject({ sipCode: 503 });
  });
});
