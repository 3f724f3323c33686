import { describe, expect, it } from 'vitest';
import { SipParseError } from '../../../sip/message/errors.ts';
import type { SipRequest } from '../../../sip/message/message.ts';
import { InviteServerTransaction } from '../../../sip/transaction/invite-server.ts';
import {
  type Standing,
  TransactionLayer,
  type TransactionLayerOptions,
  type TransactionUser,
} from '../../../sip/transaction/layer.ts';
import type { ServerTransaction } from '../../../sip/transaction/server.ts';
import { TransportError } from '../../../sip/transport/errors.ts';
import { Bench, reply, request } from '../support/transactions.ts';
import { shortLine } from '../support/virtual-network.ts';

function layer(options: Partial<TransactionLayerOptions> = {}, user: Partial<TransactionUser> = {}) {
  const bench = new Bench('UDP');
  const opened: ServerTransaction[] = [];
  const acks: SipRequest[] = [];
  const made = new TransactionLayer({
    clock: bench.clock,
    times: bench.times,
    tag: () => 'tag',
    respond: bench.respond,
    user: { request: transaction => opened.push(transaction), ack: ack => acks.push(ack), ...user },
    ...options,
  });
  const receive = (message: SipRequest) => made.receiveRequest(message, bench.flow);
  return { bench, layer: made, opened, acks, receive };
}

/** A request as another sender, or another way, would bring it. */
const from = (message: SipRequest, via: string): SipRequest => {
  const copy = message.clone();
  copy.headers.set('Via', via);
  return copy;
};

describe('matching (RFC 3261 §17.1.3, §17.2.3)', () => {
  it('a repeated request belongs to its transaction, whatever the case of its branch', () => {
    const { opened, receive } = layer();
    receive(request('OPTIONS'));
    receive(from(request('OPTIONS'), 'SIP/2.0/UDP 10.0.0.1:5060;branch=Z9HG4BKoptions'));
    expect(opened).toHaveLength(1);
  });

  it('the same branch from another sender, or for another method, is another transaction', () => {
    const { opened, receive } = layer();
    receive(request('OPTIONS', 'z9hG4bKx'));
    receive(request('INFO', 'z9hG4bKx'));
    const other = from(request('OPTIONS', 'z9hG4bKx'), 'SIP/2.0/UDP 10.0.0.7:5060;branch=z9hG4bKx');
    other.headers.set('Call-ID', 'another');
    receive(other);
    expect(opened).toHaveLength(3);
  });

  it('the ACK of a refusal goes to its INVITE, the ACK of a 2xx to the user', () => {
    const { opened, acks, receive } = layer();
    receive(request('INVITE'));
    opened[0]?.respond(reply(request('INVITE'), 486));
    receive(request('ACK', 'z9hG4bKINVITE'));
    expect([opened[0]?.state, acks]).toEqual(['Confirmed', []]);
    receive(request('ACK', 'z9hG4bKother'));
    expect(acks).toHaveLength(1);
  });

  it('the ACK of a 2xx goes to the user even with the branch of its INVITE', () => {
    const { opened, acks, receive } = layer();
    receive(request('INVITE'));
    opened[0]?.respond(reply(request('INVITE'), 200));
    receive(request('ACK', 'z9hG4bKINVITE'));
    expect(acks).toHaveLength(1);
  });

  it('a request without a branch of RFC 3261 is known by its Call-ID, CSeq, From tag, Request-URI and Via', () => {
    const { opened, receive } = layer();
    const old = from(request('INVITE'), 'SIP/2.0/UDP 10.0.0.1:5060;branch=1');
    receive(old);
    receive(old.clone());
    opened[0]?.respond(reply(old, 486));
    receive(from(request('ACK'), 'SIP/2.0/UDP 10.0.0.1:5060;branch=1'));
    expect([opened.length, opened[0]?.state]).toEqual([1, 'Confirmed']);
  });

  it('a response with more than one Via is for somebody else, and one for an unknown branch for nobody', () => {
    const { bench, layer: made } = layer();
    const options = request('OPTIONS');
    made.send(options, bench.flow, bench.user);
    const strange = reply(options, 200);
    strange.headers.append('Via', 'SIP/2.0/UDP 10.0.0.8;branch=z9hG4bKlower');
    made.receiveResponse(strange);
    made.receiveResponse(reply(request('OPTIONS', 'z9hG4bKunknown'), 200));
    expect(bench.heard).toEqual([]);
    made.receiveResponse(reply(options, 200));
    expect(bench.heard).toEqual(['200']);
  });
});

describe('merged requests (RFC 3261 §8.2.2.2)', () => {
  it('get 482 when a copy comes by another way', () => {
    const { bench, opened, receive } = layer();
    receive(request('INVITE', 'z9hG4bKone'));
    receive(request('INVITE', 'z9hG4bKtwo'));
    expect([opened.length, Object.keys(bench.log)]).toEqual([1, ['482 INVITE']]);
  });

  it('are none inside a dialog', () => {
    const { opened, receive } = layer();
    for (const branch of ['z9hG4bKone', 'z9hG4bKtwo']) {
      const info = request('INFO', branch);
      info.headers.set('To', '<sip:bob@10.0.0.2>;tag=b');
      receive(info);
    }
    expect(opened).toHaveLength(2);
  });

  it('are forgotten with the transaction', async () => {
    const { bench, opened, receive } = layer();
    receive(request('OPTIONS', 'z9hG4bKone'));
    opened[0]?.respond(reply(request('OPTIONS'), 200));
    await bench.clock.advance(32_000);
    receive(request('OPTIONS', 'z9hG4bKtwo'));
    expect(opened).toHaveLength(2);
  });
});

describe('CANCEL (RFC 3261 §9.2)', () => {
  it('is answered 200 and told to the INVITE that it means, once', () => {
    const { bench, opened, receive } = layer();
    receive(request('INVITE'));
    let cancelled = 0;
    if (opened[0] instanceof InviteServerTransaction) opened[0].user = { cancelled: () => cancelled++ };
    receive(request('CANCEL', 'z9hG4bKINVITE'));
    receive(request('CANCEL', 'z9hG4bKINVITE'));
    expect([cancelled, bench.log['200 CANCEL']]).toEqual([1, [0, 0]]);
  });

  it('of an INVITE that has its final response is answered 200 and changes nothing', () => {
    const { bench, opened, receive } = layer();
    receive(request('INVITE'));
    let cancelled = 0;
    if (opened[0]) opened[0].user = { cancelled: () => cancelled++ };
    opened[0]?.respond(reply(request('INVITE'), 200));
    receive(request('CANCEL', 'z9hG4bKINVITE'));
    expect([cancelled, bench.log['200 CANCEL']]).toEqual([0, [0]]);
    expect(bench.sent.at(-1)?.message.to?.tag).toBe('b');
  });

  it('of nothing is answered 481', () => {
    const { bench, receive } = layer();
    receive(request('CANCEL', 'z9hG4bKnothing'));
    expect(Object.keys(bench.log)).toEqual(['481 CANCEL']);
  });
});

describe('a connection that breaks', () => {
  it('fails the requests that have no response yet, and leaves the others to their timers', () => {
    const { bench, layer: made } = layer();
    const [options, invite] = [request('OPTIONS'), request('INVITE')];
    made.send(options, bench.flow, bench.user);
    made.send(invite, bench.flow, bench.user);
    made.receiveResponse(reply(invite, 180));
    made.flowLost(bench.flow, new TransportError('connection-lost', 'gone'));
    expect([bench.heard, made.size.clients]).toEqual([['180', 'transport-error'], 1]);
  });
});

describe('too many requests', () => {
  it('get 503 with Retry-After', () => {
    const { bench, opened, receive } = layer({ most: { stranger: 1 } });
    receive(request('OPTIONS', 'z9hG4bKone'));
    receive(request('INFO', 'z9hG4bKtwo'));
    expect([opened.length, bench.log['503 INFO']]).toEqual([1, [0]]);
    expect(bench.sent.at(-1)?.message.headers.get('Retry-After')).toBe('5');
  });

  it('of strangers leave room for peers, and both of them for those who are trusted', () => {
    let standing: Standing = 'stranger';
    const most = { stranger: 2, peer: 3, trusted: 4 };
    const { opened, receive } = layer({ most }, { standing: () => standing });
    const open: number[] = [];
    for (const each of ['stranger', 'peer', 'trusted', 'peer', 'stranger'] as const) {
      standing = each;
      for (let n = 0; n < 5; n++) receive(request('OPTIONS', `z9hG4bK${each}-${n}`, `${each}-${n}`));
      open.push(opened.length);
    }
    expect(open).toEqual([2, 3, 4, 4, 4]);
  });
});

describe('a request of a stranger who is kept out', () => {
  it.each([
    [{ retryAfterSeconds: 7 }, ['503 OPTIONS']],
    ['silence', []],
  ] as const)('with %j: gets %j, and no transaction', (refusal, answers) => {
    const { bench, layer: made, receive } = layer({}, { refusal: () => refusal });
    receive(request('OPTIONS'));
    expect([Object.keys(bench.log), made.size.servers]).toEqual([answers, 0]);
    expect(bench.sent.map(({ message }) => message.headers.get('Retry-After'))).toEqual(
      answers.map(() => '7'),
    );
  });

  it('is asked about once for each, and not for repetitions, ACKs and CANCELs of what is known', () => {
    let asked = 0;
    const refusal = () => {
      asked++;
      return undefined;
    };
    const { opened, receive } = layer({}, { refusal });
    for (const method of ['INVITE', 'INVITE', 'CANCEL', 'CANCEL', 'OPTIONS', 'OPTIONS'])
      receive(
        request(method, method === 'OPTIONS' ? 'z9hG4bKa' : 'z9hG4bKb', method === 'OPTIONS' ? 'x' : 'y'),
      );
    opened[0]?.respond(reply(request('INVITE', 'z9hG4bKb', 'y'), 487));
    for (const branch of ['z9hG4bKb', 'z9hG4bKunknown']) receive(request('ACK', branch));
    expect(asked).toBe(2);
    receive(request('CANCEL', 'z9hG4bKunknown'));
    expect(asked).toBe(3);
  });

  it.each(['peer', 'trusted'] as const)('is not asked about where it is %s', standing => {
    const { opened, receive } = layer({}, { standing: () => standing, refusal: () => 'silence' });
    receive(request('OPTIONS'));
    expect(opened).toHaveLength(1);
  });
});

describe('closing', () => {
  it('ends every transaction and leaves no timer', () => {
    const { bench, layer: made, receive } = layer();
    made.send(request('INVITE'), bench.flow, bench.user);
    receive(request('INVITE', 'z9hG4bKin'));
    made.close();
    expect([made.size, bench.clock.pending, bench.heard]).toEqual([{ clients: 0, servers: 0 }, 0, []]);
  });
});

describe('a user that throws', () => {
  const thrower = (error: Error) => ({
    request: () => {
      throw error;
    },
  });
  const unreadable = new SipParseError('To cannot be read', { offset: 0, line: 1, column: 1 });

  it.each([
    [new Error('a fault of ours'), 500, 'Server Internal Error'],
    [unreadable, 400, 'To cannot be read'],
  ])('has its request answered, and hears of it (%s)', (error, status, reason) => {
    const { bench, receive } = layer({}, thrower(error));
    expect(() => receive(request('OPTIONS'))).toThrow(error);
    expect(bench.sent.map(({ message }) => message)).toMatchObject([{ status, reason }]);
    receive(request('OPTIONS'));
    expect(bench.sent).toHaveLength(2);
  });

  it('has its answer stand, where it has answered before', () => {
    const { bench, opened, receive } = layer();
    receive(request('INVITE'));
    const [invite] = opened;
    if (invite) invite.user = { cancelled: thrower(unreadable).request };
    expect(() => receive(request('CANCEL', 'z9hG4bKINVITE'))).toThrow(unreadable);
    expect(bench.sent.map(({ message }) => shortLine(message))).toEqual(['200 CANCEL']);
  });
});
