import { describe, expect, it } from 'vitest';
import type { SessionError } from '../../../sip/dialog/errors.ts';
import type { IncomingReferral } from '../../../sip/session/referral.ts';
import { BOB, established } from '../support/calls.ts';
import { ANSWER, OFFER, Stage } from '../support/stage.ts';

const CAROL = 'sip:carol@10.0.0.3';

async function referred() {
  const stage = new Stage();
  const call = await established(stage);
  let incoming: IncomingReferral | undefined;
  call.called.onRefer = referral => {
    incoming = referral;
    referral.accept();
  };
  return { stage, ...call, incoming: () => incoming as IncomingReferral };
}

describe('REFER (RFC 3515)', () => {
  it('is accepted with 202, and how the referred call goes is told by NOTIFYs', async () => {
    const { stage, calling, incoming } = await referred();
    const statuses: number[] = [];
    const refer = calling.refer(CAROL);
    await stage.clock.advance(10);
    const referral = await refer;
    referral.on('progress', status => statuses.push(status));
    let ended: number | undefined;
    referral.on('ended', status => {
      ended = status;
    });
    expect([incoming().referTo, referral.status]).toEqual([`<${CAROL}>`, 100]);
    incoming().notify(180);
    incoming().notify(200);
    incoming().notify(486);
    await stage.clock.advance(10);
    expect([statuses, ended]).toEqual([[180, 200], 200]);
    const notifies = stage.network.passages.filter(
      ({ message }) => message.isRequest && message.method === 'NOTIFY',
    );
    expect(notifies.map(({ message }) => message.headers.get('Subscription-State'))).toEqual([
      'active;expires=180',
      'active;expires=180',
      'terminated;reason=noresource',
    ]);
    expect(new Set(notifies.map(({ message }) => message.headers.get('Event')))).toEqual(
      new Set(['refer;id=2']),
    );
    expect(notifies[2]?.message.contentType?.essence).toBe('message/sipfrag');
  });

  it('that is refused says so', async () => {
    const stage = new Stage();
    const { calling } = await established(stage);
    const refer = calling.refer(CAROL).catch((error: SessionError) => error.status);
    await stage.clock.advance(10);
    expect(await refer).toBe(603);
  });

  it('without a subscription sends no NOTIFY (RFC 4488)', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    called.onRefer = referral => {
      referral.accept({ headers: { 'Refer-Sub': 'false' } });
      referral.notify(200);
    };
    const refer = calling.refer(CAROL, { subscribe: false });
    await stage.clock.advance(10);
    expect((await refer).subscribed).toBe(false);
    expect(stage.network.ladder).not.toContain('2 NOTIFY');
    expect(stage.network.ladder.at(-1)).toBe('2 202 REFER');
  });

  it.each([
    ['none', []],
    ['two', [['Refer-To', '<sip:a@b>'] as const, ['Refer-To', '<sip:c@d>'] as const]],
  ])('with %s Refer-To gets 400', async (_count, headers) => {
    const stage = new Stage();
    const { calling } = await established(stage);
    const response = calling.core.request('REFER', { headers });
    await stage.clock.advance(10);
    expect((await response).status).toBe(400);
  });

  it('two at a time keep their reports apart', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    const incoming: IncomingReferral[] = [];
    called.onRefer = referral => {
      incoming.push(referral);
      referral.accept();
    };
    const both = Promise.all([calling.refer(CAROL), calling.refer('sip:dave@10.0.0.4')]);
    await stage.clock.advance(10);
    const [one, two] = await both;
    incoming[1]?.notify(486);
    incoming[0]?.notify(200);
    await stage.clock.advance(10);
    expect([one?.status, two?.status]).toEqual([200, 486]);
  });

  it('ends with its dialog', async () => {
    const { stage, calling, called } = await referred();
    const refer = calling.refer(CAROL);
    await stage.clock.advance(10);
    let ended = false;
    (await refer).on('ended', () => {
      ended = true;
    });
    called.bye();
    await stage.clock.advance(10);
    expect(ended).toBe(true);
  });

  it('an unknown subscription is answered 481, and the call stays', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    const notify = called.core.request('NOTIFY', {
      headers: { Event: 'refer;id=99', 'Subscription-State': 'active' },
    });
    await stage.clock.advance(10);
    expect((await notify).status).toBe(481);
    expect([calling.end, called.end]).toEqual([undefined, undefined]);
  });
});

describe('INFO (RFC 6086)', () => {
  it('is carried to whoever takes it', async () => {
    const stage = new Stage();
    const { calling, called } = await established(stage);
    const heard: string[] = [];
    called.onInfo = incoming => {
      heard.push(Buffer.from(incoming.request.body).toString());
      incoming.respond(200);
    };
    const info = calling.info({
      contentType: 'application/dtmf-relay',
      body: 'Signal=5\r\nDuration=160\r\n',
    });
    await stage.clock.advance(10);
    expect([(await info).status, heard]).toEqual([200, ['Signal=5\r\nDuration=160\r\n']]);
  });

  it('with a body that nobody takes gets 415', async () => {
    const stage = new Stage();
    const { calling } = await established(stage);
    const info = calling.info({ contentType: 'text/plain', body: 'x' });
    await stage.clock.advance(10);
    expect((await info).status).toBe(415);
  });
});

describe('Replaces (RFC 3891)', () => {
  it('a call that takes the place of another ends it when it is accepted', async () => {
    const stage = new Stage();
    const { bob, calling, called } = await established(stage);
    const carol = await stage.agent('10.0.0.3');
    let replaced: unknown;
    bob.onInvite = invitation => {
      replaced = invitation.replaces;
      invitation.accept({ sdp: ANSWER });
    };
    const { callId, remoteTag, localTag } = calling.dialog;
    const replaces = `${callId};to-tag=${remoteTag};from-tag=${localTag}`;
    const invitation = carol.invite(BOB, {
      sdp: OFFER,
      headers: { Replaces: replaces, Require: 'replaces' },
    });
    await stage.clock.advance(10);
    expect((await invitation.answered).dialog.state).toBe('confirmed');
    expect([replaced, called.end?.by, calling.end?.by]).toEqual([called, 'local', 'remote']);
  });

  it.each([
    ['of a dialog that is not there', 'unknown;to-tag=a;from-tag=b', 481],
    ['that makes no sense', 'unknown;to-tag=a', 400],
  ])('%s is refused', async (_what, replaces, status) => {
    const stage = new Stage();
    const { bob, alice } = await established(stage);
    bob.onInvite = invitation => invitation.accept({ sdp: ANSWER });
    const answered = alice.invite(BOB, { sdp: OFFER, headers: { Replaces: replaces } }).answered;
    await stage.clock.advance(10);
    await expect(answered).rejects.toMatchObject({ status });
  });

  it('of a confirmed dialog where only an early one was meant is refused with 486', async () => {
    const stage = new Stage();
    const { bob, alice, calling } = await established(stage);
    bob.onInvite = invitation => invitation.accept({ sdp: ANSWER });
    const { callId, remoteTag, localTag } = calling.dialog;
    const replaces = `${callId};to-tag=${remoteTag};from-tag=${localTag};early-only`;
    const answered = alice.invite(BOB, { sdp: OFFER, headers: { Replaces: replaces } }).answered;
    await stage.clock.advance(10);
    await expect(answered).rejects.toMatchObject({ status: 486 });
  });
});
