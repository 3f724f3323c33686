import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../sip/user-agent.ts';
import { answerAt, EdgeStage, type Phone, phoneAddress } from './support/edge-stage.ts';

const ms = (max: number) => fc.integer({ min: 0, max });

/** What a phone does when it is called. */
const behaviour = fc.oneof(
  fc.record({
    kind: fc.constant('refuses' as const),
    afterMs: ms(8_000),
    status: fc.constantFrom(302, 401, 404, 480, 486, 488, 500, 503, 600, 603),
  }),
  fc.record({ kind: fc.constant('rings' as const) }),
  fc.record({ kind: fc.constant('is not there' as const) }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('answers' as const),
      afterMs: ms(8_000),
      hangsUpAfterMs: fc.option(ms(8_000)),
      payloads: fc.constantFrom('0 101', '0 8 101', '8'),
    }),
  },
);
type Behaviour = typeof behaviour extends fc.Arbitrary<infer T> ? T : never;

const scene = fc.record({
  phones: fc.array(behaviour, { minLength: 1, maxLength: 4 }),
  callerGivesUpAfterMs: fc.option(ms(10_000)),
  ringTimeoutSeconds: fc.integer({ min: 1, max: 12 }),
  timeLimitSeconds: fc.integer({ min: 1, max: 20 }),
  delayMs: ms(80),
  lossPercent: fc.constantFrom(0, 0, 15),
  writeMs: ms(400),
  failingWrites: fc.constantFrom(0, 0, 1, 2),
  busBreaksMs: fc.constantFrom(0, 0, 3_000),
  seed: fc.integer(),
});

/** A small generator, so that the weather of a scene is always the same. */
function dice(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) / 2 ** 24;
  };
}

function phoneOf(stage: EdgeStage, n: number, does: Behaviour, sessions: Session[]): Phone {
  return invitation => {
    if (does.kind === 'is not there') return;
    invitation.progress(180);
    if (does.kind === 'rings') return;
    stage.clock.setTimeout(() => {
      if (invitation.state !== 'open') return;
      if (does.kind === 'refuses') {
        invitation.reject(does.status, {
          headers: does.status === 401 ? { 'WWW-Authenticate': 'Digest realm="x", nonce="y"' } : {},
        });
        return;
      }
      const session = invitation.accept({ sdp: answerAt(phoneAddress(n), does.payloads) });
      sessions.push(session);
      if (does.hangsUpAfterMs !== null) stage.clock.setTimeout(() => session.bye(), does.hangsUpAfterMs);
    }, does.afterMs);
  };
}

describe('whatever targets, caller, network and table do', () => {
  it('each branch completes once, in order, and no leg is left', async () => {
    await fc.assert(
      fc.asyncProperty(scene, async input => {
        const stage = await EdgeStage.open({ followRedirects: true });
        const sessions: Session[] = [];
        for (const [index, does] of input.phones.entries())
          if (does.kind !== 'is not there')
            await stage.phone(index + 1, phoneOf(stage, index + 1, does, sessions));
        const throwDice = dice(input.seed);
        stage.network.weather = () =>
          throwDice() * 100 < input.lossPercent ? [] : [Math.floor(throwDice() * input.delayMs)];
        let failures = input.failingWrites;
        stage.plans.before = async () => {
          await new Promise<void>(resolve => {
            stage.clock.setTimeout(resolve, input.writeMs);
          });
          if (failures-- > 0) throw new Error('DynamoDB is away.');
        };
        stage.busBroken = input.busBreaksMs > 0;
        stage.clock.setTimeout(() => {
          stage.busBroken = false;
        }, input.busBreaksMs);
        await stage.plan(
          input.phones.map(() => ({})),
          { ringTimeoutSeconds: input.ringTimeoutSeconds, timeLimitSeconds: input.timeLimitSeconds },
        );
        const call = stage.call();
        if (input.callerGivesUpAfterMs !== null)
          stage.clock.setTimeout(() => {
            if (call.session) call.session.bye();
            else call.outgoing.cancel();
          }, input.callerGivesUpAfterMs);

        await stage.clock.advance(10 * 60_000);

        const claimed = stage.plans.reports.length > 0;
        for (let n = 1; claimed && n <= input.phones.length; n++) {
          const own = stage.events.filter(
            ({ detail }) => Number.parseInt(detail.call.sid.slice(-4), 16) === n,
          );
          expect(own.map(({ detail }) => detail.metadata.sequenceNumber)).toEqual(own.map((_, at) => at + 1));
          expect(own.filter(({ type }) => type === 'Call Completed')).toHaveLength(1);
          expect(own.at(-1)?.type).toBe('Call Completed');
        }
        expect(stage.events.filter(({ type }) => type === 'Call Answered').length).toBeLessThanOrEqual(1);
        expect(sessions.filter(({ end }) => end === undefined)).toEqual([]);
        expect(call.session?.end ?? call.failed).toBeDefined();
        for (const agent of [stage.edge.inside, stage.edge.outside]) {
          expect(agent.sessions).toEqual([]);
          expect(agent.transactions.size).toEqual({ clients: 0, servers: 0 });
        }
        expect(stage.originFaults).toEqual([]);
        expect(stage.edge.calls).toBe(0);
        expect(await stage.journal.all()).toEqual([]);
        expect(
          stage.logs.filter(line => line.includes('A handler failed') || line.includes('A dial broke')),
        ).toEqual([]);
      }),
      { numRuns: Number(process.env['RUNS'] ?? 150) },
    );
  });
});
