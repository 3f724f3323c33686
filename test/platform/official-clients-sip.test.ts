/** Both vendors' own clients and document builders, towards SIP phones. Real time and real sockets. */
import { RestClient } from '@signalwire/compatibility-api';
import twilio from 'twilio';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toUuid } from '../../core/sid.ts';
import { createPlatform, type Platform } from '../../local/platform.ts';
import { systemClock } from '../../sip/clock.ts';
import { DigestServer } from '../../sip/digest/server.ts';
import { systemRandom } from '../../sip/random.ts';
import { SipPhone, until } from '../sma/support/sip-phone.ts';
import { CustomerServer } from '../support/customer-server.ts';

const OWN = '+12025550110';
const ANSWERS = '+12025550100';
const EVENTS = ['initiated', 'ringing', 'answered', 'completed'];

let platform: Platform;
let customer: CustomerServer;
const phones: SipPhone[] = [];

const CLIENTS = {
  signalwire() {
    const { accountSid, authToken } = platform.info;
    const client = new RestClient(toUuid(accountSid), authToken, { signalwireSpaceUrl: 'example.invalid' });
    client.api.baseUrl = platform.url;
    return { client, response: new RestClient.LaML.VoiceResponse() };
  },
  twilio() {
    const client = twilio(platform.info.accountSid, platform.info.authToken);
    client.api.baseUrl = platform.url;
    return { client, response: new twilio.twiml.VoiceResponse() };
  },
};

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

async function phone(): Promise<SipPhone> {
  const opened = await SipPhone.open();
  phones.push(opened);
  return opened;
}

const addressOf = (name: string, { port }: SipPhone, query = '') =>
  `sip:${name}@127.0.0.1:${port};transport=udp${query}`;
/** `0 initiated`, in the order of their numbers. */
const told = (path: string) =>
  customer
    .asked(path)
    .map(({ parameters: p }) => `${p['SequenceNumber']} ${p['CallStatus']}`)
    .sort();

describe.each(Object.keys(CLIENTS) as (keyof typeof CLIENTS)[])('the client and builder of %s', vendor => {
  it('dial a SIP phone with headers, and hear of its INVITE, its 200 and its life', async () => {
    const dan = await phone();
    dan.onCall = invitation => {
      invitation.progress(180);
      dan.accept(invitation, { 'X-Agent': '7' });
    };
    const { client, response } = CLIENTS[vendor]();
    const dial = response.dial({ callerId: 'alice', method: 'GET', action: `${customer.url}/after_dial` });
    const attributes = { statusCallback: `${customer.url}/dial_events`, statusCallbackEvent: EVENTS };
    dial.sip(attributes as never, addressOf('dan', dan, '?customheader=foo&othercustomheader=b%20r'));
    customer.on('/after_dial', '<Response><Hangup/></Response>');

    const call = await client.calls.create({
      to: ANSWERS,
      from: OWN,
      url: customer.on('/voice', response.toString()),
      statusCallback: `${customer.url}/call`,
    });
    await until(() => dan.taken.length === 1, 'dan has answered', 10_000);
    const { request } = dan.invitations[0] ?? expect.unreachable();
    dan.taken[0]?.bye();
    await until(() => customer.asked('/after_dial').length === 1, 'the action is asked', 10_000);
    await until(() => told('/dial_events').length === 5, 'all is told', 10_000);
    await until(() => told('/call').length === 1, 'the call is over', 10_000);

    const [child] = await client.calls.list({ parentCallSid: call.sid });
    const sid = (text: string) => `CA${text.replace(/^CA|-/g, '')}`;
    const childSid = sid(child?.sid ?? '');
    expect(`${request.from?.uri}`).toMatch(/^sip:alice@/);
    expect(
      [
        'X-customheader',
        'X-othercustomheader',
        'X-Twilio-CallSid',
        'X-Twilio-AccountSid',
        'X-Twilio-ApiVersion',
      ].map(name => request.headers.get(name)),
    ).toEqual(['foo', 'b r', childSid, platform.info.accountSid, '2010-04-01']);
    expect(request.headers.get('Session-Expires')).toBe('600');
    expect(customer.asked('/after_dial')).toMatchObject([
      {
        method: 'GET',
        genuine: true,
        parameters: {
          CallSid: sid(call.sid),
          CallStatus: 'in-progress',
          DialCallSid: childSid,
          DialCallStatus: 'completed',
          DialBridged: 'true',
          DialSipCallId: request.callId,
          DialSipResponseCode: '200',
          'DialSipHeader_X-Agent': '7',
        },
      },
    ]);
    expect(told('/dial_events')).toEqual([
      '0 initiated',
      '1 ringing',
      '2 answered',
      '3 in-progress',
      '4 completed',
    ]);
    expect(customer.asked('/dial_events').every(({ genuine }) => genuine)).toBe(true);
    expect(child).toMatchObject({ status: 'completed', direction: 'outbound-dial' });
  });

  it('call a SIP phone with headers and credentials, which are asked for once', async () => {
    const ann = await phone();
    const guard = new DigestServer({
      realm: 'pbx',
      key: new Uint8Array(16),
      clock: systemClock,
      random: systemRandom,
      challenger: 'server',
      secretOf: username => (username === 'ann' ? { password: 's3cret' } : undefined),
    } as ConstructorParameters<typeof DigestServer>[0]);
    ann.onCall = invitation => {
      void guard.verify(invitation.request).then(verdict => {
        if (verdict.ok) return void ann.accept(invitation);
        const { status, headers } = guard.challenge(verdict.stale);
        invitation.reject(status, { headers });
      });
    };
    const { client } = CLIENTS[vendor]();
    const call = await client.calls.create({
      to: addressOf('ann', ann, '?X-Case=42'),
      from: OWN,
      sipAuthUsername: 'ann',
      sipAuthPassword: 's3cret',
      url: customer.on('/voice', '<Response><Say>Hello.</Say><Pause length="60"/></Response>'),
      statusCallback: `${customer.url}/status`,
      statusCallbackEvent: EVENTS,
    });
    expect(call.to).toBe(addressOf('ann', ann));
    await until(() => ann.sounds.length > 0, 'ann hears the document', 15_000);
    const [, answered] = ann.invitations;
    expect(answered?.request.headers.get('X-Case')).toBe('42');
    expect(ann.invitations).toHaveLength(2);
    await client.calls(call.sid).update({ status: 'completed' });
    await until(() => ann.taken[0]?.end !== undefined, 'ann is hung up', 10_000);
    await until(() => told('/status').at(-1)?.endsWith('completed') === true, 'its end is told', 10_000);
    expect(told('/status')).not.toContain('0 completed');
    expect(customer.requests.every(({ genuine }) => genuine)).toBe(true);
  });

  it('ring three SIP phones at once, and hear how each of them ended', async () => {
    const [busy, winner, slow] = [await phone(), await phone(), await phone()];
    busy.onCall = invitation => invitation.reject(486);
    slow.onCall = invitation => invitation.progress(180);
    winner.onCall = invitation => {
      invitation.progress(180);
      // Once the others have been called, too.
      void until(() => busy.invitations.length + slow.invitations.length === 2, 'the others ring').then(() =>
        winner.accept(invitation),
      );
    };
    const { client, response } = CLIENTS[vendor]();
    const dial = response.dial({ action: `${customer.url}/after` });
    for (const [name, each] of Object.entries({ busy, winner, slow })) {
      dial.sip({ statusCallback: `${customer.url}/${name}` }, addressOf(name, each));
    }
    customer.on('/after', '<Response><Hangup/></Response>');

    const { sid } = await client.calls.create({
      to: ANSWERS,
      from: OWN,
      url: customer.on('/voice', response.toString()),
    });
    await until(() => winner.taken.length === 1, 'one has answered', 10_000);
    await until(() => told('/slow').length === 1, 'the last is cancelled', 10_000);
    // As the edge has told of them: the control plane itself has heard of nothing yet but the bridge.
    const listed = await client.calls.list({ parentCallSid: sid });
    expect(listed.map(({ status }) => status).sort()).toEqual(['busy', 'canceled', 'in-progress']);
    await client.calls(sid).update({ status: 'completed' });
    await until(() => winner.taken[0]?.end !== undefined, 'the winner is hung up', 10_000);
    await until(() => told('/winner').length === 1, 'the winner’s end is told', 10_000);

    expect([told('/busy'), told('/winner'), told('/slow')]).toEqual([
      ['0 busy'],
      ['0 completed'],
      ['0 canceled'],
    ]);
    expect((await client.calls(sid).fetch()).status).toBe('completed');
    const page = await client.calls.page({ pageSize: 3 });
    expect(page.instances).toHaveLength(3);
    expect((await page.nextPage())?.instances).toHaveLength(1);
  });

  it('ring SIP phones one after the other, if they are to, until one answers', async () => {
    const [busy, winner, spare] = [await phone(), await phone(), await phone()];
    busy.onCall = invitation => invitation.reject(486);
    winner.onCall = invitation => winner.accept(invitation);
    const { client, response } = CLIENTS[vendor]();
    const dial = response.dial({ sequential: true, action: `${customer.url}/after` });
    for (const [name, each] of Object.entries({ busy, winner, spare })) dial.sip({}, addressOf(name, each));
    customer.on('/after', '<Response><Hangup/></Response>');

    const url = customer.on('/voice', response.toString());
    const statusCallback = `${customer.url}/call`;
    const { sid } = await client.calls.create({ to: ANSWERS, from: OWN, url, statusCallback });
    await until(() => winner.taken.length === 1, 'the second has answered', 10_000);
    winner.taken[0]?.bye();
    await until(() => told('/call').length === 1, 'the call is over', 10_000);

    expect([busy, winner, spare].map(({ invitations }) => invitations.length)).toEqual([1, 1, 0]);
    const dialled = await client.calls.list({ parentCallSid: sid });
    expect(dialled.map(({ status }) => status).sort()).toEqual(['busy', 'completed']);
    expect(customer.asked('/after')).toMatchObject([
      { parameters: { DialCallStatus: 'completed', DialSipCallId: winner.invitations[0]?.request.callId } },
    ]);
  });

  it('have a SIP phone hear a document first, which knows its 200, and may refuse', async () => {
    const dan = await phone();
    dan.onCall = invitation => dan.accept(invitation, { 'X-Agent': '7' });
    const { client, response } = CLIENTS[vendor]();
    const screen = customer.on('/screen', '<Response><Say>Hello.</Say><Hangup/></Response>');
    response.dial({ action: `${customer.url}/after` }).sip({ url: screen }, addressOf('dan', dan));
    customer.on('/after', '<Response><Hangup/></Response>');

    await client.calls.create({
      to: ANSWERS,
      from: OWN,
      url: customer.on('/voice', response.toString()),
    });
    await until(() => customer.asked('/after').length === 1, 'the action is asked', 15_000);

    expect(customer.asked('/screen')).toMatchObject([
      {
        genuine: true,
        parameters: {
          Direction: 'outbound-dial',
          SipCallId: dan.invitations[0]?.request.callId,
          'SipHeader_X-Agent': '7',
        },
      },
    ]);
    expect(customer.asked('/after')).toMatchObject([
      { parameters: { DialCallStatus: 'no-answer', DialBridged: 'false' } },
    ]);
  });
});
