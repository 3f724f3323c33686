import { expect, test } from 'vitest';
import type { InviteOptions, OutgoingInvitation, Session } from '../../sip/user-agent.ts';
import { type Line, reachedAt, towardsSipp } from './sipp/line.ts';
import { withSipp } from './sipp/run.ts';
import { pause, request, response, type Step } from './sipp/scenario.ts';
import * as uas from './sipp/uas.ts';
import { ended, type OurOptions, sdp, wait, withAgent } from './support/agents.ts';
import { useCertificate } from './support/certificate.ts';
import { fastClock } from './support/clock.ts';

interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
  /** What we do with the call, and what must be true of it. */
  readonly behaviour: (invitation: OutgoingInvitation) => Promise<unknown>;
  readonly options?: OurOptions;
  readonly invite?: InviteOptions;
  /** How many ACKs SIPp must have seen at least. */
  readonly acks?: number;
}

const trying = uas.answer(100, 'Trying');
const ringing = uas.answer(180, 'Ringing');
const basic: readonly Step[] = [uas.invite, trying, ringing, uas.ok(), uas.ack, ...uas.byeOfPeer];

const progress = (invitation: OutgoingInvitation): Promise<unknown> =>
  new Promise(resolve => invitation.once('progress', resolve));

const hangUp = async (session: Session): Promise<void> => {
  const end = ended(session);
  session.bye();
  expect(await end).toMatchObject({ by: 'local', cause: 'BYE' });
};

const talk = async (invitation: OutgoingInvitation): Promise<void> => hangUp(await invitation.answered);

const talkThen =
  (then: (session: Session) => Promise<unknown>) =>
  async (invitation: OutgoingInvitation): Promise<void> => {
    const session = await invitation.answered;
    session.onOffer = offer => offer.accept(sdp(2));
    await then(session);
  };

const endsBy = (by: string, cause: string) => async (session: Session) =>
  expect(session.end ?? (await ended(session))).toMatchObject({ by, cause });

const credentials = () => ({ username: 'joe', password: 'schmo' });

const challenge = (status: number, reason: string, header: string): readonly Step[] => [
  uas.invite,
  uas.reply(status, reason, {
    tag: uas.ourTag,
    headers: [
      `${header}: Digest realm="sipp", nonce="47364c23432d2e131a5fb210812c", algorithm=MD5, qop="auth"`,
    ],
  }),
  uas.ack,
];

const authorised = (header: string): Step =>
  request('INVITE', {
    keep: { via: 'Via:', from: 'From:', to: 'To:', cseq: 'CSeq:' },
    with: 'rrs="true"',
    must: `${header}: Digest username=.joe., realm=.sipp.`,
  });

const timer = (refresher: string): readonly string[] => [
  `Session-Expires: 90;refresher=${refresher}`,
  'Require: timer',
  'Allow: INVITE, ACK, BYE, UPDATE',
];

const cases: readonly Case[] = [
  { name: 'and hang up', steps: basic, behaviour: talk },
  {
    name: 'and are hung up on',
    steps: [uas.invite, trying, ringing, uas.ok(), uas.ack, pause(100), ...uas.bye(1)],
    behaviour: talkThen(endsBy('remote', 'BYE')),
  },
  {
    name: 'and answer its 401',
    steps: [
      ...challenge(401, 'Unauthorized', 'WWW-Authenticate'),
      authorised('Authorization'),
      uas.ok(),
      uas.ack,
      ...uas.byeOfPeer,
    ],
    behaviour: talk,
    options: { credentials },
  },
  {
    name: 'and answer its 407',
    steps: [
      ...challenge(407, 'Proxy Authentication Required', 'Proxy-Authenticate'),
      authorised('Proxy-Authorization'),
      uas.ok(),
      uas.ack,
      ...uas.byeOfPeer,
    ],
    behaviour: talk,
    options: { credentials },
  },
  {
    name: 'and give up when our password is wrong',
    steps: [
      ...challenge(401, 'Unauthorized', 'WWW-Authenticate'),
      authorised('Authorization'),
      uas.reply(401, 'Unauthorized', {
        tag: uas.ourTag,
        headers: ['WWW-Authenticate: Digest realm="sipp", nonce="another", algorithm=MD5, qop="auth"'],
      }),
      uas.ack,
      pause(300),
    ],
    behaviour: invitation =>
      expect(invitation.answered).rejects.toMatchObject({ code: 'refused', response: { status: 401 } }),
    options: { credentials },
  },
  {
    name: 'and are refused',
    steps: [uas.invite, uas.reply(486, 'Busy Here', { tag: uas.ourTag, with: 'retrans="500"' }), uas.ack],
    behaviour: invitation =>
      expect(invitation.answered).rejects.toMatchObject({ code: 'refused', status: 486 }),
  },
  {
    name: 'and cancel before it rings',
    steps: [
      uas.invite,
      trying,
      request('CANCEL'),
      uas.reply(200, 'OK', { tag: uas.ourTag }),
      uas.answer(487, 'Request Terminated', { with: 'retrans="500"' }),
      uas.ack,
    ],
    behaviour: async invitation => {
      await wait(100);
      invitation.cancel();
      await expect(invitation.answered).rejects.toMatchObject({ code: 'cancelled' });
    },
  },
  {
    name: 'and cancel while it rings',
    steps: [
      uas.invite,
      trying,
      ringing,
      request('CANCEL'),
      uas.reply(200, 'OK'),
      uas.answer(487, 'Request Terminated', { with: 'retrans="500"' }),
      uas.ack,
    ],
    behaviour: async invitation => {
      await progress(invitation);
      invitation.cancel();
      await expect(invitation.answered).rejects.toMatchObject({ code: 'cancelled' });
    },
  },
  {
    name: 'and cancel, but its 200 comes late',
    steps: [
      uas.invite,
      trying,
      ringing,
      request('CANCEL'),
      uas.reply(200, 'OK'),
      uas.ok(),
      uas.ack,
      ...uas.byeOfPeer,
    ],
    behaviour: async invitation => {
      await progress(invitation);
      invitation.cancel();
      await expect(invitation.answered).rejects.toMatchObject({ code: 'cancelled' });
    },
  },
  {
    name: 'and two forks ring, one of which answers',
    steps: [
      uas.invite,
      uas.answer(180, 'Ringing', { tag: 'fork-one' }),
      uas.answer(183, 'Session Progress', { tag: 'fork-two', sdp: true }),
      pause(50),
      uas.ok({ tag: 'fork-two' }),
      uas.ack,
      request('BYE', { must: 'To:.*fork-two' }),
      uas.reply(200, 'OK'),
      pause(200),
    ],
    behaviour: async invitation => {
      const session = await invitation.answered;
      expect(session.dialog.remoteTag).toBe('fork-two');
      expect(invitation.sessions.map(({ dialog }) => dialog.remoteTag)).toContain('fork-two');
      await hangUp(session);
    },
  },
  {
    name: 'and two forks answer, the second of which is hung up on',
    steps: [
      uas.invite,
      uas.answer(180, 'Ringing', { tag: 'fork-one' }),
      uas.answer(200, 'OK', { tag: 'fork-one', sdp: true }),
      request('ACK', { must: 'To:.*fork-one' }),
      uas.answer(200, 'OK', { tag: 'fork-two', sdp: true }),
      request('ACK', { must: 'To:.*fork-two' }),
      request('BYE', { must: 'To:.*fork-two' }),
      uas.reply(200, 'OK'),
      request('BYE', { must: 'To:.*fork-one' }),
      uas.reply(200, 'OK'),
      pause(200),
    ],
    behaviour: talkThen(async session => {
      await wait(400);
      await hangUp(session);
    }),
  },
  {
    name: 'and change the session by re-INVITE and by UPDATE',
    steps: [
      uas.invite,
      uas.ok(),
      uas.ack,
      request('INVITE'),
      uas.reply(200, 'OK', { sdp: true, with: 'retrans="500"' }),
      uas.ack,
      request('UPDATE'),
      uas.reply(200, 'OK', { sdp: true }),
      ...uas.byeOfPeer,
    ],
    behaviour: talkThen(async session => {
      expect((await session.reinvite({ sdp: sdp(2) })).status).toBe(200);
      expect((await session.update({ sdp: sdp(3) })).status).toBe(200);
      await hangUp(session);
    }),
  },
  {
    name: 'and it changes the session by re-INVITE and by UPDATE',
    steps: [
      uas.invite,
      uas.ok(),
      uas.ack,
      uas.ask('INVITE', 1),
      response(100, { optional: true }),
      response(200),
      uas.ask('ACK', 1, { sdp: false }),
      uas.ask('UPDATE', 2, { sdp: true }),
      response(200, { must: 'm=audio' }),
      ...uas.bye(3),
    ],
    behaviour: talkThen(endsBy('remote', 'BYE')),
  },
  {
    name: 'and refresh the session',
    steps: [
      uas.invite,
      uas.ok({ headers: timer('uac') }),
      uas.ack,
      ...[1, 2].flatMap(() => [
        request('UPDATE', { must: 'Session-Expires: 90;refresher=uac' }),
        uas.reply(200, 'OK', { headers: timer('uac') }),
      ]),
      ...uas.bye(1),
    ],
    behaviour: talkThen(endsBy('remote', 'BYE')),
    options: { clock: fastClock(20) },
    invite: { sessionTimer: { intervalSeconds: 90, refresher: 'us' } },
  },
  {
    name: 'and refresh the session by re-INVITE where it takes no UPDATE',
    steps: [
      uas.invite,
      uas.ok({ headers: ['Session-Expires: 90;refresher=uac', 'Require: timer', 'Allow: INVITE, ACK, BYE'] }),
      uas.ack,
      request('INVITE', { must: 'Session-Expires: 90;refresher=uac' }),
      uas.reply(200, 'OK', {
        sdp: true,
        headers: ['Session-Expires: 90;refresher=uac', 'Require: timer'],
        with: 'retrans="500"',
      }),
      uas.ack,
      ...uas.bye(1),
    ],
    behaviour: talkThen(endsBy('remote', 'BYE')),
    options: { clock: fastClock(20) },
    invite: { sessionTimer: { intervalSeconds: 90, refresher: 'us' } },
  },
  {
    name: 'and it refreshes the session',
    steps: [
      uas.invite,
      uas.ok({ headers: timer('uas') }),
      uas.ack,
      pause(2_250),
      uas.ask('UPDATE', 1, { headers: ['Session-Expires: 90;refresher=uac', 'Supported: timer'] }),
      response(200, { must: 'Session-Expires: *90;refresher=uac' }),
      pause(2_250),
      ...uas.bye(2),
    ],
    behaviour: talkThen(endsBy('remote', 'BYE')),
    options: { clock: fastClock(20) },
    invite: { sessionTimer: { intervalSeconds: 90, refresher: 'peer' } },
  },
  {
    name: 'and end a session that it does not refresh',
    steps: [uas.invite, uas.ok({ headers: timer('uas') }), uas.ack, ...uas.byeOfPeer],
    behaviour: talkThen(endsBy('timer', 'session expired')),
    options: { clock: fastClock(20) },
    invite: { sessionTimer: { intervalSeconds: 90, refresher: 'peer' } },
  },
  {
    name: 'and ask for a longer session after its 422',
    steps: [
      uas.invite,
      uas.reply(422, 'Session Interval Too Small', { tag: uas.ourTag, headers: ['Min-SE: 600'] }),
      uas.ack,
      request('INVITE', {
        keep: { via: 'Via:', from: 'From:', to: 'To:', cseq: 'CSeq:' },
        with: 'rrs="true"',
        must: 'Session-Expires: 600',
      }),
      uas.ok({ headers: ['Session-Expires: 600;refresher=uac', 'Require: timer'] }),
      uas.ack,
      ...uas.byeOfPeer,
    ],
    behaviour: talk,
    invite: { sessionTimer: { intervalSeconds: 90 } },
  },
  {
    name: 'and try our re-INVITE again after its 491',
    steps: [
      uas.invite,
      uas.ok(),
      uas.ack,
      request('INVITE'),
      uas.reply(491, 'Request Pending'),
      uas.ack,
      request('INVITE'),
      uas.reply(200, 'OK', { sdp: true, with: 'retrans="500"' }),
      uas.ack,
      ...uas.byeOfPeer,
    ],
    // The one who made the call waits 2.1 s to 4 s (RFC 3261 §14.1).
    behaviour: talkThen(async session => {
      const start = performance.now();
      await session.reinvite({ sdp: sdp(2) });
      expect(performance.now() - start).toBeGreaterThan(2_000);
      await hangUp(session);
    }),
  },
  {
    name: 'and acknowledge its reliable provisional responses',
    steps: [
      uas.invite,
      uas.answer(183, 'Session Progress', {
        sdp: true,
        headers: ['Require: 100rel', 'RSeq: 7'],
        with: 'retrans="500"',
      }),
      request('PRACK', { must: 'RAck: 7 1 INVITE' }),
      uas.reply(200, 'OK'),
      uas.answer(180, 'Ringing', { headers: ['Require: 100rel', 'RSeq: 8'], with: 'retrans="500"' }),
      request('PRACK', { must: 'RAck: 8 1 INVITE' }),
      uas.reply(200, 'OK'),
      uas.ok({ sdp: false }),
      uas.ack,
      ...uas.byeOfPeer,
    ],
    behaviour: talk,
  },
  {
    name: 'and acknowledge again when it has not heard our ACK',
    steps: [
      uas.invite,
      uas.answer(200, 'OK', { sdp: true }),
      uas.ack,
      pause(300),
      uas.answer(200, 'OK', { sdp: true }),
      // SIPp takes the ACK that this brings for a retransmission, counts it in its log only and says 200 again.
      request('BYE'),
      uas.reply(200, 'OK'),
    ],
    behaviour: talkThen(async session => {
      await wait(350);
      await hangUp(session);
    }),
    acks: 2,
  },
];

const certificate = useCertificate();

async function calling(one: Case, line: Line): Promise<void> {
  const { transport } = line;
  const reached = await reachedAt(line);
  await withAgent({ ...one.options, ...line }, ({ agent }) =>
    withSipp({ steps: one.steps, transport, contactPort: reached }, undefined, async sipp => {
      await towardsSipp(line, reached, sipp.port, async port => {
        const uri = `sip:sipp@127.0.0.1:${port};transport=${transport.toLowerCase()}`;
        await one.behaviour(agent.invite(uri, { sdp: sdp(), ...one.invite }));
        await sipp.done;
      });
      if (one.acks !== undefined)
        expect(sipp.messages().match(/^ACK /gm)?.length).toBeGreaterThanOrEqual(one.acks);
    }),
  );
}

test.each(cases)('we call SIPp $name', one => calling(one, { transport: 'UDP', certificate: certificate() }));

const streamed = cases.filter(({ name }) =>
  /^and (hang up|are hung up|answer its 401|cancel while|acknowledge its)/.test(name),
);

const lines = (['TCP', 'TLS'] as const).flatMap(transport => streamed.map(one => ({ ...one, transport })));

test.each(lines)('we call SIPp over $transport $name', ({ transport, ...one }) =>
  calling(one, { transport, certificate: certificate() }),
);
