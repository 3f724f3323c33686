import { describe, expect, it } from 'vitest';
import { forwardedMaxForwards } from '../../../sip/transaction/loops.ts';
import { BOB } from '../support/calls.ts';
import { Stage } from '../support/stage.ts';
import { request } from '../support/transactions.ts';

describe('a request of ours that comes back (RFC 3261 §16.3)', () => {
  async function returned(uri: (sent: string) => string) {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    const proxy = await stage.peer('10.0.0.2');
    let status = 0;
    proxy.onMessage = message => {
      if (!message.isRequest) {
        status = message.status;
        return;
      }
      const copy = message.clone();
      copy.uri = uri(copy.uri);
      copy.headers.prepend('Via', 'SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKproxy');
      void proxy.send(copy, '10.0.0.1');
    };
    alice.request({ method: 'OPTIONS', uri: BOB }).catch(() => {});
    await stage.settle();
    return status;
  }

  it('unchanged is a loop: 482', async () => {
    expect(await returned(sent => sent)).toBe(482);
  });

  it('for another Request-URI is a spiral, and is served', async () => {
    expect(await returned(() => 'sip:alice@10.0.0.1')).toBe(200);
  });
});

describe('the hops of a request that follows from another (RFC 7332)', () => {
  it.each([
    ['70', 69],
    ['1', 0],
    ['0', undefined],
    [undefined, 69],
  ])('%s: %s', (maxForwards, expected) => {
    const incoming = request('INVITE');
    if (maxForwards === undefined) incoming.headers.remove('Max-Forwards');
    else incoming.headers.set('Max-Forwards', maxForwards);
    expect(forwardedMaxForwards(incoming)).toBe(expected);
  });
});
