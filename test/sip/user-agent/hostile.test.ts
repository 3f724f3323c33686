import { describe, expect, it } from 'vitest';
import { Dice } from '../../../bench/sip/fuzz/dice.ts';
import { mutate } from '../../../bench/sip/fuzz/mutate.ts';
import { serialise } from '../../../sip/message/serialise.ts';
import type { UserAgent } from '../../../sip/user-agent.ts';
import { BOB, established } from '../support/calls.ts';
import { ANSWER, OFFER, Stage } from '../support/stage.ts';
import { messages } from '../torture/messages.ts';

const ATTACKER = '10.0.0.66';
const INPUTS = 1_500;
const open = (agent: UserAgent) => agent.transactions.size.clients + agent.transactions.size.servers;

describe('an agent in the middle of calls', () => {
  it.each([1, 2, 3])(
    'survives whatever arrives, its own messages bent out of shape among it (seed %i)',
    async seed => {
      const stage = new Stage();
      const dice = new Dice(seed);
      const errors: unknown[] = [];
      const onError = (error: unknown) => void errors.push(error);
      const timers = { sessionTimer: { keepAliveSeconds: 100 } };
      const { alice, bob, called } = await established(stage, {
        alice: { onError, ...timers, credentials: () => ({ username: 'alice', password: 'secret' }) },
        bob: { onError, ...timers },
      });
      bob.onInvite = invitation => {
        invitation.progress(183, { sdp: ANSWER, reliable: true });
        invitation.session.onRefer = referral => referral.accept();
        invitation.session.onOffer = offer => offer.accept(ANSWER);
        if (dice.chance(0.7))
          stage.clock.setTimeout(() => invitation.state === 'open' && invitation.accept(), 500);
      };
      alice.onInvite = invitation => invitation.accept({ sdp: ANSWER });
      called.onOffer = offer => offer.accept(ANSWER);
      const attempts = [
        () => dice.pick(alice.sessions).update(),
        () => dice.pick(alice.sessions).reinvite({ sdp: OFFER }),
        () => dice.pick(alice.sessions).refer('sip:carol@10.0.0.3'),
        () => dice.pick(bob.sessions).reinvite({ sdp: ANSWER }),
        async () => dice.pick(bob.sessions).bye(),
        () => alice.invite(BOB, { sdp: OFFER }).answered,
        () => alice.request({ method: 'OPTIONS', uri: BOB }),
      ];

      const attacker = stage.network.transport(ATTACKER);
      await attacker.listen({ message: () => {}, refused: () => {}, isNeeded: () => true, closed: () => {} });
      const aims = await Promise.all(
        ['10.0.0.1', '10.0.0.2'].map(address => attacker.flowTo({ protocol: 'UDP', address, port: 5_060 })),
      );
      // What the two really said, at last: an attacker who listens.
      const recent = () => {
        const honest = stage.network.passages
          .filter(({ from, to }) => from.address !== ATTACKER && to.address !== ATTACKER)
          .slice(-30);
        return honest.map(({ message }) => serialise(message));
      };
      const seeds = messages.map(({ bytes }) => bytes);
      let seen = recent();
      for (let input = 0; input < INPUTS; input++) {
        if (input % 10 === 0) seen = recent();
        const pool = dice.below(3) === 0 ? seeds : seen;
        const bytes = mutate(dice.pick(pool), dice.pick(seen), dice);
        for (const aim of aims) aim.send(Buffer.from(bytes));
        if (input % 10 === 0) await stage.clock.advance(dice.below(2_000));
        if (input % 20 === 0 && alice.sessions.length > 0 && bob.sessions.length > 0)
          dice
            .pick(attempts)()
            .catch(() => {});
        if (input % 100 === 0) alice.invite(BOB, { sdp: OFFER });
      }
      expect(errors).toEqual([]);

      for (const agent of [alice, bob]) for (const session of agent.sessions) session.drop('over', 'local');
      await stage.clock.advance(10 * 60_000);
      expect(errors).toEqual([]);
      bob.onInvite = invitation => invitation.accept({ sdp: ANSWER });
      const again = alice.invite(BOB, { sdp: OFFER });
      await stage.clock.advance(10);
      expect((await again.answered).remoteSdp).toBe(ANSWER);
      await stage.clock.advance(60_000);
      expect([open(alice), open(bob)]).toEqual([0, 0]);
      await Promise.all([alice.close(), bob.close()]);
      await stage.settle();
      expect(stage.clock.pending).toBe(0);
    },
  );
});
