/** What is measured of legs with sound, in their last status callback. Real time, real sockets, real RTP. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallEvent } from '../../core/event.ts';
import type { MediaFigures } from '../../core/media-figures.ts';
import { createPlatform, type Platform } from '../../local/platform.ts';
import { SipPhone, until } from '../sma/support/sip-phone.ts';
import { CustomerServer } from '../support/customer-server.ts';
import { PHONE } from '../support/test-platform.ts';

let platform: Platform;
let customer: CustomerServer;
let phone: SipPhone;

beforeEach(async () => {
  customer = new CustomerServer(() => Date.now());
  [platform, phone] = await Promise.all([
    createPlatform({ sipPort: 0, callsPerSecond: 10, env: { LOG_LEVEL: 'silent' }, log: () => {} }),
    SipPhone.open(),
    customer.listen(),
  ]);
  phone.onCall = invitation => phone.accept(invitation);
});

afterEach(async () => {
  await phone.close();
  await platform.close();
  await customer.close();
});

function request(path: string, init: RequestInit = {}): Promise<Response> {
  const { accountSid, authToken } = platform.info;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  return fetch(platform.url + path, { ...init, headers: { ...init.headers, authorization } });
}

const post = (path: string, json: unknown) =>
  request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(json),
  });

async function api(path: string, form?: Record<string, string>): Promise<Record<string, unknown>> {
  const answer = await request(
    `/api/laml/2010-04-01/Accounts/${platform.info.accountSid}/Calls${path}`,
    form && { method: 'POST', body: new URLSearchParams(form) },
  );
  const body = (await answer.json()) as Record<string, unknown>;
  expect(answer.ok, JSON.stringify(body)).toBe(true);
  return body;
}

const place = (form: Record<string, string>) =>
  api('', {
    From: '+12025550110',
    StatusCallback: `${customer.url}/root`,
    StatusCallbackEvent: 'completed',
    ...form,
  });

/** A telephone that is joined with the SIP phone, by a Dial with these codecs. */
const bridged = (codecs: string) =>
  place({
    To: PHONE.answers,
    Twiml: `<Response><Dial><Sip codecs="${codecs}" statusCallback="${customer.url}/leg" statusCallbackEvent="answered completed">sip:ann@127.0.0.1:${phone.port};transport=udp</Sip></Dial></Response>`,
  });

const SOUNDS = 40;
/** A key is six packets. */
const KEYS = 6;

/** The phone speaks for as long as its packets hold, one of them lost, and presses a key. */
async function speak(payloadType: number): Promise<void> {
  for (let at = 0; at < SOUNDS; at++) {
    const sequence = at < SOUNDS / 2 ? at : at + 1;
    phone.send({ payloadType, sequence, timestamp: 160 * sequence, marker: at === 0 });
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  phone.press('5', SOUNDS + 1, 160 * (SOUNDS + 1));
  await new Promise(resolve => setTimeout(resolve, 100));
}

async function completed(path: string): Promise<Record<string, string>> {
  const ends = () => customer.asked(path).filter(({ parameters }) => 'CallDuration' in parameters);
  await until(() => ends().length > 0, `${path} is told of the end`, 10_000);
  return ends()[0]?.parameters ?? {};
}

function expectMeasured(told: Record<string, string>): void {
  expect(told).toMatchObject({
    CallStatus: 'completed',
    AudioInMediaPacketCount: String(SOUNDS + KEYS),
    AudioInDtmfPacketCount: String(KEYS),
    AudioInSkipPacketCount: '1',
    AudioInFlushPacketCount: '0',
  });
  // A busy machine sends late, but never all that late.
  expect(Number(told['AudioInAveragePtime'])).toBeGreaterThanOrEqual(18);
  expect(Number(told['AudioInAveragePtime'])).toBeLessThan(60);
  expect(Number(told['AudioInLargestJbSize'])).toBeGreaterThanOrEqual(1);
  expect(Number(told['AudioInJitterMaxVariance'])).toBeGreaterThanOrEqual(
    Number(told['AudioInJitterMinVariance']),
  );
  expect(Number(told['AudioInMos'])).toBeGreaterThan(2);
  expect(Number(told['AudioInMos'])).toBeLessThan(4.41);
}

const UNMEASURED = {
  AudioInMediaPacketCount: '0',
  AudioOutMediaPacketCount: '0',
  AudioInAveragePtime: '0',
  AudioInMos: '4.50',
};

describe('A leg that a document dialled over SIP', () => {
  it.each([
    ['flows past the edge: the runtime measures it', 'PCMU,PCMA', 0],
    ['passes the edge: the edge measures it', 'PCMA', 8],
  ])('whose media %s', async (_, codecs, payloadType) => {
    const { sid } = await bridged(codecs);
    await until(() => customer.asked('/leg').length > 0, 'the leg is answered', 10_000);
    expect(customer.asked('/leg')[0]?.parameters).toMatchObject({ CallStatus: 'answered', ...UNMEASURED });

    await speak(payloadType);
    phone.taken[0]?.bye();
    const told = await completed('/leg');

    expectMeasured(told);
    // An answer is told in two words, and the end once, by whoever announced it.
    expect(customer.asked('/leg')).toHaveLength(3);
    expect(await api(`/${told['CallSid']}`)).toMatchObject({ audio_in_mos: told['AudioInMos'] });

    // The telephone has no sound that anybody here could measure.
    expect(await completed('/root')).toMatchObject({ CallSid: sid, ...UNMEASURED });
    expect(await api(`/${sid}`)).toMatchObject({ audio_in_mos: null });
  });

  it('and that the caller leaves', async () => {
    await bridged('PCMU');
    await until(() => customer.asked('/leg').length > 0, 'the leg is answered', 10_000);
    await speak(0);
    platform.handsets.hangUp(PHONE.answers);
    expectMeasured(await completed('/leg'));
  });
});

// What is late is told by real time: a machine that stands still for 200 ms makes packets late, so it may be tried again.
it('The event of a call to a SIP phone tells what came from the phone', { retry: 2 }, async () => {
  const ends: MediaFigures[] = [];
  platform.aws.eventBridge.putRule({
    busName: 'dialplane',
    name: 'test',
    pattern: { 'detail-type': ['Call Completed'] },
    target: ({ detail }) => {
      const { call } = detail as CallEvent['detail'];
      if (call.direction === 'outbound-api' && call.media) ends.push(call.media);
    },
  });
  // The answer to its INVITE leads nowhere; the re-INVITE says where the runtime is.
  phone.onCall = invitation => {
    phone.accept(invitation).onOffer = offer => {
      phone.learn(offer.sdp);
      offer.accept(phone.sdp());
    };
  };
  const answer = await post('/voice/call/callback', {
    leg_A: { to: `sip:ann@127.0.0.1:${phone.port};transport=udp`, from: '+12025550110' },
    leg_B: { to: PHONE.answers, from: '+12025550110' },
  });
  expect(answer.status).toBe(200);
  await until(() => phone.remotePort > 9 && phone.taken.length > 0, 'the phone is joined', 10_000);

  await speak(0);
  phone.taken[0]?.bye();

  await until(() => ends.length > 0, 'the end is told', 10_000);
  expect(ends).toMatchObject([
    { packetsReceived: SOUNDS + KEYS, keyPacketsReceived: KEYS, packetsLost: 1, packetsLate: 0 },
  ]);
  expect(ends[0]?.mos).toBeGreaterThan(2);
});
