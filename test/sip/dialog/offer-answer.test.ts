import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OfferAnswer } from '../../../sip/dialog/offer-answer.ts';

const steps = {
  offerLocally: (exchange: OfferAnswer, sdp: string) => exchange.offerLocally(sdp, 'INVITE'),
  offerRemotely: (exchange: OfferAnswer, sdp: string) => exchange.offerRemotely(sdp),
  answerLocally: (exchange: OfferAnswer, sdp: string) => exchange.answerLocally(sdp),
  answerRemotely: (exchange: OfferAnswer, sdp: string) => exchange.answerRemotely(sdp),
  withdraw: (exchange: OfferAnswer) => exchange.withdraw(),
} as const;

/** State × step → the next state; what is missing is refused (RFC 3264 §4). */
const table: Readonly<Record<string, Partial<Record<keyof typeof steps, string>>>> = {
  stable: { offerLocally: 'have-local-offer', offerRemotely: 'have-remote-offer', withdraw: 'stable' },
  'have-local-offer': { answerRemotely: 'stable', withdraw: 'stable' },
  'have-remote-offer': { answerLocally: 'stable', withdraw: 'stable' },
};

describe('offer and answer (RFC 3264)', () => {
  it('an exchange puts both descriptions in force', () => {
    const exchange = new OfferAnswer();
    exchange.offerLocally('ours', 'UPDATE');
    expect([exchange.awaits('UPDATE'), exchange.awaits('INVITE'), exchange.awaits('ACK 1')]).toEqual([
      true,
      false,
      false,
    ]);
    expect([exchange.local, exchange.open]).toEqual([undefined, 'ours']);
    exchange.answerRemotely('theirs');
    expect([exchange.local, exchange.remote, exchange.open]).toEqual(['ours', 'theirs', undefined]);
  });

  it('a withdrawn offer leaves what was in force (§8.3.1)', () => {
    const exchange = OfferAnswer.restore('ours', 'theirs');
    exchange.offerRemotely('new');
    exchange.withdraw();
    expect([exchange.state, exchange.local, exchange.remote]).toEqual(['stable', 'ours', 'theirs']);
  });

  it('what was sent last is known, in force or not, also by one that was written down', () => {
    const exchange = OfferAnswer.restore('ours', 'theirs');
    const sent = [exchange.sent];
    exchange.offerLocally('refused', 'INVITE');
    exchange.withdraw();
    sent.push(exchange.sent);
    exchange.offerRemotely('new');
    sent.push(exchange.sent);
    exchange.answerLocally('answer');
    sent.push(exchange.sent);
    expect(sent).toEqual(['ours', 'refused', 'refused', 'answer']);
  });

  it('any order of steps follows the table, and a refused step changes nothing', () => {
    const names = fc.array(fc.constantFrom(...(Object.keys(steps) as (keyof typeof steps)[])), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(names, run => {
        const exchange = new OfferAnswer();
        for (const [at, name] of run.entries()) {
          const { state, local, remote } = exchange;
          const next = table[state]?.[name];
          if (next === undefined) {
            expect(() => steps[name](exchange, `${at}`)).toThrow();
            expect(exchange).toMatchObject({ state, local, remote });
          } else {
            steps[name](exchange, `${at}`);
            expect(exchange.state).toBe(next);
          }
        }
      }),
    );
  });
});
