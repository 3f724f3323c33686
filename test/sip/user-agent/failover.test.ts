import { describe, expect, it } from 'vitest';
import { createResponse } from '../../../sip/message/create.ts';
import { createResolver } from '../../../sip/resolve/resolver.ts';
import type { SessionError } from '../../../sip/user-agent.ts';
import { dnsOf, srv } from '../support/dns.ts';
import { Stage } from '../support/stage.ts';
import { ScriptedPeer } from '../support/virtual-network.ts';

const ADDRESSES = ['10.0.0.2', '10.0.0.3', '10.0.0.4'];

async function staged(
  statuses: readonly (number | undefined)[],
  method = 'OPTIONS',
  protocol: 'UDP' | 'TCP' = 'UDP',
) {
  const stage = new Stage();
  const dns = dnsOf({
    srv: {
      [`_sip._${protocol.toLowerCase()}.example.com`]: ADDRESSES.map((_, at) =>
        srv(`s${at}.example.com`, at),
      ),
    },
    a: Object.fromEntries(ADDRESSES.map((address, at) => [`s${at}.example.com`, [address]])),
  });
  const alice = await stage.agent('10.0.0.1', {
    transports: [stage.network.transport('10.0.0.1', protocol)],
    resolver: createResolver({ dns, random: stage.random, spoken: [protocol] }),
  });
  const tried: string[] = [];
  for (const [at, status] of statuses.entries()) {
    const address = ADDRESSES[at] as string;
    if (status === 0) continue;
    const peer = await ScriptedPeer.at(stage.network, address, protocol);
    peer.onMessage = message => {
      if (!message.isRequest || message.method === 'ACK') return;
      tried.push(`${address} ${message.cseq} ${message.via?.branch?.slice(0, 7)}`);
      if (status !== undefined)
        void peer.send(createResponse(message, status, undefined, { toTag: 'x' }), '10.0.0.1');
    };
  }
  const outcome = alice
    .request({ method, uri: 'sip:example.com' })
    .then(response => response.status)
    .catch((error: SessionError) => error.code);
  return { stage, outcome, tried };
}

describe('a request goes to the next target (RFC 3263 §4.3)', () => {
  it('on 503', async () => {
    const { stage, outcome, tried } = await staged([503, 503, 200]);
    await stage.clock.advance(10);
    expect(await outcome).toBe(200);
    expect(tried).toEqual(ADDRESSES.map(address => `${address} 1 OPTIONS z9hG4bK`));
  });

  it('on a time-out', async () => {
    const { stage, outcome, tried } = await staged([undefined, 200]);
    await stage.clock.advance(32_010);
    expect(await outcome).toBe(200);
    expect(tried.at(-1)).toContain('10.0.0.3');
  });

  it('when a connection fails', async () => {
    const { stage, outcome, tried } = await staged([0, 200], 'OPTIONS', 'TCP');
    await stage.clock.advance(10);
    expect(await outcome).toBe(200);
    expect(tried).toHaveLength(1);
  });

  it('and fails with the last 503 when there is none left', async () => {
    const { stage, outcome } = await staged([503, 503, 503]);
    await stage.clock.advance(10);
    expect(await outcome).toBe(503);
  });

  it('and stops at any other answer', async () => {
    const { stage, outcome, tried } = await staged([404, 200]);
    await stage.clock.advance(10);
    expect([await outcome, tried.length]).toEqual([404, 1]);
  });

  it('with an INVITE, too', async () => {
    const { stage, outcome, tried } = await staged([503, 486], 'INVITE');
    await stage.clock.advance(10);
    expect([await outcome, tried.length]).toEqual([486, 2]);
  });

  it('and a name that leads nowhere is a transport error', async () => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1', {
      resolver: createResolver({ dns: dnsOf({}), random: stage.random }),
    });
    const outcome = alice
      .request({ method: 'OPTIONS', uri: 'sip:nowhere.example' })
      .catch((error: SessionError) => error.code);
    await stage.settle();
    expect(await outcome).toBe('transport-error');
    const tel = alice
      .request({ method: 'OPTIONS', uri: 'tel:+15550100' })
      .catch((error: SessionError) => error.code);
    await stage.settle();
    expect(await tel).toBe('transport-error');
  });
});
