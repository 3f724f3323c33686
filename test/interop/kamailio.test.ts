import { expect, test } from 'vitest';
import type { IncomingInvitation, Session } from '../../sip/user-agent.ts';
import { ended, type OurSide, sdp, withAgent } from './support/agents.ts';
import { withKamailio } from './support/kamailio.ts';

interface Parties {
  readonly caller: OurSide;
  readonly callee: OurSide;
  readonly proxy: string;
  readonly target: string;
}

/** Two agents of ours with Kamailio between them. */
async function throughKamailio(
  [callerSpeaks, calleeSpeaks]: readonly ['UDP' | 'TCP', 'UDP' | 'TCP'],
  work: (parties: Parties) => Promise<void>,
): Promise<void> {
  await withKamailio(port =>
    withAgent({ transport: callerSpeaks }, caller =>
      withAgent({ transport: calleeSpeaks }, callee =>
        work({
          caller,
          callee,
          proxy: `sip:127.0.0.1:${port};transport=${callerSpeaks.toLowerCase()};lr`,
          target: `sip:bob@127.0.0.1:${callee.port};transport=${calleeSpeaks.toLowerCase()}`,
        }),
      ),
    ),
  );
}

const next = (side: OurSide): Promise<IncomingInvitation> =>
  new Promise(resolve => {
    side.agent.onInvite = resolve;
  });

test.each([
  ['UDP', 'UDP'],
  ['TCP', 'TCP'],
  ['TCP', 'UDP'],
  ['UDP', 'TCP'],
] as const)(
  'a call from %s to %s goes through a proxy that stays in it, both ways and to its end',
  async (from, to) => {
    await throughKamailio([from, to], async ({ caller, callee, proxy, target }) => {
      const ringing = next(callee);
      const call = caller.agent.invite(target, { sdp: sdp(), routes: [proxy] });
      const invitation = await ringing;
      const theirs: Session = invitation.session;
      invitation.progress(180);
      const confirmed = new Promise<void>(resolve => theirs.once('confirmed', () => resolve()));
      invitation.accept({ sdp: sdp() });
      const ours = await call.answered;
      await confirmed;
      for (const session of [ours, theirs]) session.onOffer = offer => offer.accept(sdp(2));

      expect(invitation.request.vias).toHaveLength(2);
      expect(invitation.request.maxForwards).toBeLessThan(70);
      expect(ours.dialog.routeSet.length).toBe(from === to ? 1 : 2);
      expect((await ours.reinvite({ sdp: sdp(2) })).status).toBe(200);
      expect((await theirs.update({ sdp: sdp(3) })).status).toBe(200);
      expect((await theirs.reinvite({ sdp: sdp(4) })).status).toBe(200);
      expect((await ours.update({ sdp: sdp(5) })).status).toBe(200);
      const ends = Promise.all([ended(ours), ended(theirs)]);
      theirs.bye();
      expect(await ends).toMatchObject([
        { by: 'remote', cause: 'BYE' },
        { by: 'local', cause: 'BYE' },
      ]);
    });
  },
);

test('a call that is cancelled through the proxy ends on both sides', async () => {
  await throughKamailio(['UDP', 'UDP'], async ({ caller, callee, proxy, target }) => {
    const ringing = next(callee);
    const call = caller.agent.invite(target, { sdp: sdp(), routes: [proxy] });
    const invitation = await ringing;
    const cancelled = new Promise(resolve => invitation.once('cancelled', resolve));
    const progress = new Promise(resolve => call.once('progress', resolve));
    invitation.progress(180);
    await progress;
    call.cancel();

    await expect(call.answered).rejects.toMatchObject({ code: 'cancelled' });
    await cancelled;
    expect([caller.agent.sessions, callee.agent.sessions]).toEqual([[], []]);
  });
});

test('a call with no hops left is refused by the proxy', async () => {
  await throughKamailio(['UDP', 'UDP'], async ({ caller, proxy, target }) => {
    const call = caller.agent.invite(target, { sdp: sdp(), routes: [proxy], maxForwards: 0 });

    await expect(call.answered).rejects.toMatchObject({ code: 'refused', status: 483 });
  });
});
