import { describe, expect, it } from 'vitest';
import { serialise } from '../../../sip/message/serialise.ts';
import { NonInviteClientTransaction } from '../../../sip/transaction/non-invite-client.ts';
import type { Protocol } from '../../../sip/transport/transport.ts';
import { Bench, reply, request } from '../support/transactions.ts';

const OPTIONS = request('OPTIONS');

function started(protocol: Protocol = 'UDP') {
  const bench = new Bench(protocol);
  const { flow, clock, times, user, ended } = bench;
  const transaction = new NonInviteClientTransaction({
    key: 'key',
    request: OPTIONS,
    bytes: serialise(OPTIONS),
    flow,
    clock,
    times,
    user,
    ended,
  });
  transaction.start();
  return { bench, transaction };
}

describe('the non-INVITE client transaction (RFC 3261 §17.1.2)', () => {
  it('Trying: repeats with gaps that double up to T2 (Timer E): 11 times until 64·T1 (Timer F)', async () => {
    const { bench, transaction } = started();
    await bench.clock.advance(40_000);
    expect(bench.log['OPTIONS']).toEqual([
      0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
    ]);
    expect([bench.heard, transaction.state, bench.ends]).toEqual([['timeout'], 'Terminated', 1]);
  });

  it('Proceeding: goes on repeating every T2, and a provisional does not keep it alive', async () => {
    const { bench, transaction } = started();
    await bench.clock.advance(100);
    transaction.receive(reply(OPTIONS, 100));
    expect(transaction.state).toBe('Proceeding');
    await bench.clock.advance(31_899);
    expect(bench.log['OPTIONS']?.slice(0, 4)).toEqual([0, 4_100, 8_100, 12_100]);
    await bench.clock.advance(1);
    expect(bench.heard).toEqual(['100', 'timeout']);
  });

  it('Completed: absorbs repetitions of the final response for T4 (Timer K)', async () => {
    const { bench, transaction } = started();
    transaction.receive(reply(OPTIONS, 200));
    transaction.receive(reply(OPTIONS, 200));
    transaction.receive(reply(OPTIONS, 100));
    expect([transaction.state, bench.heard]).toEqual(['Completed', ['200']]);
    await bench.clock.advance(4_999);
    expect(bench.ends).toBe(0);
    await bench.clock.advance(1);
    expect([bench.ends, bench.log['OPTIONS']]).toEqual([1, [0]]);
  });

  it('Completed: ends at once on a reliable transport, and sent once', async () => {
    const { bench, transaction } = started('TCP');
    await bench.clock.advance(10_000);
    transaction.receive(reply(OPTIONS, 200));
    expect([transaction.state, bench.log['OPTIONS'], bench.clock.pending]).toEqual(['Terminated', [0], 0]);
  });
});
