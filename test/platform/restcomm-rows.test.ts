/**
 * Restcomm applications, their callers and callees over real sockets and in real time, by the rows of the behaviours that the
 * platform's own test suite asserts; where a row differs here its name says how. What there is no test of says restcomm-rows.ts.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DigestServer } from '../../sip/digest/server.ts';
import type { OutgoingInvitation, Session } from '../../sip/user-agent.ts';
import { sine, wavFile, writers } from '../core/audio/sounds.ts';
import { type SipPhone, until } from '../sma/support/sip-phone.ts';
import { NUMBER, SipPlatform } from '../support/sip-platform.ts';

let sip: SipPlatform;
let base: string;
/** The caller. */
let bob: SipPhone;

beforeEach(async () => {
  sip = await SipPlatform.open();
  base = `/restcomm/2012-04-24/Accounts/${sip.platform.info.accountSid}`;
  bob = await sip.clientPhone('bob');
});
afterEach(() => sip.close());

interface Call {
  sid: string;
  status: string;
  direction: string;
  duration?: number;
}

const ask = <T = Record<string, unknown>>(path: string, form?: Record<string, string>) =>
  sip.ask<T>(base + path, form);
const document = (verbs: string) => sip.customer.on('/voice', `<Response>${verbs}</Response>`);
const number = async (form: Record<string, string>) =>
  expect((await ask(`/IncomingPhoneNumbers/PN${'0'.repeat(32)}.json`, form)).status).toBe(200);
const calls = async (query: string) => (await ask<{ calls: Call[] }>(`/Calls.json?${query}`)).body.calls;
const at = (phone: SipPhone, user = 'desk') => `sip:${user}@127.0.0.1:${phone.port}`;
const noun = (phone: SipPhone) => `<Sip>${at(phone)}</Sip>`;

/** Bob calls the number, or whom he dials. */
function dials(user: string = NUMBER, headers: Record<string, string> = {}): OutgoingInvitation {
  return bob.call(`sip:${user}@${sip.domain}`, { ...sip.as('bob'), headers });
}

/** Bob calls the number, whose document this is, and is answered. */
async function calling(verbs: string): Promise<Session> {
  await number({ VoiceUrl: document(verbs) });
  return dials().answered;
}

/** Bob calls the number, whose application delays his answer. */
async function waiting(verbs: string): Promise<OutgoingInvitation> {
  const form = { FriendlyName: 'Desk', RcmlUrl: document(verbs), DelayAnswer: 'true' };
  const { body } = await ask<{ sid: string }>('/Applications.json', form);
  await number({ VoiceApplicationSid: body.sid });
  return dials();
}

const answeringPhone = async () => {
  const phone = await sip.phone();
  phone.onCall = invitation => phone.accept(invitation);
  return phone;
};
const ringingPhone = async () => {
  const phone = await sip.phone();
  phone.onCall = invitation => invitation.progress(180);
  return phone;
};
const refusingPhone = async (status: number) => {
  const phone = await sip.phone();
  phone.onCall = invitation => invitation.reject(status);
  return phone;
};
const isUp = (phone: SipPhone) => until(() => phone.taken.length === 1, 'the callee has answered', 10_000);
const ring = (phones: SipPhone[]) =>
  until(() => phones.every(({ invitations }) => invitations.length === 1), 'all ring', 10_000);
const areCancelled = (phones: SipPhone[]) =>
  until(() => phones.every(({ invitations }) => invitations[0]?.state === 'cancelled'), 'none rings', 10_000);
const isOver = (session: Session | undefined) =>
  until(() => session?.end !== undefined, 'it is hung up', 15_000);
/** The one call that came in, once it is told to be over. */
async function ended(): Promise<string> {
  for (;;) {
    const [call] = (await calls('')).filter(({ status }) => status !== 'in-progress' && status !== 'ringing');
    if (call !== undefined) return call.status;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

describe('A: a call that comes in', () => {
  it('A04: whose caller cancels while it rings gets 487, and nobody answered it (the row: canceled); the document was asked for once', async () => {
    await number({ VoiceUrl: document('<Pause length="30"/><Say>Hello.</Say>') });
    const call = dials();
    await until(() => sip.customer.asked('/voice').length === 1, 'it rings', 10_000);
    call.cancel();
    await expect(call.answered).rejects.toMatchObject({ status: 487 });
    expect(await ended()).toBe('no-answer');
    expect(sip.customer.asked('/voice')).toHaveLength(1);
  });

  it('A08: whose INVITE has no body gets 488 with its reason (the row: 400)', async () => {
    const call = bob.agent.invite(`sip:${NUMBER}@${sip.domain}`, sip.as('bob'));
    await expect(call.answered).rejects.toMatchObject({ status: 488 });
    expect(sip.customer.requests).toEqual([]);
  });

  it.each([
    ['A14', NUMBER],
    ['A15, A17', NUMBER.slice(1)],
  ])('%s: to %s reaches the number’s application', async (_, dialled) => {
    await number({ VoiceUrl: document('<Say>Hello.</Say>') });
    const session = await dials(dialled).answered;
    await isOver(session);
    expect(sip.customer.asked('/voice')[0]?.parameters).toMatchObject({ To: NUMBER });
    expect(bob.sounds).not.toEqual([]);
  });

  it('A22: hears its Play, and then its Dial rings; both are released together', async () => {
    const alice = await answeringPhone();
    const body = wavFile(writers.s16le(sine(440, 8_000, 0.5)), { rateHz: 8_000 });
    const prompt = sip.customer.on('/prompt.wav', { headers: { 'content-type': 'audio/wav' }, body });
    const session = await calling(`<Play>${prompt}</Play><Dial>${noun(alice)}</Dial>`);
    await isUp(alice);
    expect(bob.sounds).not.toEqual([]);
    alice.taken[0]?.bye();
    await isOver(session);
    expect(await ended()).toBe('completed');
  }, 20_000);
});

describe('B: a Dial of one destination', () => {
  it('B09: of a client that there is not calls nobody, and the caller is answered and hung up', async () => {
    await isOver(await calling('<Dial><Client>nobody</Client></Dial>'));
    expect(await ended()).toBe('completed');
    expect(await calls('Status=in-progress')).toEqual([]);
  });

  it.each(['callee', 'caller'] as const)(
    'B18: of a Uri, with a Hangup after it: ended by the %s, the other is hung up',
    async who => {
      const alice = await answeringPhone();
      const session = await calling(`<Dial><Uri>${at(alice)}</Uri></Dial><Hangup/>`);
      await isUp(alice);
      const [first, other] = who === 'caller' ? [session, alice.taken[0]] : [alice.taken[0], session];
      first?.bye();
      await isOver(other);
    },
    20_000,
  );
});

describe('C: headers', () => {
  it('C14: of the INVITE are told to the document’s server, and its document is carried out', async () => {
    await number({ VoiceUrl: document('<Say>Hello.</Say>') });
    await isOver(await dials(NUMBER, { 'X-My-Header': 'a b' }).answered);
    expect(sip.customer.asked('/voice')[0]?.parameters).toMatchObject({ 'SipHeader_X-My-Header': 'a b' });
  });

  it('C15: of a client that calls another one go along', async () => {
    const alice = await sip.clientPhone('alice');
    alice.onCall = invitation => alice.accept(invitation);
    const session = await dials('alice', { 'X-Order': '42', 'X-Dialplane-Token': 'forged' }).answered;
    const { headers } = alice.invitations[0]?.request ?? expect.unreachable();
    expect([headers.get('X-Order'), headers.get('X-Dialplane-Token')]).toEqual(['42', undefined]);
    session.bye();
    await isOver(alice.taken[0]);
  });

  it('C16: of a client that calls a number go along over the trunk', async () => {
    const office = await trunk();
    const session = await dials('1000123', { 'X-Order': '42' }).answered;
    expect(office.invitations[0]?.request.headers.get('X-Order')).toBe('42');
    session.bye();
    await isOver(office.taken[0]);
  });

  it('C17: of a client that calls a number which is nobody’s: it is relayed over the trunk of a route, by the trunk’s credentials (the row: to the target of a rule for the caller’s address); its BYE too', async () => {
    const office = await trunk({ credentials: { username: 'platform', password: 'secret' } });
    const server = new DigestServer({
      realm: 'office',
      key: new Uint8Array(16),
      clock: { now: () => Date.now() },
      random: Math.random,
      challenger: 'server',
      secretOf: username => (username === 'platform' ? { password: 'secret' } : undefined),
    });
    office.onCall = async invitation => {
      const { status, headers } = server.challenge();
      if ((await server.verify(invitation.request)).ok) office.accept(invitation);
      else invitation.reject(status, { headers });
    };
    const session = await dials('1000123').answered;
    expect(office.invitations).toHaveLength(2);
    session.bye();
    await isOver(office.taken[0]);
  });

  it('C17: of a caller over a trunk that calls a number which is nobody’s: it is refused with 404, and relayed nowhere (the row: as for clients)', async () => {
    // Else whoever calls from there would call out at the account's cost.
    const office = await trunk({ inboundNetworks: ['127.0.0.1/32'] });
    const stranger = await sip.phone();
    const call = stranger.call('sip:1000123@127.0.0.1', { nextHop: sip.edge });
    await expect(call.answered).rejects.toMatchObject({ status: 404 });
    expect(office.invitations).toEqual([]);
  });
});

/** A telephone system that the numbers from 1000000 on lead to, which answers. */
async function trunk(more: object = {}): Promise<SipPhone> {
  const office = await answeringPhone();
  const host = `127.0.0.1:${office.port}`;
  expect(await sip.api('POST', '/v1/trunks', { name: 'office', host, transport: 'udp', ...more })).toBe(201);
  const route = { pattern: '1000XXX', action: 'trunk', trunk: 'office' };
  expect(await sip.api('POST', '/v1/routes', route)).toBe(201);
  return office;
}

describe('D: simultaneous ringing', () => {
  it('D10: that nobody answers in time is cancelled, and the caller is hung up, whose call has lasted as long', async () => {
    const phones = [await ringingPhone(), await ringingPhone(), await ringingPhone()];
    const beganMs = performance.now();
    const session = await calling(`<Dial timeout="3">${phones.map(noun).join('')}</Dial>`);
    await areCancelled(phones);
    await isOver(session);
    const lastedSeconds = (performance.now() - beganMs) / 1_000;
    expect(await ended()).toBe('completed');
    const { duration = 0 } = (await calls('')).find(({ direction }) => direction === 'inbound') ?? {};
    expect(duration).toBeGreaterThanOrEqual(3);
    expect(duration).toBeLessThanOrEqual(Math.ceil(lastedSeconds));
  }, 20_000);

  it('D18: a caller whose re-INVITE, right after the answer, cannot be taken gets 488, and its Dial rings and joins all the same (the row: the call fails)', async () => {
    const alice = await answeringPhone();
    const session = await calling(`<Say>Hello.</Say><Dial>${noun(alice)}</Dial>`);
    const unusable = bob.sdp({ formats: '18' });
    // RFC 3261 §14.2: what was agreed before stays in force.
    await expect(session.reinvite({ sdp: unusable })).rejects.toMatchObject({ status: 488 });
    expect(alice.invitations).toEqual([]);
    await isUp(alice);
    session.bye();
    await isOver(alice.taken[0]);
    expect(await ended()).toBe('completed');
  }, 20_000);

  it('D16: that nobody answers in time is cancelled, and the next Dial rings', async () => {
    const [rings, alsoRings, fotini] = [await ringingPhone(), await ringingPhone(), await answeringPhone()];
    const session = await calling(
      `<Dial timeout="2">${noun(rings)}${noun(alsoRings)}</Dial><Dial>${noun(fotini)}</Dial>`,
    );
    await isUp(fotini);
    await areCancelled([rings, alsoRings]);
    session.bye();
    await isOver(fotini.taken[0]);
  }, 20_000);
});

describe('F: an application that delays the answer', () => {
  it('F02: turns the caller away with the 403 that the callee refuses with', async () => {
    const george = await refusingPhone(403);
    const call = await waiting(`<Dial>${noun(george)}</Dial>`);
    await expect(call.answered).rejects.toMatchObject({ status: 403 });
  });

  it('F06: turns the caller away with 500 where there is nobody to dial', async () => {
    const call = await waiting('<Dial action="/action"><Client>nobody</Client></Dial>');
    await expect(call.answered).rejects.toMatchObject({ status: 500 });
    expect(sip.customer.asked('/action').map(({ parameters }) => parameters)).toMatchObject([
      { DialCallStatus: 'failed', DialCallSid: 'null' },
    ]);
  });

  it('F11: answers the caller with the first of three that answers; the others are cancelled', async () => {
    const [rings, alsoRings, henrique] = [await ringingPhone(), await ringingPhone(), await sip.phone()];
    henrique.onCall = invitation => invitation.progress(180);
    const call = await waiting(`<Dial>${[rings, alsoRings, henrique].map(noun).join('')}</Dial>`);
    await ring([rings, alsoRings, henrique]);
    let isAnswered = false;
    call.on('accepted', () => {
      isAnswered = true;
    });
    const invitation = henrique.invitations[0] ?? expect.unreachable();
    expect(isAnswered).toBe(false);
    henrique.accept(invitation);
    const session = await call.answered;
    await areCancelled([rings, alsoRings]);
    session.bye();
    await isOver(henrique.taken[0]);
  }, 20_000);

  it('F12: turns the caller away with 408 where none of three answers, and all are cancelled', async () => {
    const phones = [await ringingPhone(), await ringingPhone(), await ringingPhone()];
    const call = await waiting(`<Dial timeout="2">${phones.map(noun).join('')}</Dial>`);
    await expect(call.answered).rejects.toMatchObject({ status: 408 });
    await areCancelled(phones);
  }, 20_000);
});

describe('F and I: a fork that rings', () => {
  const fork = async () => {
    const phones = [await ringingPhone(), await ringingPhone()];
    return { phones, verbs: `<Dial>${phones.map(noun).join('')}</Dial>` };
  };
  const root = async () =>
    (await ask<{ calls: Call[] }>('/Calls.json')).body.calls.find(({ direction }) => direction === 'inbound')
      ?.sid;
  const cancelEach = async () => {
    const branches = await calls(`ParentCallSid=${await root()}`);
    for (const { sid } of branches)
      expect((await ask(`/Calls.json/${sid}`, { Status: 'canceled' })).status).toBe(200);
    expect(branches).toHaveLength(2);
  };

  it('F14: is cancelled branch by branch, and the caller who waits gets 480 (the row: 500)', async () => {
    const { phones, verbs } = await fork();
    const call = await waiting(verbs);
    const answered = expect(call.answered).rejects.toMatchObject({ status: 480 });
    await ring(phones);
    await cancelEach();
    await areCancelled(phones);
    await answered;
  }, 20_000);

  it('F16: is cancelled when the API sends the caller who waits elsewhere, who is hung up there with 480 (the row: 487)', async () => {
    const { phones, verbs } = await fork();
    const call = await waiting(verbs);
    const answered = expect(call.answered).rejects.toMatchObject({ status: 480 });
    await ring(phones);
    const Url = sip.customer.on('/hangup', '<Response><Hangup/></Response>');
    expect((await ask(`/Calls.json/${await root()}`, { Url })).status).toBe(200);
    await areCancelled(phones);
    await answered;
  }, 20_000);

  it('is cancelled when the API sends the caller who waits to a document that speaks, which answers', async () => {
    const { phones, verbs } = await fork();
    const call = await waiting(verbs);
    await ring(phones);
    const Url = sip.customer.on('/speak', '<Response><Say>Nobody is there.</Say></Response>');
    expect((await ask(`/Calls.json/${await root()}`, { Url })).status).toBe(200);
    await areCancelled(phones);
    await isOver(await call.answered);
    expect(bob.sounds).not.toEqual([]);
  }, 20_000);

  it.each([
    ['I09', { Status: 'completed' }],
    ['I10', { Url: '/hangup' }],
  ])(
    '%s: is cancelled at once where the API sends its caller elsewhere: %j',
    async (_, form) => {
      const { phones, verbs } = await fork();
      const session = await calling(`${verbs}<Say>Nobody hears this.</Say>`);
      await ring(phones);
      const elsewhere = sip.customer.on('/hangup', '<Response><Hangup/></Response>');
      const asked: Record<string, string> = 'Url' in form ? { Url: elsewhere } : form;
      expect((await ask(`/Calls.json/${await root()}`, asked)).status).toBe(200);
      await areCancelled(phones);
      await isOver(session);
      expect(await ended()).toBe('completed');
    },
    20_000,
  );

  it('I08: is cancelled branch by branch, and the caller’s document goes on', async () => {
    const { phones, verbs } = await fork();
    const session = await calling(`${verbs}<Say>Nobody is there.</Say>`);
    await ring(phones);
    await cancelEach();
    await areCancelled(phones);
    await isOver(session);
    expect(bob.sounds).not.toEqual([]);
  }, 20_000);
});

describe('H: a call that the API places', () => {
  it('H09: to a number with headers has them in the INVITE to the trunk', async () => {
    const office = await trunk();
    const To = '1000123?X-Custom-Header1=1234&X-Custom-Header2=4321';
    const { status } = await ask('/Calls.json', { From: NUMBER, To, Url: document('<Hangup/>') });
    expect(status).toBe(200);
    await isUp(office);
    const { headers } = office.invitations[0]?.request ?? expect.unreachable();
    expect([headers.get('X-Custom-Header1'), headers.get('X-Custom-Header2')]).toEqual(['1234', '4321']);
    await isOver(office.taken[0]);
  });

  it('H14, J06: is not recorded by record="true", which is noted (the row: it is); H17: the dialled leg’s callbacks are four', async () => {
    const alice = await answeringPhone();
    const sips = `<Sip statusCallback="/status">${at(alice)}</Sip>`;
    const { body } = await ask<Call>('/Calls.json', {
      From: NUMBER,
      To: 'client:bob',
      Url: document(`<Dial record="true">${sips}</Dial>`),
    });
    bob.onCall = invitation => bob.accept(invitation);
    alice.onCall = invitation => {
      invitation.progress(180);
      alice.accept(invitation);
    };
    await isUp(alice);
    alice.taken[0]?.bye();
    await isOver(bob.taken[0]);
    await until(() => sip.customer.asked('/status').length === 4, 'all four have come', 10_000);
    expect((await ask(`/Calls/${body.sid}/Notifications.json`)).body).toMatchObject({
      notifications: [{ error_code: 1002 }],
    });
    expect(await sip.api('POST', `${base}/Calls/${body.sid}/Recordings.json`, {})).toBe(404);
  }, 20_000);
});

describe('J: keys', () => {
  it('J09: three keys, as telephone events, make one request to the action of a Gather (the row: by SIP INFO)', async () => {
    sip.customer.on('/action', '<Response/>');
    const session = await calling('<Gather numDigits="3" action="/action" timeout="10"/>');
    // The voice service takes keys once it hears the caller.
    for (let at = 0; at < 25; at++) bob.send({ sequence: at, timestamp: at * 160 });
    for (const [at, digit] of [...'421'].entries()) bob.press(digit, 100 + at * 10, 10_000 + at * 1_000);
    await isOver(session);
    expect(sip.customer.asked('/action').map(({ parameters }) => parameters)).toMatchObject([
      { Digits: '421' },
    ]);
  }, 20_000);
});

describe('K: one of two who sends REFER', () => {
  /** Bob has called the number, and talks with George: he was answered when the two were joined. */
  async function talking(): Promise<{ session: Session; george: SipPhone }> {
    const george = await answeringPhone();
    const call = await waiting(`<Dial><Sip>${at(george, 'george')}</Sip></Dial>`);
    const session = await call.answered;
    return { session, george };
  }

  it('K01, K03: a callee is hung up, and the document of the number’s ReferUrl dials another; K07: whom the caller hangs up', async () => {
    const alice = await sip.clientPhone('alice');
    alice.onCall = invitation => alice.accept(invitation);
    const ReferUrl = sip.customer.on('/refer', '<Response><Dial><Client>alice</Client></Dial></Response>');
    await number({ ReferUrl });
    const { session, george } = await talking();
    const referral = await george.taken[0]?.refer('sip:alice@sip.example.com');
    await isOver(george.taken[0]);
    expect(referral?.status).toBe(200);
    await isUp(alice);
    expect(sip.customer.asked('/refer').map(({ method, parameters }) => [method, parameters])).toMatchObject([
      ['POST', { Transferor: 'george', Transferee: 'bob', ReferTarget: 'alice', To: NUMBER }],
    ]);
    session.bye();
    await isOver(alice.taken[0]);
    expect(await ended()).toBe('completed');
  }, 20_000);

  it('K06: a callee is hung up, and so is the caller, where the ReferUrl’s document dials a client that there is not', async () => {
    const ReferUrl = sip.customer.on('/refer', '<Response><Dial><Client>nobody</Client></Dial></Response>');
    await number({ ReferUrl, ReferMethod: 'GET' });
    expect((await ask(`/IncomingPhoneNumbers/PN${'0'.repeat(32)}.json`)).body).toMatchObject({
      refer_url: ReferUrl,
      refer_method: 'GET',
    });
    const { session, george } = await talking();
    await george.taken[0]?.refer('sip:nobody@sip.example.com');
    await isOver(george.taken[0]);
    await isOver(session);
    expect(sip.customer.asked('/refer').map(({ method }) => method)).toEqual(['GET']);
  }, 20_000);

  it('a caller is hung up, and the callee goes on with the document of the number’s ReferUrl', async () => {
    const ReferUrl = sip.customer.on('/refer', '<Response><Say>Hello.</Say><Pause length="60"/></Response>');
    await number({ ReferUrl });
    const { session, george } = await talking();
    const referral = await session.refer('sip:alice@sip.example.com');
    await isOver(session);
    expect(referral.status).toBe(200);
    await until(() => george.sounds.length > 0, 'the callee hears its document', 10_000);
    expect(sip.customer.asked('/refer').map(({ method, parameters }) => [method, parameters])).toMatchObject([
      ['POST', { Transferor: 'bob', Transferee: 'george', ReferTarget: 'alice' }],
    ]);
    george.taken[0]?.bye();
  }, 20_000);

  it('K04: a callee of a number without a ReferUrl is refused with 603 (the row: 404), and the two go on talking', async () => {
    const { session, george } = await talking();
    const referral = george.taken[0]?.refer('sip:alice@sip.example.com');
    await expect(referral).rejects.toMatchObject({ status: 603 });
    expect([session.end, george.taken[0]?.end]).toEqual([undefined, undefined]);
    session.bye();
    await isOver(george.taken[0]);
  });
});

describe('What is not there', () => {
  const codesOf = async (sid: string) => {
    const { body } = await ask<{ notifications: { error_code: number }[] }>(
      `/Calls/${sid}/Notifications.json`,
    );
    return body.notifications.map(({ error_code }) => error_code);
  };

  it('A10 to A13: an account cannot be suspended, and its numbers and clients go on', async () => {
    for (const path of ['.json', `.json/${sip.platform.info.accountSid}`])
      expect((await ask(path, { Status: 'suspended' })).status).toBe(404);
    await isOver(await calling('<Say>Hello.</Say>'));
  });

  it.each([
    ['J01, J03, J04, J05, J07: a Record', '<Record action="/action" maxLength="10"/>'],
    ['G13: an Sms', '<Sms to="+12025550100">Hello.</Sms>'],
  ])('%s is skipped with a warning, and the next verb follows', async (_, verb) => {
    const session = await calling(`${verb}<Say>Hello.</Say>`);
    await isOver(session);
    expect(bob.sounds).not.toEqual([]);
    expect(sip.customer.asked('/action')).toEqual([]);
    const [call] = await calls('');
    expect(await codesOf(call?.sid ?? '')).toEqual([1002]);
  });

  it('I05, I11, I12, J11, J12, J13, J15, J16, J17: a Dial of a Conference fails with a warning; none is listed', async () => {
    await isOver(await calling('<Dial action="/action"><Conference>room</Conference></Dial>'));
    expect(sip.customer.asked('/action').map(({ parameters }) => parameters)).toMatchObject([
      { DialCallStatus: 'failed', DialCallSid: 'null' },
    ]);
    const [call] = await calls('');
    expect(await codesOf(call?.sid ?? '')).toEqual([1002]);
    expect((await ask('/Conferences.json')).status).toBe(404);
  });
});
