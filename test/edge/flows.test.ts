import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { clientUri } from '../../core/client.ts';
import type { DialPlan } from '../../core/dial-plan.ts';
import { createEdge } from '../../edge/edge.ts';
import { systemClock } from '../../sip/clock.ts';
import type { Flow, Transport } from '../../sip/transport/transport.ts';
import { withReceiver } from '../../sip/transport/with-receiver.ts';
import { parseUri } from '../../sip/uri/uri.ts';
import {
  type Clock,
  createUserAgent,
  type InviteOptions,
  type OutgoingInvitation,
  type Session,
  tcp,
  tls,
  type UserAgent,
  udp,
} from '../../sip/user-agent.ts';
import { certificates } from '../sip/support/sockets.ts';
import { VirtualClock } from '../sip/support/virtual-clock.ts';
import { ACCOUNT, client, PASSWORD } from './support/client-stage.ts';
import { answerAt, CONNECTOR_SDP, initiated, TOKEN } from './support/edge-stage.ts';
import { MemoryClients } from './support/memory-clients.ts';
import { MemoryDirectory } from './support/memory-directory.ts';
import { MemoryPlans } from './support/memory-plans.ts';

const address = '127.0.0.1';
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function agent(transport: Transport): Promise<UserAgent> {
  const made = createUserAgent({ transports: [transport], from: clientUri(ACCOUNT, 'alice') });
  await made.start();
  closing.push(() => made.close());
  return made;
}

const portOf = ({ transport }: UserAgent) => transport.transports[0]?.local.port as number;

/** An edge on loopback, the voice service by UDP, and alice's phone by a connection that the phone has opened. */
async function staged(protocol: 'TCP' | 'TLS', clock: Clock = systemClock, seconds = 3_600) {
  const listener = (clock: Clock) =>
    protocol === 'TCP'
      ? tcp({ address, clock })
      : tls({ address, clock, ...certificates.server, authorities: [certificates.authority] });
  const closed: Flow[] = [];
  const tapped = withReceiver(listener(systemClock), receiver => ({
    ...receiver,
    closed: (flow, error) => {
      closed.push(flow);
      receiver.closed(flow, error);
    },
  }));
  const [connector, phone] = [await agent(udp({ address })), await agent(tapped)];
  const [clients, plans] = [new MemoryClients(), new MemoryPlans()];
  const directory = new MemoryDirectory();
  directory.clients.add('bob');
  clients.set(ACCOUNT, 'alice', PASSWORD);
  clients.set(ACCOUNT, 'bob', PASSWORD);
  const edge = createEdge({
    name: 'edge-1',
    plans,
    clients,
    inbound: directory,
    bus: { publish: async () => {} },
    unseal: async () => '',
    inside: [udp({ address })],
    outside: [listener(clock)],
    clock,
    insideNetworks: ['127.0.0.0/8'],
    targets: { refusal: () => undefined },
    voiceConnector: { uri: `sip:+17035550122@${address}:${portOf(connector)}`, from: '+15550199' },
  });
  await edge.start();
  closing.push(() => edge.stop());

  const way: InviteOptions = {
    nextHop: parseUri(`sip:${address}:${portOf(edge.outside)};transport=${protocol.toLowerCase()}`),
    credentials: () => ({ username: 'alice', password: PASSWORD }),
  };
  const registered = await phone.request({
    ...way,
    method: 'REGISTER',
    uri: `sip:${ACCOUNT}`,
    to: clientUri(ACCOUNT, 'alice'),
    headers: { Expires: `${seconds}` },
  });
  expect(registered.status).toBe(200);

  /** Both ends of a call, once both know of it. */
  async function joined(caller: OutgoingInvitation, callee: UserAgent, sdp: string) {
    const taken = new Promise<Session>((resolve, reject) => {
      callee.onInvite = invitation => resolve(invitation.accept({ sdp }));
      caller.on('failed', reject);
    });
    const [calling, called] = await Promise.all([caller.answered, taken]);
    if (called.dialog.state !== 'confirmed') await once(called, 'confirmed');
    return { calling, called };
  }

  return {
    /** The phone's connections that are no more. */
    closed,
    /** The voice service calls alice. */
    async toPhone() {
      const plan: DialPlan = {
        token: TOKEN,
        kind: 'bridge',
        accountSid: ACCOUNT,
        dialect: 'signalwire',
        rootSid: initiated(0).parentSid ?? '',
        calls: [initiated(0)],
        targets: [
          { kind: 'sip', uri: '', transport: 'udp', headers: [], codecs: ['PCMU'], ...client('alice') },
        ],
        callerId: '+15550100',
        ringTimeoutSeconds: 30,
        timeLimitSeconds: 14_400,
        hangupOnStar: false,
        expiresAtMs: clock.now() + 60_000,
      };
      await plans.put(plan);
      const uri = `sip:${TOKEN}@${address}:${portOf(edge.inside)}`;
      const { calling, called } = await joined(
        connector.invite(uri, { sdp: CONNECTOR_SDP }),
        phone,
        answerAt(address),
      );
      return { service: calling, phone: called };
    },
    /** Alice calls somebody, by way of the voice service. */
    async fromPhone() {
      const call = phone.invite(clientUri(ACCOUNT, 'bob'), { ...way, sdp: answerAt(address) });
      const { calling, called } = await joined(call, connector, CONNECTOR_SDP);
      return { service: called, phone: calling };
    },
  };
}

const ended = async (session: Session) => {
  if (session.end === undefined) await once(session, 'ended');
  return session.end?.by;
};

describe.each(['TCP', 'TLS'] as const)('a client that has registered over %s (RFC 5626 §5.3)', protocol => {
  it.each(['toPhone', 'fromPhone'] as const)('is hung up on over its own connection (%s)', async call => {
    const { [call]: connect } = await staged(protocol);
    const sessions = await connect();
    sessions.service.bye();
    expect(await ended(sessions.phone)).toBe('remote');
  });

  it.each(['toPhone', 'fromPhone'] as const)('hangs up (%s)', async call => {
    const { [call]: connect } = await staged(protocol);
    const sessions = await connect();
    sessions.phone.bye();
    expect(await ended(sessions.service)).toBe('remote');
  });

  it.each(['toPhone', 'fromPhone'] as const)('is offered a change of the call (%s)', async call => {
    const { [call]: connect } = await staged(protocol);
    const sessions = await connect();
    const offers: (string | undefined)[] = [];
    sessions.phone.onOffer = offer => {
      offers.push(offer.sdp);
      offer.accept(answerAt(address));
    };
    const hold = `${CONNECTOR_SDP}a=sendonly\r\n`;
    expect((await sessions.service.reinvite({ sdp: hold })).status).toBe(200);
    expect(offers).toEqual([expect.stringContaining('a=sendonly')]);
  });

  it('is called for as long as it is registered, though neither of the two says a word', async () => {
    const clock = new VirtualClock();
    const { toPhone } = await staged(protocol, clock, 7_200);
    await clock.advance(7_199_000);
    const sessions = await toPhone();
    sessions.service.bye();
    expect(await ended(sessions.phone)).toBe('remote');
  });

  it('is hung up on after an hour of silence, though it is registered no more', async () => {
    const clock = new VirtualClock();
    const { fromPhone } = await staged(protocol, clock, 60);
    const sessions = await fromPhone();
    await clock.advance(3_600_000);
    sessions.service.bye();
    expect(await ended(sessions.phone)).toBe('remote');
  });

  it('keeps no connection after that', async () => {
    const clock = new VirtualClock();
    const { closed, fromPhone } = await staged(protocol, clock, 60);
    const sessions = await fromPhone();
    await clock.advance(3_600_000);
    sessions.service.bye();
    await ended(sessions.phone);
    expect(closed).toEqual([]);
    await clock.advance(700_000);
    await expect.poll(() => closed.length).toBe(1);
  });
});
