import { describe, expect, it } from 'vitest';
import { createRequest, createResponse } from '../../../sip/message/create.ts';
import type { SipMessage, SipResponse } from '../../../sip/message/message.ts';
import { TransportLayer } from '../../../sip/transport/layer.ts';
import { Stage } from '../support/stage.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { ScriptedPeer, VirtualNetwork } from '../support/virtual-network.ts';

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

/** What an agent at 10.0.0.1 says to an OPTIONS whose Via has this parameter, over each protocol. */
async function answersTo(param: string): Promise<(string | undefined)[]> {
  const stage = new Stage();
  const protocols = ['UDP', 'TCP', 'TLS'] as const;
  await stage.agent('10.0.0.1', {
    transports: protocols.map(protocol => stage.network.transport('10.0.0.1', protocol)),
    onError: error => expect.unreachable(`${error}`),
  });
  const answers: (string | undefined)[] = [];
  for (const protocol of protocols) {
    const peer = await ScriptedPeer.at(stage.network, '10.0.0.2', protocol);
    const head = `OPTIONS sip:alice@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/${protocol} 10.0.0.2;branch=z9hG4bK${protocol};x=${param};rport`;
    const rest = `From: <sip:b@b>;tag=b\r\nTo: <sip:a@a>\r\nCall-ID: ${protocol}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`;
    await peer.send(Buffer.from(`${head}\r\n${rest}`), '10.0.0.1', protocol === 'TLS' ? 5061 : 5060);
    await stage.settle();
    const response = peer.received[0] as SipResponse | undefined;
    answers.push(response && `${response.status} ${response.via?.params.get('x')}`);
  }
  return answers;
}

describe('a NUL in the Via of a request', () => {
  it('is answered as it stood where it is escaped (RFC 4475 §3.1.1.2)', async () => {
    expect(await answersTo('"\\\0"')).toEqual(['200 \0', '200 \0', '200 \0']);
  });

  it.each(['"\0"', '"\\\\\0"'])('is refused where it is not: %j', async param => {
    // The Via that has it is not repeated: over UDP nothing else says where to.
    expect(await answersTo(param)).toEqual([undefined, '400 undefined', '400 undefined']);
  });
});

describe('what breaks us', () => {
  it.each(['UDP', 'TCP', 'TLS'] as const)(
    'stays in the layer, and is answered with 500, over %s',
    async protocol => {
      const network = new VirtualNetwork(new VirtualClock());
      const failures: unknown[] = [];
      const fault = new Error('a fault of ours');
      const throwing = () => {
        throw fault;
      };
      const layer = new TransportLayer({
        transports: [network.transport('10.0.0.1', protocol, 5060)],
        tag: () => 't',
        user: {
          request: throwing,
          response: throwing,
          malformed: () => {},
          failed: error => failures.push(error),
          isNeeded: () => true,
          flowClosed: () => {},
        },
      });
      await layer.start();
      const peer = await ScriptedPeer.at(network, '10.0.0.2', protocol);
      const say = async (message: SipMessage) => {
        await peer.send(message, '10.0.0.1');
        await network.clock.advance(0);
        return peer.received.splice(0).map(({ startLine }) => startLine);
      };
      const parts = {
        via: `SIP/2.0/${protocol} 10.0.0.2:${protocol === 'TLS' ? 5061 : 5060};branch=z9hG4bK1`,
        uri: 'sip:a@a',
        from: '<sip:b@b>;tag=b',
        to: '<sip:a@a>',
        callId: 'c',
        cseq: 1,
      };
      const options = createRequest({ ...parts, method: 'OPTIONS' });

      expect(await say(options)).toEqual(['SIP/2.0 500 Server Internal Error']);
      expect(await say(createRequest({ ...parts, method: 'ACK' }))).toEqual([]);
      expect(await say(createResponse(options, 200))).toEqual([]);
      expect(failures).toEqual([fault, fault, fault]);
    },
  );
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
