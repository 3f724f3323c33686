import { describe, expect, it } from 'vitest';
import type { SessionError } from '../../../sip/dialog/errors.ts';
import { createResponse } from '../../../sip/message/create.ts';
import type { IncomingInvitation } from '../../../sip/session/incoming-invitation.ts';
import type { InviteOptions } from '../../../sip/user-agent.ts';
import { BOB } from '../support/calls.ts';
import { ANSWER, HOLD, OFFER, Stage } from '../support/stage.ts';

async function invited(stage: Stage, options: InviteOptions = { sdp: OFFER }) {
  const alice = await stage.agent('10.0.0.1');
  const bob = await stage.agent('10.0.0.2');
  let incoming: IncomingInvitation | undefined;
  bob.onInvite = invitation => {
    incoming = invitation;
  };
  const outgoing = alice.invite(BOB, options);
  outgoing.answered.catch(() => {});
  await stage.clock.advance(10);
  return { alice, bob, outgoing, incoming: incoming as IncomingInvitation };
}

describe('reliable provisional responses (RFC 3262)', () => {
  it('are acknowledged by PRACK, and carry the answer', async () => {
    const stage = new Stage();
    const { outgoing, incoming } = await invited(stage);
    incoming.progress(183, { sdp: ANSWER, reliable: true });
    await stage.clock.advance(10);
    expect(stage.network.ladder).toEqual(['1 INVITE', '2 183 INVITE', '1 PRACK', '2 200 PRACK']);
    expect(outgoing.sessions[0]?.remoteSdp).toBe(ANSWER);
    incoming.accept();
    await stage.clock.advance(10);
    expect(stage.network.ladder.slice(4)).toEqual(['2 200 INVITE', '1 ACK']);
    expect(stage.network.passages[4]?.message.body).toHaveLength(0);
  });

  it('are sent where the INVITE requires them, without being asked to', async () => {
    const stage = new Stage();
    const { incoming } = await invited(stage, { sdp: OFFER, headers: { Require: '100rel' } });
    incoming.progress(180);
    await stage.clock.advance(10);
    expect(stage.network.ladder.at(-1)).toBe('2 200 PRACK');
  });

  it('are sent one after another, in order, each RSeq one higher', async () => {
    const stage = new Stage();
    const { incoming } = await invited(stage);
    incoming.progress(180, { reliable: true });
    incoming.progress(183, { reliable: true, sdp: ANSWER });
    await stage.clock.advance(10);
    expect(stage.network.ladder.slice(1)).toEqual([
      '2 180 INVITE',
      '1 PRACK',
      '2 200 PRACK',
      '2 183 INVITE',
      '1 PRACK',
      '2 200 PRACK',
    ]);
    const [first, second] = [1, 4].map(at => Number(stage.network.passages[at]?.message.headers.get('RSeq')));
    expect(second).toBe((first ?? 0) + 1);
  });

  it('are repeated until the PRACK comes, and acknowledged once', async () => {
    const stage = new Stage();
    const { incoming } = await invited(stage);
    let losses = 2;
    stage.network.weather = bytes =>
      bytes.toString('latin1').startsWith('SIP/2.0 183') && losses-- > 0 ? [] : [0, 1];
    incoming.progress(183, { sdp: ANSWER, reliable: true });
    await stage.clock.advance(5_000);
    expect(stage.network.ladder.filter(line => line === '2 183 INVITE')).toHaveLength(3);
    expect(stage.network.ladder.filter(line => line === '1 PRACK')).toHaveLength(1);
  });

  it('without a PRACK refuse the INVITE with 504 after 64·T1', async () => {
    const stage = new Stage();
    const { outgoing, incoming } = await invited(stage);
    const answered = outgoing.answered.catch((error: SessionError) => error.status);
    stage.network.weather = bytes => (bytes.toString('latin1').startsWith('PRACK') ? [] : [0]);
    incoming.progress(183, { sdp: ANSWER, reliable: true });
    await stage.clock.advance(32_100);
    expect(incoming.state).toBe('rejected');
    expect([408, 504, 481]).toContain(await answered);
  });

  it('hold the 200 back while their description is not acknowledged', async () => {
    const stage = new Stage();
    const { incoming } = await invited(stage);
    stage.network.weather = () => [40];
    incoming.progress(183, { sdp: ANSWER, reliable: true });
    incoming.accept();
    await stage.clock.advance(60);
    expect(stage.network.ladder).not.toContain('2 200 INVITE');
    await stage.clock.advance(30);
    expect(stage.network.ladder).toContain('2 200 INVITE');
  });

  it('carry our offer where the INVITE had none, and the PRACK its answer', async () => {
    const stage = new Stage();
    const { outgoing, incoming } = await invited(stage, { onOffer: offer => offer.accept(ANSWER) });
    incoming.progress(183, { sdp: OFFER, reliable: true });
    await stage.clock.advance(10);
    expect(incoming.session.remoteSdp).toBe(ANSWER);
    incoming.accept();
    await stage.clock.advance(10);
    expect(outgoing.sessions[0]?.localSdp).toBe(ANSWER);
  });

  it('that come out of order are left for their next repetition', async () => {
    const stage = new Stage();
    const alice = await stage.agent('10.0.0.1');
    const bob = await stage.peer('10.0.0.2');
    alice.invite(BOB, { sdp: OFFER });
    await stage.settle();
    const [invite] = bob.requests('INVITE');
    if (invite === undefined) throw new Error('no INVITE');
    for (const sequence of [7, 9, 7, 8]) {
      const response = createResponse(invite, 180, undefined, { toTag: 'b', contact: '<sip:bob@10.0.0.2>' });
      response.headers.set('Require', '100rel').set('RSeq', sequence);
      await bob.send(response, '10.0.0.1');
      await stage.clock.advance(10);
    }
    expect([...new Set(bob.requests('PRACK').map(prack => prack.headers.get('RAck')))]).toEqual([
      '7 1 INVITE',
      '8 1 INVITE',
    ]);
  });

  it('that match no PRACK answer it 481 and go on', async () => {
    const stage = new Stage();
    const { outgoing, incoming } = await invited(stage);
    incoming.progress(183, { sdp: ANSWER });
    await stage.clock.advance(10);
    const prack = outgoing.sessions[0]?.core.request('PRACK', { headers: { RAck: '1 1 INVITE' } });
    await stage.clock.advance(10);
    expect((await prack)?.status).toBe(481);
  });
});

describe('UPDATE in an early dialog (RFC 3311 §5.1)', () => {
  it('changes the session before the call is answered', async () => {
    const stage = new Stage();
    const { outgoing, incoming } = await invited(stage);
    incoming.progress(183, { sdp: ANSWER, reliable: true });
    await stage.clock.advance(10);
    incoming.session.onOffer = offer => offer.accept(ANSWER);
    const update = outgoing.sessions[0]?.update({ sdp: HOLD });
    await stage.clock.advance(10);
    expect((await update)?.status).toBe(200);
    expect(incoming.session.remoteSdp).toBe(HOLD);
    incoming.accept();
    await stage.clock.advance(10);
    expect((await outgoing.answered).localSdp).toBe(HOLD);
  });

  it('with an offer before the first one has its answer is refused with 500', async () => {
    const stage = new Stage();
    const { outgoing, incoming } = await invited(stage);
    incoming.progress(180);
    await stage.clock.advance(10);
    const response = outgoing.sessions[0]?.core.request('UPDATE', {
      contentType: 'application/sdp',
      body: HOLD,
    });
    await stage.clock.advance(10);
    expect((await response)?.status).toBe(500);
    expect(incoming.sdp).toBe(OFFER);
  });
});
