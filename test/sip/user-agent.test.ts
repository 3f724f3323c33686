import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { createUserAgent, type UserAgent, udp } from '../../sip/user-agent.ts';

const OFFER =
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
const ANSWER = OFFER.replace('4000', '4002');

const agents: UserAgent[] = [];

async function agent(): Promise<UserAgent> {
  const made = createUserAgent({ transports: [udp({ address: '127.0.0.1' })] });
  agents.push(made);
  await made.start();
  return made;
}

const portOf = (one: UserAgent) => one.transport.transports[0]?.local.port;

afterEach(async () => {
  await Promise.all(agents.splice(0).map(one => one.close()));
});

describe('a call over UDP on loopback', () => {
  it('is offered, rings, is answered, acknowledged and ended by the caller', async () => {
    const alice = await agent();
    const bob = await agent();
    const seen: string[] = [];
    let called: import('../../sip/user-agent.ts').Session | undefined;
    bob.onInvite = invitation => {
      seen.push(`invited with ${invitation.sdp === OFFER ? 'the offer' : 'something else'}`);
      invitation.progress(180);
      called = invitation.accept({ sdp: ANSWER });
      called.on('confirmed', () => seen.push('confirmed'));
      called.on('ended', end => seen.push(`ended by ${end.by}`));
    };

    const invitation = alice.invite(`sip:bob@127.0.0.1:${portOf(bob)}`, {
      sdp: OFFER,
      from: 'sip:alice@example.com',
    });
    invitation.on('progress', response => seen.push(`${response.status}`));
    const session = await invitation.answered;
    if (called?.dialog.state === 'confirmed' && seen.includes('confirmed') === false)
      await once(called, 'confirmed');
    expect(session.remoteSdp).toBe(ANSWER);
    session.bye();
    if (called?.end === undefined) await once(called as never, 'ended');

    expect(seen).toEqual(['invited with the offer', '180', 'confirmed', 'ended by remote']);
    expect(session.end).toEqual({ by: 'local', cause: 'BYE' });
  });
});
