import { describe, expect, it } from 'vitest';
import { NonInviteServerTransaction } from '../../../sip/transaction/non-invite-server.ts';
import type { Protocol } from '../../../sip/transport/transport.ts';
import { Bench, reply, request } from '../support/transactions.ts';

const BYE = request('BYE');

function opened(protocol: Protocol = 'UDP') {
  const bench = new Bench(protocol);
  const { flow, clock, times, respond, ended } = bench;
  return {
    bench,
    transaction: new NonInviteServerTransaction({
      key: 'key',
      request: BYE,
      flow,
      clock,
      times,
      respond,
      ended,
    }),
  };
}

describe('the non-INVITE server transaction (RFC 3261 §17.2.2)', () => {
  it('Trying: is silent until its user answers', () => {
    const { bench, transaction } = opened();
    transaction.receive(BYE);
    expect([transaction.state, bench.sent]).toEqual(['Trying', []]);
  });

  it('Proceeding: answers a repeated request with the last provisional', () => {
    const { bench, transaction } = opened();
    transaction.respond(reply(BYE, 100));
    transaction.receive(BYE);
    expect([transaction.state, bench.log]).toEqual(['Proceeding', { '100 BYE': [0, 0] }]);
  });

  it('Completed: answers repetitions with the final response for 64·T1 (Timer J)', async () => {
    const { bench, transaction } = opened();
    transaction.respond(reply(BYE, 200));
    transaction.respond(reply(BYE, 500));
    await bench.clock.advance(10_000);
    transaction.receive(BYE);
    expect(bench.log).toEqual({ '200 BYE': [0, 10_000] });
    await bench.clock.advance(22_000);
    expect([transaction.state, bench.ends]).toEqual(['Terminated', 1]);
  });

  it('Completed: ends at once on a reliable transport', () => {
    const { bench, transaction } = opened('TCP');
    transaction.respond(reply(BYE, 200));
    expect([transaction.state, bench.clock.pending]).toEqual(['Terminated', 0]);
  });

  it('ends without an answer once the client has given up (RFC 4320 §4.2)', async () => {
    const { bench, transaction } = opened();
    await bench.clock.advance(32_000);
    transaction.respond(reply(BYE, 200));
    expect([transaction.state, bench.sent]).toEqual(['Terminated', []]);
  });
});
