import { expect, test } from 'vitest';
import { DigestServer } from '../../sip/digest/server.ts';
import { randomToken, systemRandom } from '../../sip/random.ts';
import type { IncomingInvitation, Session } from '../../sip/user-agent.ts';
import { towardsUs } from './sipp/line.ts';
import { type Sipp, withSipp } from './sipp/run.ts';
import { pause, request, response, type Step } from './sipp/scenario.ts';
import * as uac from './sipp/uac.ts';
import { ended, type OurOptions, type OurSide, sdp, withAgent } from './support/agents.ts';
import { useCertificate } from './support/certificate.ts';
import { fastClock } from './support/clock.ts';

/** What happens at our side of a call, and what must be true of it afterwards. */
type Behaviour = (invitation: IncomingInvitation, ours: OurSide) => void | Promise<void>;

interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly behaviour: Behaviour;
  readonly options?: OurOptions;
  /** How the session must end; left out where there is none. */
  readonly end?: { readonly by: string; readonly cause: string };
  /** How many 200 to the INVITE SIPp must have seen; 1 where nobody says. */
  readonly accepts?: number;
}

const ring: Behaviour = invitation => invitation.progress(180);

const accept: Behaviour = invitation => {
  invitation.progress(180);
  invitation.accept({ sdp: sdp() });
};

/** Accepts, and lets `then` go on when the ACK has come. */
const acceptThen =
  (then: (session: Session) => Promise<unknown>): Behaviour =>
  async (invitation, ours) => {
    const { session } = invitation;
    const confirmed = new Promise<void>(resolve => session.once('confirmed', () => resolve()));
    session.onOffer = offer => offer.accept(sdp(2));
    await accept(invitation, ours);
    await confirmed;
    await then(session);
  };

/** Lets a caller in who knows the password, and challenges everybody else. */
function guarded(challenger: 'server' | 'proxy'): Behaviour {
  const digest = new DigestServer({
    realm: 'dialplane',
    key: Buffer.from(randomToken(systemRandom, 32)),
    clock: { now: Date.now },
    random: systemRandom,
    // SIPp 3.6 knows no algorithm but MD5.
    algorithms: ['MD5'],
    challenger,
    // SIPp's digest-uri is the host alone, not the Request-URI.
    acceptUri: (uri, { requestUri }) =>
      requestUri.kind === 'sip' && uri === `sip:${requestUri.host}:${requestUri.port}`,
    secretOf: username => (username === 'joe' ? { password: 'schmo' } : undefined),
  });
  return async (invitation, ours) => {
    const verdict = await digest.verify(invitation.request);
    if (verdict.ok) return accept(invitation, ours);
    const { status, headers } = digest.challenge(verdict.stale);
    invitation.reject(status, { headers });
  };
}

const challenged = (status: number): readonly Step[] => [
  uac.invite(1),
  response(100, { optional: true }),
  response(status, { with: 'auth="true"' }),
  uac.ackOfRefusal(1),
  uac.invite(2, { headers: ['[authentication username=joe password=schmo]'] }),
  ...uac.accepted,
  uac.ack(2),
  ...uac.bye(3),
];

const timer = (interval: string): readonly string[] => [
  `Session-Expires: ${interval}`,
  'Supported: timer',
  'Allow: INVITE, ACK, BYE, CANCEL, UPDATE',
];
const basic: readonly Step[] = [uac.invite(), ...uac.accepted, uac.ack(), pause(100), ...uac.bye(2)];
const byPeer = { by: 'remote', cause: 'BYE' };
const byUs = { by: 'local', cause: 'BYE' };

const cases: readonly Case[] = [
  { name: 'calls, talks and hangs up', steps: basic, behaviour: accept, end: byPeer },
  {
    name: 'is hung up on',
    steps: [uac.invite(), ...uac.accepted, uac.ack(), ...uac.byeOfPeer],
    behaviour: acceptThen(async session => session.bye()),
    end: byUs,
  },
  { name: 'answers a 401', steps: challenged(401), behaviour: guarded('server'), end: byPeer },
  { name: 'answers a 407', steps: challenged(407), behaviour: guarded('proxy'), end: byPeer },
  {
    name: 'is refused',
    steps: [uac.invite(), response(100, { optional: true }), response(486), uac.ackOfRefusal()],
    behaviour: invitation => invitation.reject(486),
  },
  {
    name: 'cancels after it rings',
    steps: [
      uac.invite(),
      response(100, { optional: true }),
      response(180),
      uac.cancel(),
      response(200),
      response(487),
      uac.ackOfRefusal(),
    ],
    behaviour: ring,
    end: { by: 'remote', cause: 'CANCEL' },
  },
  {
    name: 'cancels before it rings',
    steps: [uac.invite(), response(100), uac.cancel(), response(200), response(487), uac.ackOfRefusal()],
    behaviour: () => {},
    end: { by: 'remote', cause: 'CANCEL' },
  },
  {
    name: 'cancels what was accepted already',
    steps: [uac.invite(), ...uac.accepted, uac.cancel(), response(200), uac.ack(), ...uac.bye(2)],
    behaviour: accept,
    end: byPeer,
  },
  {
    name: 'changes the session by re-INVITE',
    steps: [
      uac.invite(),
      ...uac.accepted,
      uac.ack(),
      uac.ask('INVITE', 2),
      response(100, { optional: true }),
      response(200),
      uac.ack(2),
      ...uac.bye(3),
    ],
    behaviour: acceptThen(async () => {}),
    end: byPeer,
  },
  {
    name: 'changes the session by UPDATE',
    steps: [
      uac.invite(),
      ...uac.accepted,
      uac.ack(),
      uac.ask('UPDATE', 2, { sdp: true }),
      response(200, { must: 'm=audio' }),
      ...uac.bye(3),
    ],
    behaviour: acceptThen(async () => {}),
    end: byPeer,
  },
  {
    name: 'is asked for a change by re-INVITE and by UPDATE',
    steps: [
      uac.invite(),
      ...uac.accepted,
      uac.ack(),
      request('INVITE'),
      uac.answer(200, 'OK', { sdp: true }),
      request('ACK'),
      request('UPDATE'),
      uac.answer(200, 'OK', { sdp: true }),
      ...uac.byeOfPeer,
    ],
    behaviour: acceptThen(async session => {
      await session.reinvite({ sdp: sdp(2) });
      await session.update({ sdp: sdp(3) });
      session.bye();
    }),
    end: byUs,
  },
  {
    name: 'refreshes the session itself',
    steps: [
      uac.invite(1, { headers: timer('90;refresher=uac') }),
      response(100, { optional: true }),
      response(180, { optional: true }),
      response(200, { with: 'rrs="true"', must: 'Session-Expires: *90;refresher=uac' }),
      uac.ack(),
      pause(2_250),
      uac.ask('UPDATE', 2, { headers: timer('90;refresher=uac') }),
      response(200, { must: 'Session-Expires: *90;refresher=uac' }),
      // Without the refresh the session would have ended at 58 s; this is 90 s.
      pause(2_250),
      ...uac.bye(3),
    ],
    behaviour: accept,
    options: { clock: fastClock(20) },
    end: byPeer,
  },
  {
    name: 'does not refresh the session, which then ends',
    steps: [
      uac.invite(1, { headers: timer('90;refresher=uac') }),
      ...uac.accepted,
      uac.ack(),
      ...uac.byeOfPeer,
    ],
    behaviour: accept,
    options: { clock: fastClock(20) },
    end: { by: 'timer', cause: 'session expired' },
  },
  {
    name: 'has the session refreshed by us',
    steps: [
      uac.invite(1, { headers: timer('90;refresher=uas') }),
      response(100, { optional: true }),
      response(180, { optional: true }),
      response(200, { with: 'rrs="true"', must: 'Session-Expires: *90;refresher=uas' }),
      uac.ack(),
      ...[1, 2].flatMap(() => [
        request('UPDATE', { must: 'Session-Expires: *90;refresher=uac' }),
        uac.answer(200, 'OK', { headers: ['Session-Expires: 90;refresher=uac', 'Require: timer'] }),
      ]),
      ...uac.bye(2),
    ],
    behaviour: accept,
    options: { clock: fastClock(20) },
    end: byPeer,
  },
  {
    name: 'asks for too short a session and is told so by 422',
    steps: [
      uac.invite(1, { headers: timer('60') }),
      response(100, { optional: true }),
      response(422, { must: 'Min-SE: *90' }),
      uac.ackOfRefusal(1),
      uac.invite(2, { headers: [...timer('90'), 'Min-SE: 90'] }),
      ...uac.accepted,
      uac.ack(2),
      ...uac.bye(3),
    ],
    behaviour: invitation => {
      invitation.accept({ sdp: sdp() });
    },
    end: byPeer,
  },
  {
    name: 'refuses our re-INVITE with 491 at first',
    steps: [
      uac.invite(),
      ...uac.accepted,
      uac.ack(),
      request('INVITE'),
      uac.answer(491, 'Request Pending'),
      request('ACK'),
      request('INVITE'),
      uac.answer(200, 'OK', { sdp: true }),
      request('ACK'),
      ...uac.byeOfPeer,
    ],
    behaviour: acceptThen(async session => {
      await session.reinvite({ sdp: sdp(2) });
      session.bye();
    }),
    end: byUs,
  },
  {
    name: 'sends its re-INVITE while ours is under way and gets 491',
    steps: [
      uac.invite(),
      ...uac.accepted,
      uac.ack(),
      request('INVITE', { keep: { via: 'Via:', from: 'From:', to: 'To:', cseq: 'CSeq:' } }),
      uac.ask('INVITE', 2),
      response(100, { optional: true }),
      response(491),
      uac.ackOfRefusal(2, '[next_url]'),
      uac.answerKept(200, 'OK'),
      request('ACK'),
      ...uac.bye(3),
    ],
    behaviour: acceptThen(session => session.reinvite({ sdp: sdp(2) })),
    end: byPeer,
  },
  {
    name: 'wants reliable provisional responses and gets them',
    steps: [
      uac.invite(1, { headers: ['Require: 100rel'] }),
      response(100, { optional: true }),
      response(183, { with: 'rrs="true"', keep: { rseq: 'RSeq:' } }),
      uac.ask('PRACK', 2, { headers: ['RAck:[$rseq] 1 INVITE'] }),
      response(200),
      response(200, { with: 'rrs="true"' }),
      uac.ack(),
      ...uac.bye(3),
    ],
    behaviour: invitation => {
      invitation.progress(183, { sdp: sdp() });
      invitation.accept();
    },
    end: byPeer,
  },
  {
    name: 'loses its first ACKs',
    steps: [
      uac.invite(),
      ...uac.accepted,
      // The 200 comes again after 500 ms and after another second.
      pause(1_700),
      uac.ack(),
      ...uac.bye(2),
    ],
    behaviour: accept,
    end: byPeer,
    accepts: 3,
  },
  {
    name: 'never acknowledges and is hung up on',
    steps: [uac.invite(), ...uac.accepted, uac.byeAfterRetransmissions, uac.answer(200, 'OK'), pause(200)],
    behaviour: accept,
    options: { clock: fastClock(20) },
    end: { by: 'network', cause: 'no ACK' },
  },
];

async function answering({ behaviour, end, accepts }: Case, ours: OurSide, sipp: Sipp): Promise<void> {
  const sessions: Session[] = [];
  let failure: unknown;
  ours.agent.onInvite = invitation => {
    sessions.push(invitation.session);
    Promise.resolve(behaviour(invitation, ours)).catch(error => {
      failure = error;
    });
  };
  await sipp.done;
  if (accepts !== undefined)
    expect(sipp.messages().match(/SIP\/2\.0 200 OK\r?\n(?:.+\r?\n)*?CSeq: 1 INVITE/g)).toHaveLength(accepts);
  if (failure !== undefined) throw failure;
  const last = sessions.at(-1);
  if (end === undefined || last === undefined) return;
  expect(last.end ?? (await ended(last))).toMatchObject(end);
}

const sut = (port: number): string => `127.0.0.1:${port}`;

test.each(cases)('SIPp $name', async one => {
  await withAgent(one.options ?? {}, ours =>
    withSipp({ steps: one.steps, transport: 'UDP' }, sut(ours.port), sipp => answering(one, ours, sipp)),
  );
});

const certificate = useCertificate();

const streamed = cases.filter(({ name }) =>
  /^(calls|is hung up on|answers a 401|cancels after|changes the session by re-INVITE|wants reliable)/.test(
    name,
  ),
);
const overStreams = (['TCP', 'TLS'] as const).flatMap(transport =>
  streamed
    // Nobody can call SIPp back through the relay that speaks TLS for it.
    .filter(({ name }) => transport === 'TCP' || name !== 'is hung up on')
    .map(one => ({ ...one, transport })),
);

test.each(overStreams)('SIPp $name over $transport', async one => {
  await withAgent({ ...one.options, transport: one.transport, certificate: certificate() }, ours =>
    towardsUs({ transport: one.transport, certificate: certificate() }, ours.port, port =>
      withSipp({ steps: one.steps, transport: one.transport }, sut(port), sipp => answering(one, ours, sipp)),
    ),
  );
});

test('SIPp makes fifty calls one after the other', async () => {
  const one = { name: 'fifty', steps: basic, behaviour: accept, end: byPeer };
  await withAgent({}, ours =>
    withSipp({ steps: one.steps, transport: 'UDP', calls: 50, options: ['-l', '10'] }, sut(ours.port), sipp =>
      answering(one, ours, sipp),
    ),
  );
});
