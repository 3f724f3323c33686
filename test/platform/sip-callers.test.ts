/** Phones that register, and carriers that call in. Real time and real sockets. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionError } from '../../sip/user-agent.ts';
import { until } from '../sma/support/sip-phone.ts';
import { NUMBER, SipPlatform } from '../support/sip-platform.ts';

let sip: SipPlatform;
beforeEach(async () => {
  sip = await SipPlatform.open();
});
afterEach(() => sip.close());

describe('A phone that has registered', () => {
  it('is reached by another one, and both hang up together', async () => {
    const [alice, bob] = [await sip.clientPhone('alice'), await sip.clientPhone('bob')];
    bob.onCall = invitation => {
      invitation.progress(180);
      bob.accept(invitation);
    };
    const session = await alice.call(`sip:bob@${sip.domain}`, sip.as('alice')).answered;
    await until(() => bob.taken.length === 1, 'bob has answered', 5_000);
    const { request } = bob.invitations[0] ?? expect.unreachable();
    expect(`${request.from?.uri}`).toMatch(/^sip:alice@/);
    session.bye();
    await until(() => bob.taken[0]?.end !== undefined, 'bob is hung up', 5_000);
  });

  it('calls a number of its account, whose application hears what its INVITE brought along', async () => {
    await sip.voiceUrl('<Say>Welcome.</Say><Pause length="5"/>');
    const alice = await sip.clientPhone('alice');
    const headers = { 'X-Case': '42', 'User-to-User': '56a3;encoding=hex', 'X-Dialplane-Token': 'forged' };
    const call = alice.call(`sip:${NUMBER}@${sip.domain}`, { ...sip.as('alice'), headers });
    const session = await call.answered;
    const [asked] = sip.customer.asked('/voice');
    expect(asked).toMatchObject({
      genuine: true,
      parameters: {
        From: 'client:alice',
        To: NUMBER,
        Direction: 'inbound',
        CallStatus: 'ringing',
        SipCallId: call.request.callId,
        'SipHeader_X-Case': '42',
        'SipHeader_User-to-User': '56a3;encoding=hex',
      },
    });
    expect(Object.keys(asked?.parameters ?? {}).filter(name => /dialplane/i.test(name))).toEqual([]);
    await until(() => alice.sounds.length > 0, 'the application is heard', 5_000);
    session.bye();
    // All that is told of it, on either side, stands under its one name.
    expect(sip.platform.timelines.calls.map(({ callSid }) => callSid)).toEqual([
      asked?.parameters['CallSid'],
    ]);
  });

  it('rings for a document’s Client, on each phone, and the first that answers has the call', async () => {
    const desk = await sip.clientPhone('bob');
    const mobile = await sip.phone();
    await mobile.agent.request({
      ...sip.as('bob'),
      method: 'REGISTER',
      uri: `sip:${sip.domain}`,
      to: `sip:bob@${sip.domain}`,
      headers: { Expires: '600' },
    });
    desk.onCall = invitation => invitation.progress(180);
    mobile.onCall = invitation => {
      if (desk.invitations.length > 0) mobile.accept(invitation);
      else setTimeout(() => mobile.accept(invitation), 300);
    };
    await sip.voiceUrl('<Dial><Client>bob</Client></Dial>');
    const alice = await sip.clientPhone('alice');
    const session = await alice.call(`sip:${NUMBER}@${sip.domain}`, sip.as('alice')).answered;
    await until(() => mobile.taken.length === 1, 'bob has answered', 5_000);
    await until(() => desk.invitations[0]?.state === 'cancelled', 'the other phone rings no more', 5_000);
    session.bye();
    await until(() => mobile.taken[0]?.end !== undefined, 'bob is hung up', 5_000);
  });

  it.each([
    ['is answered by a Dial before its callee is rung', ''],
    ['rings, by a Dial with answerOnBridge="true", until its callee has answered', 'answerOnBridge="true"'],
  ])('%s', async (_, attribute) => {
    const [alice, bob] = [await sip.clientPhone('alice'), await sip.clientPhone('bob')];
    await sip.voiceUrl(`<Dial ${attribute}><Client>bob</Client></Dial>`);
    const call = alice.call(`sip:${NUMBER}@${sip.domain}`, sip.as('alice'));
    const heard: string[] = [];
    call.on('progress', ({ status }) => heard.push(`${status}`));
    call.on('accepted', () => heard.push('200'));
    bob.onCall = invitation => {
      heard.push('bob is rung');
      invitation.progress(180);
      setTimeout(() => {
        heard.push('bob answers');
        bob.accept(invitation);
      }, 500);
    };
    const session = await call.answered;
    await until(() => bob.taken.length === 1, 'bob has answered', 5_000);
    const order = heard.filter((each, at) => heard.indexOf(each) === at);
    expect(order).toEqual(
      attribute === ''
        ? ['180', '200', 'bob is rung', 'bob answers']
        : ['180', 'bob is rung', 'bob answers', '200'],
    );
    session.bye();
    await until(() => bob.taken[0]?.end !== undefined, 'bob is hung up', 5_000);
  });

  it('gets the refusal of whom a Dial with answerOnBridge="true" dials', async () => {
    const [alice, bob] = [await sip.clientPhone('alice'), await sip.clientPhone('bob')];
    bob.onCall = invitation => invitation.reject(603);
    await sip.voiceUrl('<Dial answerOnBridge="true"><Client>bob</Client></Dial>');
    const call = alice.call(`sip:${NUMBER}@${sip.domain}`, sip.as('alice'));
    await expect(call.answered).rejects.toMatchObject({ status: 603 });
  });

  it('is refused with a wrong password, and once its client is gone', async () => {
    const alice = await sip.clientPhone('alice');
    const wrong = { ...sip.as('alice'), credentials: () => ({ username: 'alice', password: 'guessed' }) };
    await expect(alice.call(`sip:${NUMBER}@${sip.domain}`, wrong).answered).rejects.toMatchObject({
      status: 401,
    });
    expect(await sip.api('DELETE', '/v1/clients/alice', {})).toBe(204);
    await expect(alice.call(`sip:${NUMBER}@${sip.domain}`, sip.as('alice')).answered).rejects.toMatchObject({
      status: 401,
    });
  });
});

describe('A carrier', () => {
  it('brings a call to the number that it names, and hears how it ends', async () => {
    await sip.voiceUrl('<Say>Goodbye.</Say>');
    await sip.trunk();
    const carrier = await sip.phone();
    const call = carrier.call(`sip:12025550110@127.0.0.1`, {
      from: 'sip:+4930123456@sip.example.com',
      nextHop: sip.edge,
      headers: { Diversion: '<sip:+4930999@sip.example.com>' },
    });
    const session = await call.answered;
    await until(() => session.end !== undefined, 'the document is over', 10_000);
    expect(sip.customer.asked('/voice')[0]?.parameters).toMatchObject({
      From: '+4930123456',
      To: NUMBER,
      SipHeader_Diversion: '<sip:+4930999@sip.example.com>',
    });
  });

  it.each([
    ['is busy', '<Reject reason="busy"/>', 486, 'It was turned away.'],
    ['declines', '<Reject/>', 603, 'It was turned away.'],
    ['cannot be carried out', '<Shout/>', 500, 'Its document could not be carried out.'],
    ['has nothing to say', '', 480, undefined],
  ])('gets the refusal of a document that %s', async (_, document, status, text) => {
    await sip.voiceUrl(document);
    await sip.trunk();
    const carrier = await sip.phone();
    const call = carrier.call(`sip:${NUMBER}@127.0.0.1`, { nextHop: sip.edge });
    const refused = await call.answered.catch((error: unknown) => error);
    expect(refused).toMatchObject({ status });
    const { response } = refused as SessionError;
    expect(response?.headers.get('Reason')).toBe(text && `SIP;cause=${status};text="${text}"`);
  });

  it('that nobody has let in is refused', async () => {
    const stranger = await sip.phone();
    const call = stranger.call(`sip:${NUMBER}@127.0.0.1`, { nextHop: sip.edge });
    await expect(call.answered).rejects.toMatchObject({ status: 403 });
  });

  it('calls no number that the account has not', async () => {
    await sip.trunk();
    const carrier = await sip.phone();
    const call = carrier.call('sip:+12025559999@127.0.0.1', { nextHop: sip.edge });
    await expect(call.answered).rejects.toMatchObject({ status: 404 });
  });
});
