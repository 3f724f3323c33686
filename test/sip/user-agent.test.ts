import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../sip/clock.ts';
import { DigestServer } from '../../sip/digest/server.ts';
import { systemRandom } from '../../sip/random.ts';
import type { Protocol, Transport } from '../../sip/transport/transport.ts';
import {
  createUserAgent,
  type Session,
  tcp,
  tls,
  type UserAgent,
  type UserAgentOptions,
  udp,
} from '../../sip/user-agent.ts';
import { certificates, options } from './support/sockets.ts';
import { ANSWER, OFFER } from './support/stage.ts';

const address = '127.0.0.1';
const transports: Readonly<Record<Protocol, () => Transport>> = {
  UDP: () => udp({ address }),
  TCP: () => tcp({ address }),
  TLS: () => tls({ address, ...certificates.server, authorities: [certificates.authority] }),
};

const agents: UserAgent[] = [];

async function agent(
  protocols: readonly Protocol[],
  options: Partial<UserAgentOptions> = {},
): Promise<UserAgent> {
  const made = createUserAgent({ transports: protocols.map(protocol => transports[protocol]()), ...options });
  agents.push(made);
  await made.start();
  return made;
}

const portOf = (one: UserAgent, protocol: Protocol) =>
  one.transport.transports.find(transport => transport.protocol === protocol)?.local.port;

const uriOf = (one: UserAgent, protocol: Protocol) =>
  `sip:bob@${address}:${portOf(one, protocol)};transport=${protocol.toLowerCase()}`;

afterEach(async () => {
  await Promise.all(agents.splice(0).map(one => one.close()));
});

/** Bob takes every call and keeps it. */
function takingCalls(bob: UserAgent, seen: string[]): { session: Session | undefined } {
  const call: { session: Session | undefined } = { session: undefined };
  bob.onInvite = invitation => {
    seen.push(`invited over ${invitation.request.via?.transport}`);
    invitation.progress(180);
    call.session = invitation.accept({ sdp: ANSWER });
    call.session.on('confirmed', () => seen.push('confirmed'));
    call.session.on('ended', end => seen.push(`ended by ${end.by}`));
  };
  return call;
}

describe.each(['UDP', 'TCP', 'TLS'] as const)('a call over %s on loopback', protocol => {
  it('is offered, rings, is answered, acknowledged, refreshed and ended by either side', async () => {
    const alice = await agent([protocol]);
    const bob = await agent([protocol]);
    const seen: string[] = [];
    const call = takingCalls(bob, seen);
    const invitation = alice.invite(uriOf(bob, protocol), { sdp: OFFER, from: 'sip:alice@example.com' });
    invitation.on('progress', response => seen.push(`${response.status}`));
    const session = await invitation.answered;
    expect(session.remoteSdp).toBe(ANSWER);
    expect((await session.update()).status).toBe(200);
    const ended = once(session, 'ended');
    call.session?.bye();
    await ended;
    expect(seen).toEqual([`invited over ${protocol}`, '180', 'confirmed', 'ended by local']);
    expect(session.end?.by).toBe('remote');
  });
});

describe('addresses of other kinds', () => {
  it('a call goes over IPv6', async () => {
    const [alice, bob] = [0, 1].map(() => createUserAgent({ transports: [udp({ address: '::1' })] }));
    if (!alice || !bob) throw new Error('no agents');
    agents.push(alice, bob);
    await Promise.all([alice.start(), bob.start()]);
    const seen: string[] = [];
    takingCalls(bob, seen);
    const session = await alice.invite(`sip:bob@[::1]:${portOf(bob, 'UDP')}`, { sdp: OFFER }).answered;
    expect(`${session.dialog.remoteTarget}`).toBe(`sip:[::1]:${portOf(bob, 'UDP')}`);
    expect((await session.update()).via?.received).toBe('::1');
    session.bye();
  });

  it('a sips call goes over TLS by name, and stays sips in the dialog (RFC 3261 §12.1.1)', async () => {
    const alice = await agent(['UDP', 'TLS']);
    const bob = await agent(['TLS']);
    const seen: string[] = [];
    const call = takingCalls(bob, seen);
    const session = await alice.invite(`sips:bob@localhost:${portOf(bob, 'TLS')}`, { sdp: OFFER }).answered;
    expect(`${session.dialog.remoteTarget}`).toBe(`sips:${address}:${portOf(bob, 'TLS')}`);
    expect(`${call.session?.dialog.remoteTarget}`).toBe(`sips:${address}:${portOf(alice, 'TLS')}`);
    expect((await session.update()).status).toBe(200);
    session.bye();
  });
});

describe('an agent with several listeners', () => {
  it('takes calls on each, and calls by the one that the URI names', async () => {
    const alice = await agent(['UDP', 'TCP', 'TLS']);
    const bob = await agent(['UDP', 'TCP', 'TLS']);
    const seen: string[] = [];
    takingCalls(bob, seen);
    for (const protocol of ['UDP', 'TCP', 'TLS'] as const)
      (await alice.invite(uriOf(bob, protocol), { sdp: OFFER }).answered).bye();
    expect(seen.filter(line => line.startsWith('invited'))).toEqual([
      'invited over UDP',
      'invited over TCP',
      'invited over TLS',
    ]);
  });

  it('sends a large INVITE by TCP though the URI leads to UDP, and the dialog goes on', async () => {
    const alice = await agent(['UDP', 'TCP']);
    // TCP chooses the port: closed connections keep many of its own taken, and none of UDP's.
    const carol = await agent(['TCP']);
    const port = portOf(carol, 'TCP') ?? 0;
    const bob = createUserAgent({ transports: [udp({ address, port })] });
    agents.push(bob);
    await bob.start();
    const seen: string[] = [];
    takingCalls(bob, seen);
    takingCalls(carol, seen);
    const long = `${OFFER}a=x:${'y'.repeat(1_300)}\r\n`;
    const session = await alice.invite(`sip:bob@${address}:${port}`, { sdp: long }).answered;
    session.bye();
    expect(seen[0]).toBe('invited over TCP');
  });
});

describe('an agent that is to answer to a port that is none', () => {
  it('goes on, and answers others', async () => {
    const bob = await agent(['UDP']);
    const asked: (number | undefined)[] = [];
    bob.onRequest = incoming => {
      asked.push(incoming.request.via?.port);
      incoming.respond(200);
    };
    const stranger = createSocket('udp4');
    stranger.bind(0, address);
    await once(stranger, 'listening');
    const { port: own } = stranger.address();
    for (const port of [0, own])
      stranger.send(
        options(`call-${port}`, '', `SIP/2.0/UDP ${address}:${port};branch=z9hG4bK${port}`),
        portOf(bob, 'UDP') ?? 0,
        address,
      );
    const [answer] = await once(stranger, 'message');
    stranger.close();
    // Who cannot be told anything asks for nothing.
    expect(asked).toEqual([own]);
    expect(`${answer}`).toMatch(/^SIP\/2\.0 200 /);
  });
});

describe('a call that is challenged', () => {
  it.each(['MD5', 'SHA-256'])(
    'is repeated with credentials by %s, and its BYE brings them at once',
    async algorithm => {
      const server = new DigestServer({
        realm: 'example.com',
        key: new Uint8Array(16),
        clock: systemClock,
        random: systemRandom,
        algorithms: [algorithm],
        secretOf: username => (username === 'alice' ? { password: 'secret' } : undefined),
      });
      const bob = await agent(['UDP']);
      const alice = await agent(['UDP'], { credentials: () => ({ username: 'alice', password: 'secret' }) });
      const verdicts: boolean[] = [];
      bob.onInvite = invitation => {
        void server.verify(invitation.request).then(verdict => {
          verdicts.push(verdict.ok);
          if (verdict.ok) invitation.accept({ sdp: ANSWER });
          else {
            const { status, headers } = server.challenge(verdict.stale);
            invitation.reject(status, { headers });
          }
        });
      };
      const session = await alice.invite(uriOf(bob, 'UDP'), { sdp: OFFER }).answered;
      expect(verdicts).toEqual([false, true]);
      expect(session.dialog.localSequence).toBe(2);
      session.bye();
    },
  );

  it('is not repeated a second time with credentials that were refused', async () => {
    const server = new DigestServer({
      realm: 'example.com',
      key: new Uint8Array(16),
      clock: systemClock,
      random: systemRandom,
      secretOf: () => ({ password: 'another' }),
    });
    const bob = await agent(['UDP']);
    const alice = await agent(['UDP'], { credentials: () => ({ username: 'alice', password: 'secret' }) });
    let invitations = 0;
    bob.onInvite = invitation => {
      invitations++;
      const { status, headers } = server.challenge();
      invitation.reject(status, { headers });
    };
    await expect(alice.invite(uriOf(bob, 'UDP'), { sdp: OFFER }).answered).rejects.toMatchObject({
      status: 401,
    });
    expect(invitations).toBe(2);
  });
});
