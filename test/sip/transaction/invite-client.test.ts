import { describe, expect, it } from 'vitest';
import { serialise } from '../../../sip/message/serialise.ts';
import { InviteClientTransaction } from '../../../sip/transaction/invite-client.ts';
import { TransportError } from '../../../sip/transport/errors.ts';
import type { Protocol } from '../../../sip/transport/transport.ts';
import { Bench, reply, request } from '../support/transactions.ts';

const INVITE = request('INVITE');

function started(protocol: Protocol = 'UDP') {
  const bench = new Bench(protocol);
  const { flow, clock, times, user, ended } = bench;
  const transaction = new InviteClientTransaction({
    key: 'key',
    request: INVITE,
    bytes: serialise(INVITE),
    flow,
    clock,
    times,
    user,
    ended,
  });
  transaction.start();
  return { bench, transaction };
}

describe('the INVITE client transaction (RFC 3261 §17.1.1, RFC 6026 §7.2)', () => {
  it('Calling: repeats the request with doubling gaps (Timer A) and gives up at 64·T1 (Timer B)', async () => {
    const { bench, transaction } = started();
    expect(transaction.state).toBe('Calling');
    await bench.clock.advance(40_000);
    expect(bench.log).toEqual({ INVITE: [0, 500, 1_500, 3_500, 7_500, 15_500, 31_500] });
    expect([bench.heard, transaction.state, bench.ends]).toEqual([['timeout'], 'Terminated', 1]);
  });

  it('Calling: sends once on a reliable transport, and gives up just as late', async () => {
    const { bench } = started('TCP');
    await bench.clock.advance(31_999);
    expect([bench.log, bench.heard]).toEqual([{ INVITE: [0] }, []]);
    await bench.clock.advance(1);
    expect(bench.heard).toEqual(['timeout']);
  });

  it('Proceeding: stops repeating, passes every provisional on, and waits as long as it takes', async () => {
    const { bench, transaction } = started();
    await bench.clock.advance(600);
    transaction.receive(reply(INVITE, 100));
    transaction.receive(reply(INVITE, 180));
    transaction.receive(reply(INVITE, 180));
    await bench.clock.advance(600_000);
    expect([transaction.state, bench.log['INVITE'], bench.heard]).toEqual([
      'Proceeding',
      [0, 500],
      ['100', '180', '180'],
    ]);
  });

  it('Completed: acknowledges a refusal and each repetition of it, tells its user once, and ends after Timer D', async () => {
    const { bench, transaction } = started();
    transaction.receive(reply(INVITE, 486));
    await bench.clock.advance(500);
    transaction.receive(reply(INVITE, 486));
    transaction.receive(reply(INVITE, 180));
    expect([transaction.state, bench.heard, bench.log['ACK']]).toEqual(['Completed', ['486'], [0, 500]]);
    await bench.clock.advance(31_499);
    expect(transaction.state).toBe('Completed');
    await bench.clock.advance(1);
    expect([transaction.state, bench.ends]).toEqual(['Terminated', 1]);
  });

  it('Completed: ends at once on a reliable transport', async () => {
    const { bench, transaction } = started('TLS');
    transaction.receive(reply(INVITE, 603));
    await bench.clock.advance(0);
    expect([transaction.state, bench.log['ACK']]).toEqual(['Terminated', [0]]);
  });

  it('Completed: its ACK has the branch, Request-URI and routes of the INVITE and the To of the refusal', () => {
    const { bench, transaction } = started();
    transaction.receive(reply(INVITE, 404));
    const ack = bench.sent.at(-1)?.message;
    expect(ack?.isRequest && ack.uri).toBe(INVITE.uri);
    expect(ack?.vias.map(String)).toEqual(INVITE.vias.map(String));
    expect(ack?.headers.get('Route')).toBe('<sip:10.0.0.9;lr>');
    expect([`${ack?.cseq}`, ack?.to?.tag]).toEqual(['1 ACK', 'b']);
  });

  it('Accepted: passes every 2xx on, of any fork, sends no ACK of its own, and ends after Timer M', async () => {
    const { bench, transaction } = started();
    transaction.receive(reply(INVITE, 200));
    await bench.clock.advance(5_000);
    transaction.receive(reply(INVITE, 200));
    transaction.receive(reply(INVITE, 486));
    transaction.receive(reply(INVITE, 180));
    expect([transaction.state, bench.heard, bench.log['ACK']]).toEqual([
      'Accepted',
      ['200', '200'],
      undefined,
    ]);
    await bench.clock.advance(27_000);
    expect([transaction.state, bench.ends]).toEqual(['Terminated', 1]);
  });

  it('tells its user of a transport that breaks, once', () => {
    const bench = new Bench('TCP');
    bench.broken = new TransportError('connection-lost', 'gone');
    const { flow, clock, times, user, ended } = bench;
    new InviteClientTransaction({
      key: 'key',
      request: INVITE,
      bytes: serialise(INVITE),
      flow,
      clock,
      times,
      user,
      ended,
    }).start();
    expect([bench.heard, bench.ends, bench.clock.pending]).toEqual([['transport-error'], 1, 0]);
  });
});
