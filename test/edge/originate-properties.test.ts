import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../sip/user-agent.ts';
import {
  answerAt,
  CONNECTOR,
  CONNECTOR_SDP,
  childSid,
  EdgeStage,
  phoneAddress,
} from './support/edge-stage.ts';

const ms = (max: number) => fc.integer({ min: 0, max });

const scene = fc.record({
  endpoint: fc.oneof(
    fc.record({ kind: fc.constant('refuses' as const), status: fc.constantFrom(404, 486, 603) }),
    fc.record({ kind: fc.constant('rings' as const) }),
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('answers' as const), hangsUpMs: fc.option(ms(6_000)) }),
    },
  ),
  afterMs: ms(3_000),
  connector: fc.oneof(
    fc.record({ kind: fc.constant('refuses' as const), status: fc.constantFrom(403, 503, 603) }),
    fc.record({ kind: fc.constant('rings' as const) }),
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('answers' as const), hangsUpMs: fc.option(ms(6_000)) }),
    },
  ),
  connectorMs: ms(2_000),
  /** When the control plane takes the call over, after the INVITE has come to it. */
  takenOverMs: fc.option(ms(2_000)),
  cancelledMs: fc.option(ms(8_000)),
  ringTimeoutSeconds: fc.integer({ min: 1, max: 6 }),
  delayMs: ms(80),
  writeMs: ms(300),
  seed: fc.integer(),
});

describe('whatever endpoint, voice service and owner of a call do', () => {
  it('it completes once, unless it is the control plane’s by then, and no leg is left', async () => {
    await fc.assert(
      fc.asyncProperty(scene, async input => {
        const stage = await EdgeStage.open({
          voiceConnector: { uri: `sip:+17035550122@${CONNECTOR}`, from: '+15550199' },
        });
        const later = (delayMs: number | null, run: () => void) => {
          if (delayMs !== null) stage.clock.setTimeout(run, delayMs);
        };
        let state = input.seed | 0;
        stage.network.weather = () => {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
          return [((state >>> 8) / 2 ** 24) * input.delayMs];
        };
        stage.plans.before = () => new Promise(resolve => later(input.writeMs, resolve));
        const sessions: Session[] = [];
        const { endpoint, connector } = input;
        await stage.phone(1, invitation => {
          invitation.progress(180);
          later(input.afterMs, () => {
            if (invitation.state !== 'open' || endpoint.kind === 'rings') return;
            if (endpoint.kind === 'refuses') {
              invitation.reject(endpoint.status);
              return;
            }
            const session = invitation.accept({ sdp: answerAt(phoneAddress(1)) });
            session.onOffer = offer => offer.accept(answerAt(phoneAddress(1)));
            sessions.push(session);
            later(endpoint.hangsUpMs, () => session.bye());
          });
        });
        let closed = false;
        stage.connector.onInvite = invitation => {
          later(input.takenOverMs, () => {
            const { version = 0 } = stage.plans.items.get(plan.token) ?? {};
            closed = true;
            void stage.plans.close(plan.token, version).catch(() => {
              closed = false;
            });
          });
          later(input.connectorMs, () => {
            if (invitation.state !== 'open' || connector.kind === 'rings') return;
            if (connector.kind === 'refuses') {
              invitation.reject(connector.status);
              return;
            }
            const session = invitation.accept({ sdp: CONNECTOR_SDP });
            sessions.push(session);
            later(connector.hangsUpMs, () => session.bye());
          });
        };
        const plan = await stage.plan([{}], {
          kind: 'originate',
          ringTimeoutSeconds: input.ringTimeoutSeconds,
          timeLimitSeconds: 20,
        });
        later(input.cancelledMs, () => stage.edge.cancel(plan.token, 'canceled'));
        void stage.edge.originate(plan.token);

        await stage.clock.advance(10 * 60_000);

        const own = stage.events.filter(({ detail }) => detail.call.sid === childSid(1));
        const completed = own.filter(({ type }) => type === 'Call Completed');
        const wasJoined = sessions.length === 2 && sessions.every(({ remoteSdp }) => remoteSdp !== undefined);
        if (!closed && !wasJoined) expect(completed).toHaveLength(1);
        expect(completed.length).toBeLessThanOrEqual(1);
        expect(own.map(({ detail }) => detail.metadata.sequenceNumber)).toEqual(own.map((_, at) => at + 1));
        expect(sessions.filter(({ end }) => end === undefined)).toEqual([]);
        for (const agent of [stage.edge.inside, stage.edge.outside, stage.connector]) {
          expect(agent.sessions).toEqual([]);
          expect(agent.transactions.size).toEqual({ clients: 0, servers: 0 });
        }
        expect(stage.originFaults).toEqual([]);
        expect(stage.edge.calls).toBe(0);
        expect(await stage.journal.all()).toEqual([]);
        expect(stage.logs.filter(line => /A handler failed|A dial broke/.test(line))).toEqual([]);
      }),
      { numRuns: Number(process.env['RUNS'] ?? 100) },
    );
  });
});
