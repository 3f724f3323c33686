import { describe, expect, it } from 'vitest';
import { createRequest } from '../../../sip/message/create.ts';
import type { SipResponse } from '../../../sip/message/message.ts';
import { Stage } from '../support/stage.ts';
import { ScriptedPeer } from '../support/virtual-network.ts';

const LARGE = 'x'.repeat(1_400);

async function sending(body: string, peerHasTcp: boolean) {
  const stage = new Stage();
  const alice = await stage.agent('10.0.0.1', {
    transports: [stage.network.transport('10.0.0.1'), stage.network.transport('10.0.0.1', 'TCP')],
  });
  const over: string[] = [];
  for (const protocol of peerHasTcp ? (['UDP', 'TCP'] as const) : (['UDP'] as const)) {
    const peer = await ScriptedPeer.at(stage.network, '10.0.0.2', protocol);
    peer.onMessage = message => over.push(`${protocol} ${message.via?.transport}`);
  }
  alice
    .request({
      method: 'MESSAGE',
      uri: 'sip:bob@10.0.0.2',
      contentType: 'text/plain',
      body,
      contact: '<sip:a@10.0.0.1>',
    })
    .catch(() => {});
  await stage.settle();
  return over;
}

describe('the size of a request (RFC 3261 §18.1.1)', () => {
  it('up to 1,300 bytes goes by UDP', async () => {
    expect(await sending('x', true)).toEqual(['UDP UDP']);
  });

  it('above goes by TCP, and its Via says so', async () => {
    expect(await sending(LARGE, true)).toEqual(['TCP TCP']);
  });

  it('above goes by UDP after all where the peer takes no TCP', async () => {
    expect(await sending(LARGE, false)).toEqual(['UDP UDP']);
  });
});

describe('what breaks the rules of a message', () => {
  it('is refused with 400 where it can be answered, without a transaction', async () => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    const peer = await stage.peer('10.0.0.2');
    const options = createRequest({
      method: 'OPTIONS',
      uri: 'sip:alice@10.0.0.1',
      via: 'SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK1',
      from: '<sip:bob@10.0.0.2>;tag=b',
      to: '<sip:alice@10.0.0.1>',
      callId: 'x',
      cseq: 1,
    });
    options.headers.set('CSeq', '1 INVITE');
    await peer.send(options, '10.0.0.1');
    await stage.settle();
    expect(stage.network.ladder).toEqual(['2 OPTIONS', '1 400 INVITE']);
    expect(alice.transactions.size.servers).toBe(0);
  });

  it('is not served where no answer could reach its sender, over UDP', async () => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1', {
      transports: [stage.network.transport('10.0.0.1'), stage.network.transport('10.0.0.1', 'TCP')],
    });
    const answered: string[] = [];
    for (const protocol of ['UDP', 'TCP'] as const) {
      const peer = await ScriptedPeer.at(stage.network, '10.0.0.2', protocol);
      for (const params of ['', ';rport']) {
        const options = createRequest({
          method: 'OPTIONS',
          uri: 'sip:alice@10.0.0.1',
          via: `SIP/2.0/${protocol} 10.0.0.2:0;branch=z9hG4bK${protocol}${params.length}${params}`,
          from: '<sip:bob@10.0.0.2>;tag=b',
          to: '<sip:alice@10.0.0.1>',
          callId: `${protocol}${params.length}`,
          cseq: 1,
        });
        await peer.send(options, '10.0.0.1');
        await stage.settle();
        const answer = peer.received.pop() as SipResponse | undefined;
        if (answer) answered.push(`${protocol}${params} ${answer.status}`);
      }
    }
    expect(answered).toEqual(['UDP;rport 200', 'TCP 200', 'TCP;rport 200']);
    expect(alice.transactions.size.servers).toBe(1);
  });
});

describe('where responses go', () => {
  it.each([
    'maddr=10.0.0.9',
    'maddr=10.0.0.9;rport',
    'received=10.0.0.9',
    'received=10.0.0.9;maddr=10.0.0.9',
  ])('is never but back, as often as they are sent: a Via with %s leads nowhere else', async params => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    alice.onInvite = invitation => invitation.reject(486);
    const [peer, victim] = [await stage.peer('10.0.0.2'), await stage.peer('10.0.0.9')];
    for (const [at, via] of ['10.0.0.2', '10.0.0.9', 'somebody.test'].entries())
      await peer.send(
        createRequest({
          method: 'INVITE',
          uri: 'sip:alice@10.0.0.1',
          via: `SIP/2.0/UDP ${via};branch=z9hG4bK${at};${params}`,
          from: '<sip:bob@10.0.0.2>;tag=b',
          to: '<sip:alice@10.0.0.1>',
          callId: `${at}`,
          cseq: 1,
          contact: '<sip:bob@10.0.0.2>',
        }),
        '10.0.0.1',
      );
    await stage.clock.advance(40_000);
    expect(victim.received).toEqual([]);
    // Its refusal is repeated for want of an ACK.
    expect(peer.received.length).toBeGreaterThan(3);
  });
});
