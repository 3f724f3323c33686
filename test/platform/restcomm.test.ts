/**
 * Restcomm applications with telephones. Rows of the behaviours that its own test suite asserts are named by their numbers; where a
 * row differs here its name says how.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { OWN, PHONE, TestPlatform } from '../support/test-platform.ts';

let test: TestPlatform;
let base: string;

beforeAll(async () => {
  test = await TestPlatform.start();
  base = `/restcomm/2012-04-24/Accounts/${test.account}`;
});
afterEach(async () => {
  await test.clear();
  await number({ VoiceUrl: '', VoiceFallbackUrl: '', StatusCallback: '', VoiceApplicationSid: '' });
  // So that the next call is newer than this one.
  await test.clock.advance(1_000);
});
afterAll(() => test.close());

interface Call {
  sid: string;
  status: string;
  direction: string;
  duration?: number;
  ring_duration?: number;
  from: string;
  to: string;
}

const on = (path: string, verbs: string) => test.customer.on(path, `<Response>${verbs}</Response>`);
const api = <T = Record<string, unknown>>(path: string, form?: Record<string, string>, method?: string) =>
  test.api<T>(base + path, { ...(form && { form }), ...(method !== undefined && { method }) });
const phone = (e164: string) => test.platform.handsets.get(e164);
const comesIn = (from: string = PHONE.ringsOn) => test.platform.handsets.dial(from, OWN);
const hangsUp = (e164: string) => test.platform.handsets.hangUp(e164);

async function number(form: Record<string, string>): Promise<void> {
  const { body } = await api<{ incoming_phone_numbers: { sid: string }[] }>(
    `/IncomingPhoneNumbers.json?PhoneNumber=${encodeURIComponent(OWN)}`,
  );
  const { status } = await api(`/IncomingPhoneNumbers/${body.incoming_phone_numbers[0]?.sid}.json`, form);
  expect(status).toBe(200);
}

/** The newest call that came in or was placed. */
async function rootCall(): Promise<Call> {
  const { body } = await api<{ calls: Call[] }>('/Calls.json?SortBy=DateCreated:desc&PageSize=20');
  return body.calls.find(({ direction }) => direction !== 'outbound-dial') as Call;
}

const place = async (to: string, more: Record<string, string> = {}) => {
  const { status, body } = await api<Call>('/Calls.json', {
    To: to,
    From: OWN,
    Url: `${test.customer.url}/voice`,
    ...more,
  });
  expect(status).toBe(200);
  return body;
};
const told = (path: string) =>
  test.customer
    .asked(path)
    .map(({ parameters: p }) => `${p['SequenceNumber']} ${p['CallStatus']}`)
    .sort();
const action = () => test.customer.asked('/action').map(({ parameters }) => parameters);

describe('A: a call that comes in', () => {
  it('A02: is asked for with the platform’s parameters', async () => {
    await number({ VoiceUrl: on('/voice', '<Hangup/>'), VoiceMethod: 'GET' });
    comesIn();
    await test.settled();
    const [asked, ...more] = test.customer.asked('/voice');
    expect(more).toEqual([]);
    expect(asked).toMatchObject({ method: 'GET', genuine: true });
    expect(Object.keys(asked?.parameters ?? {})).toEqual(
      expect.arrayContaining(
        'CallSid InstanceId AccountSid From To CallStatus ApiVersion Direction CallerName ForwardedFrom CallTimestamp'.split(
          ' ',
        ),
      ),
    );
  });

  it('A18: is rejected with 480, the voice service having no 603, and nothing after it is carried out', async () => {
    await number({ VoiceUrl: on('/voice', `<Reject/><Dial>${PHONE.answers}</Dial>`) });
    comesIn();
    await test.settled();
    expect(phone(PHONE.ringsOn)).toMatchObject({ lastEnd: { sipCode: 480 } });
    expect(phone(PHONE.answers).heard).toEqual([]);
  });

  it('A20: rings on through a Pause, and is then rejected as busy', async () => {
    await number({ VoiceUrl: on('/voice', '<Pause length="5"/><Reject reason="busy"/>') });
    comesIn();
    await test.clock.advance(4_000);
    expect(phone(PHONE.ringsOn).state).toBe('ringing');
    await test.settled();
    expect(phone(PHONE.ringsOn)).toMatchObject({ lastEnd: { by: 'far-end', sipCode: 486 } });
  });

  it('A21: ends with a Play that cannot be played (here before it is answered), and nobody is dialled', async () => {
    const missing = 'http://127.0.0.1:1/missing.wav';
    await number({ VoiceUrl: on('/voice', `<Play>${missing}</Play><Dial>${PHONE.answers}</Dial>`) });
    comesIn();
    await test.settled();
    expect(phone(PHONE.ringsOn).state).toBe('idle');
    expect((await rootCall()).status).toBe('completed');
    expect((await api<{ total: number }>('/Calls.json?To=%2B12025550100&Status=completed')).body.total).toBe(
      0,
    );
  });
});

describe('B: a Dial of one telephone', () => {
  it('B01, B19: answers the caller before it rings; the callee hangs up, and the document goes on', async () => {
    await number({ VoiceUrl: on('/voice', `<Dial>${PHONE.answersLate}</Dial><Say>They have left.</Say>`) });
    comesIn();
    await test.clock.advance(2_000);
    expect(phone(PHONE.ringsOn).state).toBe('in-call');
    await test.clock.advance(20_000);
    hangsUp(PHONE.answersLate);
    await test.settled();
    expect(test.heard(PHONE.ringsOn)).toContain('They have left.');
    const root = await rootCall();
    expect(root).toMatchObject({ status: 'completed', direction: 'inbound' });
    const { body } = await api<{ calls: Call[] }>(`/Calls.json?ParentCallSid=${root.sid}`);
    expect(body.calls).toMatchObject([{ direction: 'outbound-dial', status: 'completed' }]);
  });

  it('B02: the caller hangs up, and so is the callee', async () => {
    await number({ VoiceUrl: on('/voice', `<Dial>${PHONE.answersLate}</Dial>`) });
    comesIn();
    await test.clock.advance(20_000);
    hangsUp(PHONE.ringsOn);
    await test.settled();
    expect(phone(PHONE.answersLate).state).toBe('idle');
    expect((await rootCall()).status).toBe('completed');
  });

  it.each([
    ['B03: is turned away', PHONE.rejects],
    ['B05: is busy', PHONE.busy],
    ['B06: is not answered within its time-out', PHONE.ringsOn],
  ])('%s: the caller is hung up where nothing follows', async (_, callee) => {
    await number({ VoiceUrl: on('/voice', `<Dial timeout="10"><Number>${callee}</Number></Dial>`) });
    comesIn(PHONE.answers);
    await test.settled();
    expect(phone(PHONE.answers)).toMatchObject({ state: 'idle', lastEnd: { by: 'far-end' } });
    expect((await rootCall()).status).toBe('completed');
  });

  it('B12, B15: one after the other, each cancelled at its own time-out, until one answers', async () => {
    const dials = [PHONE.ringsOn, PHONE.answersLate, PHONE.busy].map(
      each => `<Dial timeout="10">${each}</Dial>`,
    );
    await number({ VoiceUrl: on('/voice', dials.join('')) });
    comesIn(PHONE.answers);
    await test.clock.advance(30_000);
    expect([phone(PHONE.ringsOn).state, phone(PHONE.answersLate).state]).toEqual(['idle', 'in-call']);
  });

  it('B14: an answered Dial goes on with the next verb, as documented (the row: the call ends)', async () => {
    await number({ VoiceUrl: on('/voice', `<Dial>${PHONE.leavesSoon}</Dial><Dial>${PHONE.busy}</Dial>`) });
    comesIn(PHONE.answers);
    await test.settled();
    const { sid } = await rootCall();
    const { body } = await api<{ calls: Call[] }>(`/Calls.json?ParentCallSid=${sid}`);
    expect(body.calls.map(({ status }) => status)).toEqual(['completed', 'busy']);
  });

  it('B16: by way of actions, each of them asked once', async () => {
    const last = on('/last', `<Dial timeout="5">${PHONE.busy}</Dial>`);
    const next = on('/next', `<Dial timeout="5" action="${last}">${PHONE.rejects}</Dial>`);
    await number({ VoiceUrl: on('/voice', `<Dial timeout="5" action="${next}">${PHONE.ringsOn}</Dial>`) });
    comesIn(PHONE.answers);
    await test.settled();
    expect(test.customer.requests.map(({ path }) => path)).toEqual(['/voice', '/next', '/last']);
  });
});

describe('E: the action of a Dial', () => {
  it('E01: of somebody who cannot be dialled says failed, and names no call', async () => {
    await number({ VoiceUrl: on('/voice', '<Dial action="/action"><Client>no body</Client></Dial>') });
    comesIn();
    await test.settled();
    expect(action()).toMatchObject([
      { DialCallStatus: 'failed', DialCallSid: 'null', DialCallDuration: '0', CallStatus: 'in-progress' },
    ]);
    expect(phone(PHONE.ringsOn)).toMatchObject({ state: 'idle' });
  });

  it('E02, E07: of somebody who answered says how long it rang and was talked; the dialled call is an outbound-dial', async () => {
    await number({
      VoiceUrl: on('/voice', `<Dial timeLimit="10" action="/action">${PHONE.answersLate}</Dial>`),
    });
    comesIn();
    await test.clock.advance(4_000);
    for (let waited = 0; phone(PHONE.answersLate).state !== 'in-call' && waited < 60; waited++)
      await test.clock.advance(500);
    await test.clock.advance(3_000);
    hangsUp(PHONE.answersLate);
    await test.settled();
    const [said, ...more] = action();
    expect(more).toEqual([]);
    expect(said).toMatchObject({ DialCallStatus: 'completed', DialCallDuration: '3' });
    const { body } = await api<Call>(`/Calls/${said?.['DialCallSid']}.json`);
    expect(body).toMatchObject({ direction: 'outbound-dial', duration: 3, status: 'completed' });
    expect(said?.['DialRingDuration']).toBe(String(body.ring_duration));
  });

  it('E04: of somebody who did not answer says no-answer, as documented (the row: canceled)', async () => {
    await number({ VoiceUrl: on('/voice', `<Dial timeout="3" action="/action">${PHONE.ringsOn}</Dial>`) });
    comesIn(PHONE.answers);
    await test.settled();
    expect(action()).toMatchObject([
      {
        DialCallStatus: 'no-answer',
        DialCallDuration: '0',
        DialRingDuration: expect.stringMatching(/^[1-9]/),
      },
    ]);
  });

  it('of somebody who is busy says so', async () => {
    await number({ VoiceUrl: on('/voice', `<Dial action="/action">${PHONE.busy}</Dial>`) });
    comesIn();
    await test.settled();
    expect(action()).toMatchObject([{ DialCallStatus: 'busy' }]);
  });

  it('E06: of somebody who rings while the API ends the caller says completed, once, and both are hung up', async () => {
    await number({
      VoiceUrl: on('/voice', `<Dial action="/action">${PHONE.ringsOn}</Dial><Say>Hello.</Say>`),
    });
    on('/action', '<Say>Nobody hears this.</Say>');
    comesIn(PHONE.answers);
    await test.clock.advance(3_000);
    const { sid } = await rootCall();
    expect((await api(`/Calls/${sid}.json`, { Status: 'completed' })).status).toBe(200);
    await test.settled();
    expect([phone(PHONE.answers).state, phone(PHONE.ringsOn).state]).toEqual(['idle', 'idle']);
    expect(action()).toMatchObject([
      { CallSid: sid, CallStatus: 'completed', DialCallStatus: 'completed', DialCallDuration: '0' },
    ]);
    expect(test.heard(PHONE.answers).join('')).toBe('');
  });
});

describe('F: an application that delays the answer', () => {
  const applied = async (verbs: string) => {
    const { body } = await api<{ sid: string }>('/Applications.json', {
      FriendlyName: 'Desk',
      RcmlUrl: on('/voice', verbs),
      DelayAnswer: 'true',
    });
    await number({ VoiceApplicationSid: body.sid });
  };

  it('F01: lets the caller ring until the callee answers', async () => {
    await applied(`<Dial>${PHONE.answersLate}</Dial>`);
    comesIn();
    await test.clock.advance(2_000);
    expect(phone(PHONE.ringsOn).state).toBe('ringing');
    await test.clock.advance(30_000);
    expect(phone(PHONE.ringsOn).state).toBe('in-call');
  });

  it.each([
    ['F04: with 486 when the callee is busy', PHONE.busy, 486],
    ['F05: with 480, the voice service having no 408, when the callee does not answer', PHONE.ringsOn, 480],
  ])('turns the caller away %s', async (_, callee, code) => {
    await applied(`<Dial timeout="10"><Number>${callee}</Number></Dial>`);
    comesIn(PHONE.answers);
    await test.settled();
    expect(phone(PHONE.answers)).toMatchObject({ state: 'idle', lastEnd: { by: 'far-end', sipCode: code } });
  });

  it('F08: keeps the caller unanswered through an action that dials somebody else', async () => {
    on('/action', `<Dial>${PHONE.answersLate}</Dial>`);
    await applied(`<Dial timeout="5" action="/action">${PHONE.busy}</Dial>`);
    comesIn();
    await test.clock.advance(2_000);
    expect(phone(PHONE.ringsOn).state).toBe('ringing');
    await test.clock.advance(40_000);
    expect(phone(PHONE.ringsOn).state).toBe('in-call');
  });

  it('F09: answers for what is heard', async () => {
    on('/action', '<Say>Nobody is there.</Say>');
    await applied(`<Dial action="/action">${PHONE.busy}</Dial>`);
    comesIn();
    await test.settled();
    expect(test.heard(PHONE.ringsOn)).toEqual(['Nobody is there.']);
  });

  it('F13: delays nothing once something was heard', async () => {
    await applied(`<Say>Hello.</Say><Dial>${PHONE.answersLate}</Dial>`);
    comesIn();
    await test.clock.advance(1_500);
    expect(phone(PHONE.ringsOn).state).toBe('in-call');
    hangsUp(PHONE.ringsOn);
    await test.settled();
  });
});

describe('G: status callbacks', () => {
  const dialled = (callee: string, attributes = '', more = '') =>
    on(
      '/voice',
      `<Dial timeout="5"${more}><Number statusCallback="/status" ${attributes}>${callee}</Number></Dial>`,
    );

  it('G08: of a Number are four, in their order; an answer is in-progress, as documented', async () => {
    await number({ VoiceUrl: dialled(PHONE.leavesSoon) });
    comesIn();
    await test.settled();
    // The voice service does not tell of the ringing of a telephone that a Dial calls.
    expect(told('/status')).toEqual(['0 initiated', '1 in-progress', '2 completed']);
    const asked = test.customer.asked('/status');
    expect(asked.map(({ method, genuine }) => [method, genuine])).toEqual(Array(3).fill(['POST', true]));
    const { sid } = await rootCall();
    for (const { parameters } of asked)
      expect(parameters).toMatchObject({ ParentCallSid: sid, CallbackSource: 'call-progress-events' });
  });

  it('G03: of somebody busy end with that, as documented (the row: 3 completed)', async () => {
    await number({ VoiceUrl: dialled(PHONE.busy) });
    comesIn();
    await test.settled();
    expect(told('/status')).toEqual(['0 initiated', '1 busy']);
  });

  it('G04, G05: are those that were asked for, by the method that was asked for', async () => {
    await number({
      VoiceUrl: dialled(
        PHONE.leavesSoon,
        'statusCallbackEvent="initiated,  completed" statusCallbackMethod="get"',
      ),
    });
    comesIn();
    await test.settled();
    expect(told('/status')).toEqual(['0 initiated', '2 completed']);
    expect(test.customer.asked('/status').map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  it('G11: of a number are one for each status of its call', async () => {
    const StatusCallback = `${test.customer.url}/number`;
    await number({
      VoiceUrl: on('/voice', `<Dial action="/action" method="GET">${PHONE.leavesSoon}</Dial>`),
      StatusCallback,
      StatusCallbackMethod: 'GET',
    });
    on('/action', '<Hangup/>');
    comesIn();
    await test.settled();
    expect(told('/number')).toEqual(['0 ringing', '1 in-progress', '2 completed']);
    expect(test.customer.asked('/number').every(({ method }) => method === 'GET')).toBe(true);
  });
});

describe('H: a call that the API places', () => {
  it('H08: asks its document once it is answered; whom that dials is joined', async () => {
    on('/voice', `<Dial>${PHONE.leavesSoon}</Dial>`);
    const { sid, status } = await place(PHONE.answers);
    expect(status).toBe('queued');
    await test.settled();
    expect((await api<Call>(`/Calls/${sid}.json`)).body).toMatchObject({
      status: 'completed',
      direction: 'outbound-api',
    });
  });

  it('H10: that nobody answers is cancelled at its Timeout, and its document is not asked', async () => {
    const { sid } = await place(PHONE.ringsOn, { Timeout: '7' });
    await test.settled();
    expect((await api<Call>(`/Calls/${sid}.json`)).body.status).toBe('no-answer');
    expect(test.customer.requests).toEqual([]);
  });

  it('H06: whose document cannot be had is hung up', async () => {
    test.customer.on('/voice', { status: 404 });
    const { sid } = await place(PHONE.answers);
    await test.settled();
    expect((await api<Call>(`/Calls/${sid}.json`)).body.status).toBe('completed');
  });

  it.each([
    ['H11', PHONE.ringsOn],
    ['H12', PHONE.busy],
  ])('%s: is hung up when whom its document dials does not answer', async (_, callee) => {
    on('/voice', `<Dial timeout="10">${callee}</Dial>`);
    await place(PHONE.answers);
    await test.settled();
    expect(phone(PHONE.answers)).toMatchObject({ state: 'idle', lastEnd: { by: 'far-end' } });
  });

  it('H15: has its status told four times, by the method that was asked for', async () => {
    on('/voice', '<Pause/>');
    await place(PHONE.answers, {
      StatusCallback: `${test.customer.url}/status`,
      StatusCallbackMethod: 'GET',
    });
    await test.settled();
    expect(told('/status')).toEqual(['0 initiated', '1 ringing', '2 in-progress', '3 completed']);
    expect(test.customer.asked('/status').every(({ method }) => method === 'GET')).toBe(true);
  });

  it('is told in XML unless .json is in its path', async () => {
    on('/voice', '<Pause/>');
    const { accountSid, authToken } = test.platform.info;
    const answer = await fetch(`${test.platform.url}/api/2012-04-24/Accounts/${accountSid}/Calls`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
      body: new URLSearchParams({ To: PHONE.answers, From: OWN, Url: `${test.customer.url}/voice` }),
    });
    expect(answer.headers.get('content-type')).toBe('application/xml');
    expect(await answer.text()).toMatch(/<RestcommResponse><Call><Sid>CA[0-9a-f]{32}<\/Sid>/);
    await test.settled();
  });
});

describe('I: a call in its course', () => {
  const talking = async () => {
    on('/voice', `<Dial timeLimit="600">${PHONE.answersLate}</Dial>`);
    const { sid } = await place(PHONE.answers);
    await test.clock.advance(40_000);
    expect(phone(PHONE.answersLate).state).toBe('in-call');
    return sid;
  };
  const change = (sid: string, form: Record<string, string>) => api(`/Calls/${sid}.json`, form);

  it('I01: is ended with both its legs; I02: which cannot be done again, 410', async () => {
    const sid = await talking();
    expect((await change(sid, { Status: 'completed' })).status).toBe(200);
    await test.settled();
    expect([phone(PHONE.answers).state, phone(PHONE.answersLate).state]).toEqual(['idle', 'idle']);
    expect((await change(sid, { Status: 'completed' })).status).toBe(410);
  });

  it('is not cancelled once it is in progress, and goes on', async () => {
    const sid = await talking();
    expect(await change(sid, { Status: 'canceled' })).toMatchObject({
      status: 200,
      body: { status: 'in-progress' },
    });
    expect(phone(PHONE.answersLate).state).toBe('in-call');
  });

  it('I04: goes on with another document, and the other leg is hung up', async () => {
    const sid = await talking();
    const Url = on('/next', `<Dial timeLimit="600">${PHONE.presses}</Dial>`);
    expect((await change(sid, { Url })).status).toBe(200);
    await test.clock.advance(10_000);
    expect([PHONE.answers, PHONE.answersLate, PHONE.presses].map(each => phone(each).state)).toEqual([
      'in-call',
      'idle',
      'in-call',
    ]);
  });

  it('I07: that there is not cannot be changed, 406, nor read, 404', async () => {
    const nobody = `CA${'0'.repeat(32)}`;
    expect((await change(nobody, { Status: 'completed' })).status).toBe(406);
    expect((await api(`/Calls/${nobody}.json`)).status).toBe(404);
  });

  it.each([
    { Mute: 'true' },
    { Url: 'https://example.com/', MoveConnectedCallLeg: 'true' },
    { Colour: 'red' },
  ])('is not changed by %j, 409', async form => {
    const sid = await talking();
    expect((await change(sid, form as unknown as Record<string, string>)).status).toBe(409);
    expect(phone(PHONE.answersLate).state).toBe('in-call');
  });

  it.each([
    ['I09', { Status: 'completed' }],
    ['I10', { Url: '/hangup' }],
  ])('%s: while its Dial rings is ended with all that rings', async (_, form) => {
    on('/voice', `<Dial timeout="60">${PHONE.ringsOn}</Dial>`);
    on('/hangup', '<Hangup/>');
    const { sid } = await place(PHONE.answers);
    await test.clock.advance(10_000);
    expect(phone(PHONE.ringsOn).state).toBe('ringing');
    const asked = 'Url' in form ? { Url: `${test.customer.url}${form.Url}` } : form;
    expect((await change(sid, asked as Record<string, string>)).status).toBe(200);
    await test.settled();
    expect([phone(PHONE.answers).state, phone(PHONE.ringsOn).state]).toEqual(['idle', 'idle']);
  });
});

describe('I: lists of calls', () => {
  it('I15, I16: are filtered, sorted and paged', async () => {
    on('/voice', '<Pause/>');
    const first = await place(PHONE.answers);
    await test.settled();
    await test.clock.advance(1_000);
    const last = await place(PHONE.busy);
    await test.settled();
    const list = async (query: string) =>
      (await api<{ calls: Call[]; total: number }>(`/Calls.json?${query}`)).body;
    const sids = async (query: string) => (await list(query)).calls.map(({ sid }) => sid);
    expect(await sids('Status=busy&To=5550101&SortBy=DateCreated:desc&PageSize=1')).toEqual([last.sid]);
    expect((await sids('SortBy=DateCreated:desc&PageSize=2')).slice(0, 2)).toEqual([last.sid, first.sid]);
    const asc = await sids('SortBy=DateCreated&PageSize=1000');
    expect(asc.indexOf(first.sid)).toBeLessThan(asc.indexOf(last.sid));
    expect(await sids('From=%2B1202%25&To=%25550101&SortBy=DateCreated:desc&PageSize=1')).toEqual([last.sid]);
    expect((await api('/Calls.json?Page=999')).status).toBe(400);
  });
});

describe('J: keys', () => {
  it('are taken by a Gather, and its action is told of them', async () => {
    on('/voice', '<Gather numDigits="3" action="/action"><Say>Press three keys.</Say></Gather>');
    on('/action', '<Say>Thank you.</Say>');
    await place(PHONE.answers);
    await test.clock.advance(5_000);
    test.platform.handsets.press(PHONE.answers, '421');
    await test.settled();
    expect(action()).toMatchObject([{ Digits: '421' }]);
    expect(test.heard(PHONE.answers)).toContain('Thank you.');
  });

  it('J10: that nobody presses let the document go on', async () => {
    on('/voice', '<Gather timeout="3"><Say>Press a key.</Say><Pause/></Gather>');
    await place(PHONE.answers);
    await test.settled();
    expect(phone(PHONE.answers)).toMatchObject({ state: 'idle', lastEnd: { by: 'far-end' } });
    expect(test.customer.requests.map(({ path }) => path)).toEqual(['/voice']);
  });
});
