/** Phones that register, and carriers that call in. Real time and real sockets. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPlatform, type Platform } from '../../local/platform.ts';
import { parseUri } from '../../sip/uri/uri.ts';
import type { InviteOptions } from '../../sip/user-agent.ts';
import { SipPhone, until } from '../sma/support/sip-phone.ts';
import { CustomerServer } from '../support/customer-server.ts';

const NUMBER = '+12025550110';
const PASSWORD = 'correct-horse-battery';

let platform: Platform;
let customer: CustomerServer;
const phones: SipPhone[] = [];

beforeEach(async () => {
  customer = new CustomerServer(Date.now);
  [platform] = await Promise.all([
    createPlatform({ sipPort: 0, callsPerSecond: 10, env: { LOG_LEVEL: 'silent' }, log: () => {} }),
    customer.listen(),
  ]);
  customer.authToken = platform.info.authToken;
});

afterEach(async () => {
  await Promise.all(phones.splice(0).map(phone => phone.close()));
  await Promise.all([platform.close(), customer.close()]);
});

async function api(method: string, path: string, body: object | URLSearchParams): Promise<number> {
  const { accountSid, authToken } = platform.info;
  const isForm = body instanceof URLSearchParams;
  const answer = await fetch(platform.url + path, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
      ...(!isForm && { 'content-type': 'application/json' }),
    },
    body: isForm ? body : JSON.stringify(body),
  });
  await answer.text();
  return answer.status;
}

async function voiceUrl(document: string): Promise<void> {
  const { accountSid } = platform.info;
  const path = `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers/PN${'0'.repeat(32)}.json`;
  const form = new URLSearchParams({ VoiceUrl: customer.on('/voice', `<Response>${document}</Response>`) });
  expect(await api('POST', path, form)).toBe(200);
}

async function phone(): Promise<SipPhone> {
  const opened = await SipPhone.open();
  phones.push(opened);
  return opened;
}

const edge = () => parseUri(`sip:127.0.0.1:${platform.info.sip?.port}`);
const domain = () => platform.info.accountSid;
const as = (name: string): InviteOptions => ({
  from: `sip:${name}@${domain()}`,
  nextHop: edge(),
  credentials: () => ({ username: name, password: PASSWORD }),
});

/** A client's phone, registered. */
async function client(name: string): Promise<SipPhone> {
  expect(await api('POST', '/v1/clients', { name, password: PASSWORD })).toBe(201);
  const opened = await phone();
  const answer = await opened.agent.request({
    ...as(name),
    method: 'REGISTER',
    uri: `sip:${domain()}`,
    to: `sip:${name}@${domain()}`,
    headers: { Expires: '600' },
  });
  expect(answer.status).toBe(200);
  return opened;
}

describe('A phone that has registered', () => {
  it('is reached by another one, and both hang up together', async () => {
    const [alice, bob] = [await client('alice'), await client('bob')];
    bob.onCall = invitation => {
      invitation.progress(180);
      bob.accept(invitation);
    };
    const session = await alice.call(`sip:bob@${domain()}`, as('alice')).answered;
    await until(() => bob.taken.length === 1, 'bob has answered', 5_000);
    const { request } = bob.invitations[0] ?? expect.unreachable();
    expect(`${request.from?.uri}`).toMatch(/^sip:alice@/);
    session.bye();
    await until(() => bob.taken[0]?.end !== undefined, 'bob is hung up', 5_000);
  });

  it('calls a number of its account, whose application hears what its INVITE brought along', async () => {
    await voiceUrl('<Say>Welcome.</Say><Pause length="5"/>');
    const alice = await client('alice');
    const headers = { 'X-Case': '42', 'User-to-User': '56a3;encoding=hex', 'X-Dialplane-Token': 'forged' };
    const call = alice.call(`sip:${NUMBER}@${domain()}`, { ...as('alice'), headers });
    const session = await call.answered;
    const [asked] = customer.asked('/voice');
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
    expect(platform.timelines.calls.map(({ callSid }) => callSid)).toEqual([asked?.parameters['CallSid']]);
  });

  it('is refused with a wrong password, and once its client is gone', async () => {
    const alice = await client('alice');
    const wrong = { ...as('alice'), credentials: () => ({ username: 'alice', password: 'guessed' }) };
    await expect(alice.call(`sip:${NUMBER}@${domain()}`, wrong).answered).rejects.toMatchObject({
      status: 401,
    });
    expect(await api('DELETE', '/v1/clients/alice', {})).toBe(204);
    await expect(alice.call(`sip:${NUMBER}@${domain()}`, as('alice')).answered).rejects.toMatchObject({
      status: 401,
    });
  });
});

describe('A carrier', () => {
  const trunk = () =>
    api('POST', '/v1/trunks', {
      name: 'carrier',
      host: 'sip.example.com',
      inboundNetworks: ['127.0.0.1/32'],
    });

  it('brings a call to the number that it names, and hears how it ends', async () => {
    await voiceUrl('<Say>Goodbye.</Say>');
    expect(await trunk()).toBe(201);
    const carrier = await phone();
    const call = carrier.call(`sip:12025550110@127.0.0.1`, {
      from: 'sip:+4930123456@sip.example.com',
      nextHop: edge(),
      headers: { Diversion: '<sip:+4930999@sip.example.com>' },
    });
    const session = await call.answered;
    await until(() => session.end !== undefined, 'the document is over', 10_000);
    expect(customer.asked('/voice')[0]?.parameters).toMatchObject({
      From: '+4930123456',
      To: NUMBER,
      SipHeader_Diversion: '<sip:+4930999@sip.example.com>',
    });
  });

  it('gets the refusal that the document asks for', async () => {
    await voiceUrl('<Reject reason="busy"/>');
    await trunk();
    const carrier = await phone();
    const call = carrier.call(`sip:${NUMBER}@127.0.0.1`, { nextHop: edge() });
    await expect(call.answered).rejects.toMatchObject({ status: 486 });
  });

  it('that nobody has let in is refused', async () => {
    const stranger = await phone();
    const call = stranger.call(`sip:${NUMBER}@127.0.0.1`, { nextHop: edge() });
    await expect(call.answered).rejects.toMatchObject({ status: 403 });
  });

  it('calls no number that the account has not', async () => {
    await trunk();
    const carrier = await phone();
    const call = carrier.call('sip:+12025559999@127.0.0.1', { nextHop: edge() });
    await expect(call.answered).rejects.toMatchObject({ status: 404 });
  });
});
