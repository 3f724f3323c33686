/**
 * Restcomm applications and SIP phones, over real sockets and in real time, by the rows of the behaviours that the platform's own test
 * suite asserts; where a row differs here its name says how.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPlatform, type Platform } from '../../local/platform.ts';
import { DigestServer } from '../../sip/digest/server.ts';
import type { Session } from '../../sip/user-agent.ts';
import { SipPhone, until } from '../sma/support/sip-phone.ts';
import { CustomerServer } from '../support/customer-server.ts';
import { OWN } from '../support/test-platform.ts';

let platform: Platform;
let customer: CustomerServer;
/** The caller, whom the API rings, and whom its document may dial. */
let bob: SipPhone;
let alice: SipPhone;
let henrique: SipPhone;
let george: SipPhone;

beforeEach(async () => {
  customer = new CustomerServer(Date.now);
  [platform, bob, alice, henrique, george] = await Promise.all([
    createPlatform({ sipPort: 0, callsPerSecond: 10, env: { LOG_LEVEL: 'silent' }, log: () => {} }),
    SipPhone.open(),
    SipPhone.open(),
    SipPhone.open(),
    SipPhone.open(),
    customer.listen(),
  ]);
  customer.authToken = platform.info.authToken;
  bob.onCall = invitation => bob.accept(invitation);
});

afterEach(async () => {
  await Promise.all([bob, alice, henrique, george].map(phone => phone.close()));
  await platform.close();
  await customer.close();
});

interface Call {
  sid: string;
  status: string;
  direction: string;
  message?: string;
}

async function api(
  path: string,
  form?: Record<string, string>,
): Promise<{ status: number; body: Call & Record<string, unknown> }> {
  const { accountSid, authToken } = platform.info;
  const answer = await fetch(`${platform.url}/restcomm/2012-04-24/Accounts/${accountSid}${path}`, {
    headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  });
  return { status: answer.status, body: (await answer.json()) as Call & Record<string, unknown> };
}

const at = (phone: SipPhone, user: string, more = '') => `sip:${user}@127.0.0.1:${phone.port}${more}`;
const on = (path: string, verbs: string) => customer.on(path, `<Response>${verbs}</Response>`);
const voice = (verbs: string) => on('/voice', verbs);

/** Bob is rung, and goes through the document. */
async function place(verbs: string, more: Record<string, string> = {}): Promise<string> {
  const Url = voice(verbs);
  const { status, body } = await api('/Calls.json', { From: OWN, To: at(bob, 'bob'), Url, ...more });
  expect({ status, message: body.message }).toEqual({ status: 200, message: undefined });
  return body.sid;
}

/** `until`, for what has to be asked for. */
async function eventually(holds: () => Promise<boolean>, what: string, patienceMs: number): Promise<void> {
  const deadlineMs = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > deadlineMs) throw new Error(`In vain waited for: ${what}.`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

const statusOf = async (sid: string) => (await api(`/Calls/${sid}.json`)).body.status;
const isOver = (sid: string) =>
  eventually(
    async () => ['completed', 'busy', 'no-answer', 'failed', 'canceled'].includes(await statusOf(sid)),
    'the call is over',
    15_000,
  );
const told = (path = '/status') =>
  customer
    .asked(path)
    .map(({ parameters: p }) => `${p['SequenceNumber']} ${p['CallStatus']}`)
    .sort();
const headerOf = (phone: SipPhone, name: string) => phone.invitations[0]?.request.headers.get(name);
const cancelled = (phone: SipPhone) => {
  const seen = { cancelled: false };
  phone.onCall = invitation => {
    invitation.progress(180);
    invitation.on('cancelled', () => {
      seen.cancelled = true;
    });
  };
  return seen;
};
/** Rings for a while, so that the others have rung as well, and answers. */
const answers = (phone: SipPhone, taken: (session: Session) => void = () => {}) => {
  phone.onCall = invitation => {
    invitation.progress(180);
    setTimeout(() => taken(phone.accept(invitation, { 'X-Agent': '7' })), 600);
  };
};
const leaves = (phone: SipPhone) => answers(phone, session => void setTimeout(() => void session.bye(), 300));

describe('B: a Dial of one SIP address', () => {
  it('B21, B22: shows the caller id that it says, and without one the caller’s', async () => {
    alice.onCall = invitation => invitation.reject(486);
    henrique.onCall = invitation => invitation.reject(486);
    const sid = await place(
      `<Dial callerId="client:carol"><Sip>${at(alice, 'alice')}</Sip></Dial><Dial><Sip>${at(henrique, 'h')}</Sip></Dial>`,
    );
    await isOver(sid);
    expect(headerOf(alice, 'From')).toMatch(/sip:carol@/);
    expect(headerOf(alice, 'Contact')).toMatch(/^<sip:carol@/);
    expect(headerOf(henrique, 'From')).toContain(OWN);
  });
});

describe('C: SIP addresses with headers and credentials', () => {
  it('C01: a bare ampersand between two headers; I13: the INVITE names the call', async () => {
    alice.onCall = invitation => invitation.reject(486);
    const sid = await place(
      `<Dial><Sip>${at(alice, 'alice')}?mycustomheader=foo&myotherheader=bar</Sip></Dial>`,
    );
    await isOver(sid);
    expect(headerOf(alice, 'X-mycustomheader')).toBe('foo');
    expect(headerOf(alice, 'X-myotherheader')).toBe('bar');
    const dialled = headerOf(alice, 'X-RestComm-CallSid');
    expect((await api(`/Calls/${dialled}.json`)).body).toMatchObject({
      status: 'busy',
      direction: 'outbound-dial',
      parent_call_sid: sid,
    });
  });

  it('C05: answers a challenge with the username and password of the Sip', async () => {
    const server = new DigestServer({
      realm: 'pbx',
      key: new Uint8Array(16),
      clock: { now: () => Date.now() },
      random: Math.random,
      challenger: 'server',
      secretOf: username => (username === 'alice' ? { password: 'secret' } : undefined),
    });
    alice.onCall = async invitation => {
      const verdict = await server.verify(invitation.request);
      const { status, headers } = server.challenge();
      if (verdict.ok) setTimeout(() => void alice.accept(invitation).bye(), 200);
      else invitation.reject(status, { headers });
    };
    const sid = await place(
      `<Dial action="/action"><Sip username="alice" password="secret">${at(alice, 'alice')}?kept=1</Sip></Dial>`,
    );
    await isOver(sid);
    expect(alice.invitations.map(({ request }) => request.headers.get('X-kept'))).toEqual(['1', '1']);
    expect(customer.asked('/action')[0]?.parameters).toMatchObject({
      DialCallStatus: 'completed',
      DialSipResponseCode: '200',
    });
  });

  it('C06: a callee whose screening hangs up is not joined; the dial is over, and the caller goes on', async () => {
    alice.onCall = invitation => void alice.accept(invitation, { 'X-Desk': '3' });
    on('/screen', '<Hangup/>');
    const sid = await place(`<Dial action="/action"><Sip url="/screen">${at(alice, 'alice')}</Sip></Dial>`);
    await isOver(sid);
    expect(customer.asked('/screen').map(({ method }) => method)).toEqual(['POST']);
    expect(customer.asked('/screen')[0]?.parameters).toMatchObject({
      'SipHeader_X-Desk': '3',
      SipCallId: expect.any(String),
      To: expect.stringContaining('alice'),
    });
    expect(customer.asked('/action')[0]?.parameters).toMatchObject({
      DialCallStatus: 'no-answer',
      DialCallDuration: '0',
    });
  }, 20_000);

  it('C09, C10: a callee who has heard its screening is joined; the URL is relative to its document', async () => {
    alice.onCall = invitation => void alice.accept(invitation);
    on('/screen', '');
    const sid = await place(`<Dial><Sip url="screen" method="GET">${at(alice, 'alice')}</Sip></Dial>`);
    let sequence = 0;
    await eventually(
      async () => {
        if (bob.remotePort > 0) bob.send({ sequence: ++sequence, timestamp: sequence * 160 });
        return alice.sounds.length > 0;
      },
      'they are joined, and she hears him',
      15_000,
    );
    expect((await api(`/Calls.json?ParentCallSid=${sid}&Status=in-progress`)).body['total']).toBe(1);
    expect(customer.asked('/screen').map(({ method }) => method)).toEqual(['GET']);
    void bob.taken[0]?.bye();
    await isOver(sid);
  }, 20_000);

  it.each([
    ['C07: refused with 404', 404, 'failed'],
    ['C08: declined with 603', 603, 'busy'],
  ])('%s, its action is told so', async (_, code, word) => {
    alice.onCall = invitation => invitation.reject(code, { headers: { 'X-Reason': 'away' } });
    const sid = await place(`<Dial action="/action"><Sip url="/screen">${at(alice, 'alice')}</Sip></Dial>`);
    await isOver(sid);
    expect(customer.asked('/action').map(({ parameters }) => parameters)).toMatchObject([
      { DialCallStatus: word, DialSipResponseCode: String(code) },
    ]);
    expect(customer.asked('/screen')).toEqual([]);
  });

  it('reaches an address by TCP when it says so', async () => {
    alice.onCall = invitation => invitation.reject(486);
    const sid = await place(`<Dial><Sip>sip:alice@127.0.0.1:${alice.tcpPort};transport=tcp</Sip></Dial>`);
    await isOver(sid);
    expect(headerOf(alice, 'Via')).toMatch(/^SIP\/2\.0\/TCP/);
  });
});

describe('D: simultaneous ringing', () => {
  const fork = (attributes = '') =>
    `<Dial ${attributes}>${[alice, henrique, george].map((phone, n) => `<Sip statusCallback="/status">${at(phone, `p${n}`)}</Sip>`).join('')}</Dial>`;

  it('D01: the first that answers is joined, the others are cancelled, and the caller’s end is the callee’s', async () => {
    const [lost, alsoLost] = [cancelled(alice), cancelled(george)];
    answers(henrique);
    const sid = await place(fork());
    await until(
      () => lost.cancelled && alsoLost.cancelled && henrique.taken.length === 1,
      'one has won',
      10_000,
    );
    void bob.taken[0]?.bye();
    await isOver(sid);
    expect(await statusOf(sid)).toBe('completed');
    await until(() => told().length === 10, 'all has been told', 10_000);
    expect(customer.asked('/voice')).toHaveLength(1);
    // G09: those that lost are completed as well.
    expect(told().filter(each => each.endsWith('canceled'))).toEqual(['2 canceled', '2 canceled']);
  }, 20_000);

  it.each([
    ['D06', 486],
    ['D07', 603],
  ])(
    '%s: two turn it away with %i, and the third is joined',
    async (_, code) => {
      for (const phone of [alice, george]) phone.onCall = invitation => invitation.reject(code);
      leaves(henrique);
      const sid = await place(fork());
      await isOver(sid);
      expect(henrique.taken).toHaveLength(1);
      await until(() => told().filter(each => each.endsWith(' busy')).length === 2, 'both are told', 10_000);
    },
    20_000,
  );

  it('D09: the caller hangs up before any answer: all three are cancelled', async () => {
    const seen = [alice, henrique, george].map(cancelled);
    const sid = await place(fork());
    await until(
      () => [alice, henrique, george].every(({ invitations }) => invitations.length === 1),
      'all ring',
      10_000,
    );
    void bob.taken[0]?.bye();
    await until(() => seen.every(each => each.cancelled), 'all are cancelled', 10_000);
    await isOver(sid);
  }, 20_000);

  it.each(['callee', 'caller'] as const)(
    'D14, G10: nobody answers within the time-out: all are cancelled, and the action dials one of them, once; ended by the %s. All of it is told: 9 times of three, and 4 times of one',
    async who => {
      const seen = [alice, henrique, george].map(cancelled);
      on('/action', `<Dial><Sip statusCallback="/second">${at(alice, 'alice')}</Sip></Dial>`);
      const sid = await place(fork('timeout="2" action="/action"'));
      await until(() => seen.every(each => each.cancelled), 'all are cancelled', 10_000);
      answers(alice);
      await until(() => alice.taken.length === 1, 'she answers the second time', 10_000);
      void (who === 'callee' ? alice : bob).taken[0]?.bye();
      await isOver(sid);
      expect(await statusOf(sid)).toBe('completed');
      expect(customer.asked('/action').map(({ parameters }) => parameters['DialCallStatus'])).toEqual([
        'no-answer',
      ]);
      expect([henrique, george].map(({ invitations }) => invitations.length)).toEqual([1, 1]);
      await until(() => told().length === 9 && told('/second').length === 4, 'all is told', 10_000);
      expect(told()).toEqual(['0 initiated', '1 ringing', '2 no-answer'].flatMap(each => [each, each, each]));
      expect(told('/second')).toEqual(['0 initiated', '1 ringing', '2 in-progress', '3 completed']);
    },
    20_000,
  );
});

describe('E: the action of a Dial', () => {
  it('E06: of somebody who rings while the API ends the caller says completed, once, and both are hung up at once', async () => {
    const seen = cancelled(alice);
    on('/action', '<Say>Nobody hears this.</Say>');
    const sid = await place(
      `<Dial action="/action"><Sip statusCallback="/status">${at(alice, 'alice')}</Sip></Dial><Say>Hello.</Say>`,
    );
    await until(() => alice.invitations.length === 1, 'she rings', 10_000);
    expect((await api(`/Calls/${sid}.json`, { Status: 'completed' })).status).toBe(200);
    await until(() => seen.cancelled && bob.taken[0]?.end !== undefined, 'both are hung up', 5_000);
    await isOver(sid);
    expect(customer.asked('/action').map(({ parameters }) => parameters)).toMatchObject([
      { CallSid: sid, CallStatus: 'completed', DialCallStatus: 'completed', DialCallDuration: '0' },
    ]);
    await until(() => told().length === 3, 'her call’s end is told', 10_000);
    expect(told()).toEqual(['0 initiated', '1 ringing', '2 canceled']);
  }, 20_000);
});

describe('G: status callbacks of a Sip', () => {
  it('G01, G07: are four, in their order', async () => {
    leaves(alice);
    const sid = await place(`<Dial><Sip statusCallback="/status">${at(alice, 'alice')}</Sip></Dial>`);
    await isOver(sid);
    await until(() => told().length === 4, 'all four have come', 10_000);
    expect(told()).toEqual(['0 initiated', '1 ringing', '2 in-progress', '3 completed']);
  });

  it('G03: of one refused with 480 after ringing end with no-answer, numbered 2 as they fired (the row: 3 completed)', async () => {
    alice.onCall = invitation => {
      invitation.progress(180);
      invitation.reject(480);
    };
    const sid = await place(`<Dial><Sip statusCallback="/status">${at(alice, 'alice')}</Sip></Dial>`);
    await isOver(sid);
    await until(() => told().length === 3, 'all three have come', 10_000);
    expect(told()).toEqual(['0 initiated', '1 ringing', '2 no-answer']);
  });
});

describe('H: calls to SIP addresses that the API places', () => {
  it('H01, H02: are asked for their document once they are answered; H15: and are told four times', async () => {
    const sid = await place('<Pause length="1"/>', {
      To: at(bob, 'bob', '?X-Custom-Header1=1234&X-Custom-Header2=4321'),
      StatusCallback: `${customer.url}/status`,
    });
    await isOver(sid);
    expect(headerOf(bob, 'X-Custom-Header1')).toBe('1234');
    expect(headerOf(bob, 'X-Custom-Header2')).toBe('4321');
    expect(headerOf(bob, 'X-RestComm-CallSid')).toBe(sid);
    await until(
      () => told().at(-1) === '3 completed' || told().at(-1) === '2 completed',
      'its end is told',
      10_000,
    );
    expect(told()[0]).toBe('0 initiated');
  });

  it('H13: refused with 500 after ringing is failed, and its document is not asked', async () => {
    bob.onCall = invitation => {
      invitation.progress(180);
      invitation.reject(500);
    };
    const sid = await place('<Pause/>');
    await isOver(sid);
    expect(await statusOf(sid)).toBe('failed');
    expect(customer.asked('/voice')).toEqual([]);
  });
});
