/** An account's trunks and routes, from the API to the INVITE. Real time and real sockets. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPlatform, type Platform } from '../../local/platform.ts';
import { DigestServer } from '../../sip/digest/server.ts';
import { SipPhone, until } from '../sma/support/sip-phone.ts';

let platform: Platform;
let pbx: SipPhone;

beforeEach(async () => {
  [platform, pbx] = await Promise.all([
    createPlatform({ sipPort: 0, callsPerSecond: 10, env: { LOG_LEVEL: 'silent' }, log: () => {} }),
    SipPhone.open(),
  ]);
  pbx.onCall = invitation => pbx.accept(invitation);
});

afterEach(async () => {
  await pbx.close();
  await platform.close();
});

async function post(path: string, json: unknown): Promise<{ status: number; body: unknown }> {
  const { accountSid, authToken } = platform.info;
  const answer = await fetch(platform.url + path, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(json),
  });
  return { status: answer.status, body: await answer.json() };
}

const trunk = (more: object = {}) =>
  post('/v1/trunks', {
    name: 'office',
    host: `127.0.0.1:${pbx.port}`,
    transport: 'udp',
    codecs: ['PCMU'],
    headers: { 'X-Customer': '42' },
    callerIds: ['1000XXX'],
    ...more,
  });
const route = () => post('/v1/routes', { pattern: '1000XXX', action: 'trunk', trunk: 'office' });

/** The second example of the platform's own page, with its commas. */
const EXAMPLE = {
  leg_A: {
    to: '1000123',
    from: '1000125',
    'osip_P-Asserted-Identity': 'tel:+3312345678',
    osip_Privacy: 'Id',
    sip_update: 900,
  },
  leg_B: {
    to: '1000125',
    from: '1000123',
    'osip_P-Asserted-Identity': 'tel:+4412345678',
    osip_Privacy: 'Id',
    sip_update: 900,
  },
};

describe('A callback between 1000123 and 1000125', () => {
  it('goes over the trunk that their route names, with its header and those that were asked for', async () => {
    expect([await trunk(), await route()].map(({ status }) => status)).toEqual([201, 201]);

    const { status, body } = await post('/voice/call/callback', EXAMPLE);
    expect({ status, body }).toMatchObject({ status: 200, body: { code: 0 } });
    await until(() => pbx.taken.length === 2, 'both legs are up', 10_000);

    const seen = pbx.invitations.map(({ request }) => ({
      user: /^sip:([^@]+)@/.exec(request.uri)?.[1],
      from: /sip:([^@]+)@/.exec(request.headers.get('From') ?? '')?.[1],
      identity: request.headers.get('P-Asserted-Identity'),
      privacy: request.headers.get('Privacy'),
      customer: request.headers.get('X-Customer'),
    }));
    expect(seen).toEqual([
      { user: '1000123', from: '1000125', identity: 'tel:+3312345678', privacy: 'Id', customer: '42' },
      { user: '1000125', from: '1000123', identity: 'tel:+4412345678', privacy: 'Id', customer: '42' },
    ]);
  });

  it('is let in by a PBX that asks for credentials with those of the trunk', async () => {
    const server = new DigestServer({
      realm: 'pbx',
      key: new Uint8Array(16),
      clock: { now: () => Date.now() },
      random: Math.random,
      challenger: 'proxy',
      secretOf: username => (username === 'dialplane' ? { password: 'a-long-password' } : undefined),
    });
    pbx.onCall = async invitation => {
      const verdict = await server.verify(invitation.request);
      const { status, headers } = server.challenge();
      if (verdict.ok) pbx.accept(invitation);
      else invitation.reject(status, { headers });
    };
    await trunk({ credentials: { username: 'dialplane', password: 'a-long-password' } });
    await route();

    await post('/voice/call/callback', EXAMPLE);
    await until(() => pbx.taken.length === 2, 'both legs are up', 10_000);

    expect(pbx.invitations.map(({ request }) => request.cseq?.number)).toEqual([1, 2, 1, 2]);
  });

  it.each([
    ['leads nowhere without a route', async () => {}, /leg_A\.to: "1000123" is neither/],
    [
      'is refused where the trunk keeps identities back',
      async () => {
        await trunk({ passIdentity: false });
        await route();
      },
      /leg_A\.to: P-Asserted-Identity, Privacy cannot be sent, as the trunk office/,
    ],
    [
      'is refused where the trunk does not let its caller be shown',
      async () => {
        await trunk({ callerIds: ['2000XXX'] });
        await route();
      },
      /leg_A\.from is 1000125/,
    ],
  ])('%s', async (_, prepare, reason) => {
    await prepare();

    const { status, body } = await post('/voice/call/callback', EXAMPLE);

    expect({ status, body }).toMatchObject({ status: 400, body: { data: expect.stringMatching(reason) } });
    expect(pbx.invitations).toEqual([]);
  });
});

describe('A SignalWire application', () => {
  it('calls a number that only a route leads on, and dials another one', async () => {
    await trunk();
    await route();
    const { accountSid } = platform.info;

    const { status } = await post(`/2010-04-01/Accounts/${accountSid}/Calls.json`, {
      To: '1000123',
      From: '+12025550110',
      Twiml: '<Response><Dial><Number>1000125</Number></Dial></Response>',
    });
    expect(status).toBe(201);
    await until(() => pbx.taken.length === 2, 'both legs are up', 10_000);

    expect(pbx.invitations.map(({ request }) => /^sip:([^@]+)@/.exec(request.uri)?.[1])).toEqual([
      '1000123',
      '1000125',
    ]);
  });
});
