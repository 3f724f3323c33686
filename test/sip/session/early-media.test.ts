import { describe, expect, it } from 'vitest';
import { createResponse } from '../../../sip/message/create.ts';
import { parseUri } from '../../../sip/uri/uri.ts';
import { BOB, ringing } from '../support/calls.ts';
import { ANSWER, HOLD, OFFER, Stage } from '../support/stage.ts';

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

describe('a description in another response than the one that was told', () => {
  const OTHER = ANSWER.replaceAll('10.0.0.2', '10.0.0.3');
  const THIRD = ANSWER.replaceAll('10.0.0.2', '10.0.0.4');

  /** To tag and body of each response with a tag, tags by the order in which they came. */
  function told(stage: Stage) {
    const responses = stage.network.passages
      .map(({ message }) => message)
      .filter(message => !message.isRequest && message.cseq?.method === 'INVITE' && message.to?.tag);
    const tags = [...new Set(responses.map(({ to }) => to?.tag))];
    return responses.map(({ to, body }) => [tags.indexOf(to?.tag), Buffer.from(body).toString()]);
  }

  it('comes in a dialog of its own, as from behind a forking proxy: the first in a dialog is its answer (RFC 3261 §13.2.1)', async () => {
    const stage = new Stage();
    const { incoming, outgoing } = await ringing(stage);
    incoming.progress(183, { sdp: ANSWER });
    const session = incoming.accept({ sdp: OTHER });
    await stage.clock.advance(10);
    expect(told(stage)).toEqual([
      [0, ''],
      [0, ANSWER],
      [1, OTHER],
    ]);
    expect([session.localSdp, (await outgoing.answered).remoteSdp]).toEqual([OTHER, OTHER]);
    expect(session.dialog.state).toBe('confirmed');
  });

  it('comes in the dialog that was told it, whatever was told in between', async () => {
    const stage = new Stage();
    const { incoming, outgoing } = await ringing(stage);
    for (const sdp of [ANSWER, OTHER, THIRD, OTHER]) incoming.progress(183, { sdp });
    incoming.accept({ sdp: ANSWER });
    await stage.clock.advance(10);
    expect(told(stage).slice(1)).toEqual([
      [0, ANSWER],
      [1, OTHER],
      [2, THIRD],
      [1, OTHER],
      [0, ANSWER],
    ]);
    expect((await outgoing.answered).remoteSdp).toBe(ANSWER);
  });

  it.each(['accepted', 'rejected', 'cancelled'] as const)(
    'leaves no dialog behind once the call is %s, but one that was accepted',
    async end => {
      const stage = new Stage();
      const { bob, incoming, outgoing } = await ringing(stage);
      for (const sdp of [ANSWER, OTHER]) incoming.progress(183, { sdp });
      await stage.clock.advance(10);
      expect(bob.sessions).toHaveLength(2);
      if (end === 'accepted') incoming.accept();
      else if (end === 'rejected') incoming.reject(486);
      else outgoing.cancel();
      await stage.clock.advance(10);
      expect(bob.sessions).toEqual(end === 'accepted' ? [incoming.session] : []);
      expect(incoming.state).toBe(end);
      await stage.clock.advance(64_000);
      expect(outgoing.sessions).toHaveLength(bob.sessions.length);
    },
  );

  it('goes on where the caller ends the dialog of an earlier one, and not where it ends the last', async () => {
    const stage = new Stage();
    const { incoming, outgoing } = await ringing(stage);
    for (const sdp of [ANSWER, OTHER]) incoming.progress(183, { sdp });
    await stage.clock.advance(10);
    const [first, second] = outgoing.sessions;
    first?.bye();
    await stage.clock.advance(10);
    expect([first?.end?.by, incoming.state]).toEqual(['local', 'open']);
    // What it was told there cannot be said there again.
    incoming.progress(183, { sdp: ANSWER });
    await stage.clock.advance(10);
    expect(told(stage).at(-1)).toEqual([2, ANSWER]);
    second?.bye();
    await stage.clock.advance(10);
    expect(incoming.state).toBe('open');
    outgoing.sessions.at(-1)?.bye();
    await stage.clock.advance(10);
    expect([incoming.state, stage.network.ladder.filter(line => line.includes('487'))]).toEqual([
      'cancelled',
      ['2 487 INVITE'],
    ]);
  });

  it('is acknowledged in its own dialog where it is sent reliably, and numbered on (RFC 3262 §3)', async () => {
    const stage = new Stage();
    const { incoming, outgoing } = await ringing(stage);
    for (const sdp of [ANSWER, OTHER]) incoming.progress(183, { sdp, reliable: true });
    await stage.clock.advance(10);
    expect(outgoing.sessions.map(({ remoteSdp }) => remoteSdp)).toEqual([ANSWER, OTHER]);
    const pracks = stage.network.passages.flatMap(({ message }) =>
      message.isRequest && message.cseq?.method === 'PRACK' ? [message] : [],
    );
    const [one, other] = pracks.map(({ headers }) => Number(headers.get('RAck')?.split(' ')[0]));
    expect([new Set(pracks.map(({ to }) => to?.tag)).size, other]).toEqual([2, (one ?? 0) + 1]);
    incoming.accept();
    await stage.clock.advance(10);
    // It is in force already.
    expect(told(stage).at(-1)).toEqual([1, '']);
    expect((await outgoing.answered).remoteSdp).toBe(OTHER);
  });

  it('leads to the caller by the same way (RFC 5626 §5.3): its Contact may lead nowhere', async () => {
    const stage = new Stage();
    const { incoming } = await ringing(stage);
    incoming.session.dialog.detour = parseUri('sip:10.0.0.5');
    for (const sdp of [ANSWER, OTHER]) incoming.progress(183, { sdp });
    expect(`${incoming.session.dialog.routing().nextHop}`).toBe('sip:10.0.0.5');
  });

  it('of a call that has asked for our offer is an offer of its own', async () => {
    const stage = new Stage();
    const { incoming, outgoing } = await ringing(stage, {
      invite: { sdp: undefined, onOffer: offer => offer.accept(ANSWER) },
    });
    for (const sdp of [OFFER, HOLD]) incoming.progress(183, { sdp, reliable: true });
    await stage.clock.advance(10);
    const session = incoming.accept();
    await stage.clock.advance(10);
    expect([session.localSdp, session.remoteSdp]).toEqual([HOLD, ANSWER]);
    expect((await outgoing.answered).remoteSdp).toBe(HOLD);
  });
});
