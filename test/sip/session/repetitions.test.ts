import { describe, expect, it } from 'vitest';
import type { SessionError } from '../../../sip/dialog/errors.ts';
import { createResponse } from '../../../sip/message/create.ts';
import type { SipRequest } from '../../../sip/message/message.ts';
import { BOB } from '../support/calls.ts';
import { scriptedCall } from '../support/scripted-callee.ts';
import { OFFER, Stage } from '../support/stage.ts';

const credentials = () => ({ username: 'alice', password: 'secret' });

/** What a peer says that is never content: each time something new. */
const demands = {
  401: (nth: number) => ({
    'WWW-Authenticate': `Digest realm="r${nth}", nonce="x", algorithm=MD5, qop="auth"`,
  }),
  407: (nth: number) => ({ 'Proxy-Authenticate': `Digest realm="r${nth}", nonce="x", stale=true` }),
  422: (nth: number) => ({ 'Min-SE': `${91 + nth}` }),
} as const;

type Demand = keyof typeof demands;
const TIMES = { 401: 6, 407: 6, 422: 4 } as const;

const refusal = (result: Promise<unknown>) => result.catch((error: SessionError) => error.status);

describe('a peer that wants every repetition otherwise again', () => {
  it.each([401, 407, 422] as const)('has refused an UPDATE with %i in the end', async status => {
    const stage = new Stage();
    const call = await scriptedCall(stage, {
      invite: { credentials, sessionTimer: { intervalSeconds: 90 } },
      accept: { 'Session-Expires': '90;refresher=uas', Require: 'timer' },
      script: ({ method }, nth) => (method === 'UPDATE' ? [status, demands[status](nth)] : [200]),
    });
    const refused = refusal(call.session.update());
    await stage.clock.advance(1_000);
    expect(await refused).toBe(status);
    expect(call.requests('UPDATE')).toHaveLength(TIMES[status]);
    // The next request has as many again.
    const again = refusal(call.session.update());
    await stage.clock.advance(1_000);
    expect(await again).toBe(status);
    expect(call.requests('UPDATE')).toHaveLength(2 * TIMES[status]);
  });

  it('has its BYE none the less', async () => {
    const stage = new Stage();
    const call = await scriptedCall(stage, {
      invite: { credentials },
      script: ({ method }, nth) => (method === 'BYE' ? [401, demands[401](nth)] : [200]),
    });
    call.session.bye();
    await stage.clock.advance(1_000);
    expect(call.requests('BYE')).toHaveLength(6);
    expect(call.alice.sessions).toEqual([]);
  });

  it.each([
    [[401], 6],
    [[407], 6],
    [[422], 4],
    [[401, 422], 8],
  ] as const)('has refused an INVITE with %j in the end', async (statuses: readonly Demand[], times) => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    const peer = await stage.peer('10.0.0.2');
    let nth = 0;
    peer.onMessage = message => {
      if (!message.isRequest || message.method === 'ACK') return;
      const status = statuses[nth % statuses.length] as Demand;
      const headers = demands[status](nth++);
      void peer.send(createResponse(message as SipRequest, status, undefined, { headers }), '10.0.0.1');
    };
    const sessionTimer = { intervalSeconds: 90 };
    const refused = refusal(alice.invite(BOB, { sdp: OFFER, credentials, sessionTimer }).answered);
    await stage.clock.advance(1_000);
    expect(statuses).toContain(await refused);
    expect(peer.requests('INVITE')).toHaveLength(times);
  });
});
