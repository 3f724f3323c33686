import { describe, expect, it } from 'vitest';
import { InviteServerTransaction } from '../../../sip/transaction/invite-server.ts';
import type { Protocol } from '../../../sip/transport/transport.ts';
import { Bench, reply, request } from '../support/transactions.ts';

const INVITE = request('INVITE');
const ACK = request('ACK', 'z9hG4bKINVITE');

function opened(protocol: Protocol = 'UDP') {
  const bench = new Bench(protocol);
  const { flow, clock, times, respond, ended } = bench;
  const transaction = new InviteServerTransaction({
    key: 'key',
    request: INVITE,
    flow,
    clock,
    times,
    respond,
    ended,
  });
  transaction.user = { timeout: () => void bench.heard.push('timeout') };
  return { bench, transaction };
}

describe('the INVITE server transaction (RFC 3261 §17.2.1, RFC 6026 §7.1)', () => {
  it('Proceeding: says 100 Trying after 200 ms, unless its user said something', async () => {
    const silent = opened();
    await silent.bench.clock.advance(1_000);
    expect(silent.bench.log).toEqual({ '100 INVITE': [200] });
    const ringing = opened();
    await ringing.bench.clock.advance(199);
    ringing.transaction.respond(reply(INVITE, 180));
    await ringing.bench.clock.advance(1_000);
    expect(ringing.bench.log).toEqual({ '180 INVITE': [199] });
  });

  it('Proceeding: answers a repeated INVITE with the last provisional', async () => {
    const { bench, transaction } = opened();
    transaction.receive(INVITE);
    transaction.respond(reply(INVITE, 180));
    transaction.respond(reply(INVITE, 183));
    transaction.receive(INVITE);
    expect(bench.sent.map(({ message }) => !message.isRequest && message.status)).toEqual([180, 183, 183]);
  });

  it('Completed: repeats a refusal up to every T2 (Timer G) and gives up at 64·T1 (Timer H)', async () => {
    const { bench, transaction } = opened();
    transaction.respond(reply(INVITE, 486));
    await bench.clock.advance(40_000);
    expect(bench.log['486 INVITE']).toEqual([
      0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
    ]);
    expect([bench.heard, transaction.state, bench.ends]).toEqual([['timeout'], 'Terminated', 1]);
  });

  it('Completed: repeats nothing by itself on a reliable transport', async () => {
    const { bench, transaction } = opened('TCP');
    transaction.respond(reply(INVITE, 486));
    await bench.clock.advance(40_000);
    expect(bench.log['486 INVITE']).toEqual([0]);
  });

  it('Confirmed: absorbs ACKs for T4 (Timer I), at once on a reliable transport', async () => {
    const { bench, transaction } = opened();
    transaction.respond(reply(INVITE, 486));
    transaction.receive(ACK);
    transaction.receive(ACK);
    transaction.receive(INVITE);
    expect(transaction.state).toBe('Confirmed');
    await bench.clock.advance(5_000);
    expect([transaction.state, bench.log['486 INVITE'], bench.heard]).toEqual(['Terminated', [0], []]);
    const reliable = opened('TLS');
    reliable.transaction.respond(reply(INVITE, 486));
    reliable.transaction.receive(ACK);
    expect(reliable.transaction.state).toBe('Terminated');
  });

  it.each(['UDP', 'TCP'] as const)(
    'Accepted: repeats the 2xx over %s until it is acknowledged',
    async protocol => {
      const { bench, transaction } = opened(protocol);
      transaction.respond(reply(INVITE, 200));
      await bench.clock.advance(8_000);
      transaction.acknowledged();
      await bench.clock.advance(40_000);
      expect(bench.log['200 INVITE']).toEqual([0, 500, 1_500, 3_500, 7_500]);
      expect([bench.heard, bench.ends]).toEqual([[], 1]);
    },
  );

  it('Accepted: absorbs repeated INVITEs, and tells its user when no ACK came within 64·T1 (Timer L)', async () => {
    const { bench, transaction } = opened();
    transaction.respond(reply(INVITE, 200));
    transaction.receive(INVITE);
    expect(bench.log['200 INVITE']).toEqual([0]);
    await bench.clock.advance(32_000);
    expect([bench.heard, transaction.state]).toEqual([['timeout'], 'Terminated']);
  });

  it('lets the first final response stand', () => {
    const { bench, transaction } = opened();
    transaction.respond(reply(INVITE, 200));
    transaction.respond(reply(INVITE, 486));
    expect([transaction.state, Object.keys(bench.log)]).toEqual(['Accepted', ['200 INVITE']]);
  });
});
