import { describe, expect, it } from 'vitest';
import { createResponse } from '../../../sip/message/create.ts';
import { BOB, ringing } from '../support/calls.ts';
import { ANSWER, OFFER, Stage } from '../support/stage.ts';

describe('a description in an unreliable 183', () => {
  async function withPreview(finalBody: string | undefined) {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    const bob = await stage.peer('10.0.0.2');
    const invitation = alice.invite(BOB, { sdp: OFFER });
    await stage.settle();
    const [invite] = bob.requests('INVITE');
    if (invite === undefined) throw new Error('no INVITE');
    const answer = (status: number, body: string | undefined) =>
      bob.send(
        createResponse(invite, status, undefined, {
          toTag: 'b',
          contact: '<sip:bob@10.0.0.2>',
          ...(body === undefined ? {} : { contentType: 'application/sdp', body }),
        }),
        '10.0.0.1',
      );
    await answer(183, ANSWER);
    await stage.settle();
    const early = invitation.sessions[0]?.remoteSdp;
    await answer(200, finalBody);
    await stage.settle();
    return { early, session: await invitation.answered };
  }

  it('is not in force before the 2xx says it again', async () => {
    const other = ANSWER.replace('4002', '4004');
    const { early, session } = await withPreview(other);
    expect([early, session.remoteSdp]).toEqual([undefined, other]);
  });

  it('is the answer where the 2xx forgets to say it again', async () => {
    const { session } = await withPreview(undefined);
    expect([session.remoteSdp, session.core.exchange.state]).toEqual([ANSWER, 'stable']);
  });
});

describe('accepting', () => {
  it('needs the answer to the caller’s offer', async () => {
    const stage = new Stage();
    const { incoming } = await ringing(stage);
    expect(() => incoming.accept()).toThrow(/needs an answer/);
    expect(incoming.state).toBe('open');
  });

  it('says an early description again by itself (RFC 6337 §2.1)', async () => {
    const stage = new Stage();
    const { incoming, outgoing } = await ringing(stage);
    incoming.progress(183, { sdp: ANSWER });
    incoming.accept();
    await stage.clock.advance(10);
    expect((await outgoing.answered).remoteSdp).toBe(ANSWER);
    expect(Buffer.from(stage.network.passages.at(-2)?.message.body ?? []).toString()).toBe(ANSWER);
  });

  it('is refused once the caller has given up', async () => {
    const stage = new Stage();
    const { outgoing, incoming } = await ringing(stage);
    outgoing.cancel();
    await stage.clock.advance(10);
    expect(() => incoming.accept({ sdp: ANSWER })).toThrow(/cancelled/);
  });

  it('rings again every minute, lest a proxy gives up (RFC 3261 §13.3.1.1)', async () => {
    const stage = new Stage();
    await ringing(stage);
    await stage.clock.advance(180_000);
    expect(stage.network.ladder.filter(line => line === '2 180 INVITE')).toHaveLength(4);
  });

  it('comes too late after the INVITE’s Expires: 487', async () => {
    const stage = new Stage();
    const { incoming, failures } = await ringing(stage, { invite: { headers: { Expires: 30 } } });
    await stage.clock.advance(30_000);
    expect([incoming.state, failures.map(error => error.status)]).toEqual(['cancelled', [487]]);
  });
});
