/** Changing a call in its course, and looking at calls afterwards. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { OWN, PHONE, RINGING, TestPlatform } from '../support/test-platform.ts';

const SILENCE = '<Response><Pause length="100"/></Response>';

describe('a live call', () => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.start();
  });
  afterEach(() => test.clear());
  afterAll(() => test.close());

  const on = (path: string, verbs: string) => test.customer.on(path, `<Response>${verbs}</Response>`);
  const phone = (number: string) => test.platform.handsets.get(number);
  const childOf = (callSid: string) => `${callSid.slice(0, -4)}0001`;

  /** A call that is up, and stays. */
  async function talking(to: string, document: Record<string, string> = { Twiml: SILENCE }): Promise<string> {
    const callSid = await test.call(to, { ...document, StatusCallback: `${test.customer.url}/status` });
    await test.clock.advance(3_000);
    expect(await test.read(callSid)).toMatchObject({ status: 'in-progress' });
    return callSid;
  }

  describe('that is to end', () => {
    it('is hung up by Status=completed', async () => {
      const callSid = await talking(PHONE.answers);
      expect(await test.update(callSid, { Status: 'completed' })).toMatchObject({
        status: 200,
        body: { sid: callSid },
      });
      await test.settled();
      expect(await test.read(callSid)).toMatchObject({ status: 'completed' });
      expect(phone(PHONE.answers)).toMatchObject({ state: 'idle', lastEnd: { by: 'far-end' } });
      expect(test.told()).toEqual(['0 completed']);
    });

    it('takes the phone that it rings with it', async () => {
      const callSid = await test.call(PHONE.ringsOn, {
        Twiml: SILENCE,
        StatusCallback: `${test.customer.url}/status`,
      });
      await test.clock.advance(5_000);
      expect(phone(PHONE.ringsOn).state).toBe('ringing');
      expect((await test.update(callSid, { Status: 'canceled' })).status).toBe(200);
      await test.settled();
      expect(phone(PHONE.ringsOn).state).toBe('idle');
      expect(await test.read(callSid)).toMatchObject({ status: 'canceled', duration: '0' });
      expect(test.told()).toEqual(['0 canceled']);
    });

    it('takes the callee with it when it is bridged', async () => {
      const callSid = await talking(PHONE.answers, {
        Twiml: `<Response><Dial>${PHONE.leavesSoon}</Dial></Response>`,
      });
      await test.update(callSid, { Status: 'completed' });
      await test.settled();
      expect(phone(PHONE.leavesSoon).state).toBe('idle');
      expect(await test.read(childOf(callSid))).toMatchObject({ status: 'completed' });
      expect(await test.read(callSid)).toMatchObject({ status: 'completed' });
    });

    it('has the action of a Dial that rings told of it once, as of a call that is over', async () => {
      const Url = on('/voice', `<Dial timeout="15" action="/after">${PHONE.ringsOn}</Dial>`);
      on('/after', '<Say>Nobody hears this.</Say>');
      const callSid = await talking(PHONE.answers, { Url });
      await test.update(callSid, { Status: 'completed' });
      await test.settled();
      expect(phone(PHONE.answers)).toMatchObject({ state: 'idle' });
      expect(new Set(test.heard(PHONE.answers))).toEqual(new Set([RINGING]));
      expect(test.customer.asked('/after').map(({ parameters }) => parameters)).toMatchObject([
        { CallSid: callSid, CallStatus: 'completed', DialCallStatus: 'canceled', DialBridged: 'false' },
      ]);
    });

    it('can be the dialled one: the call that dialled it goes on', async () => {
      const Url = on('/voice', `<Dial action="/after">${PHONE.answersLate}</Dial>`);
      on('/after', '<Say>They had to go.</Say><Pause length="100"/>');
      const callSid = await talking(PHONE.answers, { Url });
      await test.clock.advance(10_000);
      expect(phone(PHONE.answersLate).state).toBe('in-call');
      expect((await test.update(childOf(callSid), { Status: 'completed' })).status).toBe(200);
      await test.clock.advance(5_000);
      expect(phone(PHONE.answersLate).state).toBe('idle');
      expect(test.heard(PHONE.answers)).toEqual([RINGING, 'They had to go.']);
    });

    it('cannot be canceled any more once it is in progress', async () => {
      const callSid = await talking(PHONE.answers);
      expect(await test.update(callSid, { Status: 'canceled' })).toMatchObject({
        status: 422,
        body: { code: 21220 },
      });
    });
  });

  it('that waits in the queue is canceled without a sound', async () => {
    // Calls go out at the account's rate: what is behind many others waits.
    const others = await Promise.all(
      Array.from({ length: 12 }, () => test.call(PHONE.busy, { Twiml: SILENCE })),
    );
    const ringCount = phone(PHONE.answers).ringCount;
    const callSid = await test.call(PHONE.answers, {
      Twiml: SILENCE,
      StatusCallback: `${test.customer.url}/status`,
    });
    expect(await test.read(callSid)).toMatchObject({ status: 'queued' });
    expect((await test.update(callSid, { Status: 'canceled' })).body).toMatchObject({ status: 'canceled' });
    await test.settled();
    expect(phone(PHONE.answers).ringCount).toBe(ringCount);
    expect(test.told()).toEqual(['0 canceled']);
    expect(test.story(callSid)).toEqual(['Call Queued: queued', 'Call Completed: canceled']);
    const states = await Promise.all(others.map(sid => test.read(sid)));
    expect(new Set(states.map(({ status }) => status))).toEqual(new Set(['busy']));
  });

  describe('that is sent to another document', () => {
    it('stops speaking and goes there', async () => {
      const callSid = await talking(PHONE.answers, {
        Twiml: '<Response><Say loop="0">On and on.</Say></Response>',
      });
      await test.update(callSid, { Url: on('/other', '<Say>Something else.</Say>') });
      await test.settled();
      expect(test.heard(PHONE.answers).at(-1)).toBe('Something else.');
      expect(test.customer.asked('/other')).toMatchObject([{ parameters: { CallSid: callSid } }]);
    });

    it('does so with a document at hand, too', async () => {
      const callSid = await talking(PHONE.answers);
      await test.update(callSid, { Twiml: '<Response><Say>At once.</Say></Response>' });
      await test.settled();
      expect(test.heard(PHONE.answers)).toEqual(['At once.']);
    });

    it('leaves the callee: that one is hung up, and the action is not asked', async () => {
      const Url = on('/voice', `<Dial action="/after">${PHONE.answersLate}</Dial>`);
      const callSid = await talking(PHONE.answers, { Url });
      await test.clock.advance(10_000);
      await test.update(callSid, { Url: on('/other', '<Say>Something else.</Say>') });
      await test.settled();
      expect(phone(PHONE.answersLate).state).toBe('idle');
      expect(test.heard(PHONE.answers)).toEqual([RINGING, 'Something else.']);
      expect(test.customer.asked('/after')).toEqual([]);
      expect(await test.read(childOf(callSid))).toMatchObject({ status: 'completed' });
    });

    it('goes there after the phone that it rings has been given up', async () => {
      const Url = on('/voice', `<Dial timeout="15">${PHONE.ringsOn}</Dial>`);
      const callSid = await talking(PHONE.answers, { Url });
      await test.update(callSid, { Url: on('/other', '<Say>Something else.</Say>') });
      await test.settled();
      expect(test.heard(PHONE.answers).filter(sound => sound !== RINGING)).toEqual(['Something else.']);
      expect(await test.read(childOf(callSid))).toMatchObject({ status: 'no-answer' });
    });

    it('is not while it rings', async () => {
      const callSid = await test.call(PHONE.ringsOn, { Twiml: SILENCE, Timeout: '10' });
      await test.clock.advance(2_000);
      expect(await test.update(callSid, { Url: on('/other', '') })).toMatchObject({
        status: 422,
        body: { code: 21220 },
      });
      await test.settled();
    });

    it('is not when it is over', async () => {
      const callSid = await test.call(PHONE.busy, { Twiml: SILENCE });
      await test.settled();
      expect(await test.update(callSid, { Url: on('/other', '') })).toMatchObject({ body: { code: 21220 } });
      expect(await test.update(callSid, { Status: 'completed' })).toMatchObject({ body: { code: 21220 } });
    });
  });

  it('tells another subscriber from the moment at which it is told to', async () => {
    const callSid = await talking(PHONE.answers);
    await test.update(callSid, { StatusCallback: `${test.customer.url}/elsewhere` });
    test.platform.handsets.hangUp(PHONE.answers);
    await test.settled();
    expect(test.told()).toEqual([]);
    expect(test.told('/elsewhere')).toEqual(['0 completed']);
  });

  describe('afterwards', () => {
    it('is deleted, and leaves its dialled call', async () => {
      const callSid = await test.call(PHONE.answers, {
        Twiml: `<Response><Dial>${PHONE.busy}</Dial></Response>`,
      });
      await test.clock.advance(500);
      const path = `${test.accountPath}/Calls/${callSid}.json`;
      expect(await test.api(path, { method: 'DELETE' })).toMatchObject({
        status: 409,
        body: { code: 20009 },
      });
      await test.settled();
      expect((await test.api(path, { method: 'DELETE' })).status).toBe(204);
      expect((await test.api(path)).status).toBe(404);
      expect((await test.api(path, { method: 'DELETE' })).status).toBe(404);
      expect(await test.read(childOf(callSid))).toMatchObject({ status: 'busy' });
    });

    it('shows each callback with every request that was made for it', async () => {
      let tries = 0;
      test.customer.on('/status', () => ({ status: ++tries < 3 ? 503 : 204 }));
      const callSid = await test.call(PHONE.busy, {
        Twiml: SILENCE,
        StatusCallback: `${test.customer.url}/status`,
      });
      await test.clock.advance(60_000);
      await test.settled();
      const { body } = await test.api<{ events: { request: Record<string, unknown>; response: object }[] }>(
        `${test.accountPath}/Calls/${callSid}/Events.json`,
      );
      expect(body.events).toMatchObject([
        { response: { response_code: 503 } },
        { response: { response_code: 503 } },
        { response: { response_code: 204 } },
      ]);
      expect(body.events[0]?.request).toMatchObject({
        method: 'POST',
        url: `${test.customer.url}/status`,
        parameters: { call_sid: callSid, call_status: 'busy' },
      });
      expect(test.bus.filter(({ type }) => type === 'Callback Delivered')).toHaveLength(1);
    });
  });
});

describe('a list of calls', () => {
  let test: TestPlatform;
  let sids: string[];
  let start: string;

  beforeAll(async () => {
    test = await TestPlatform.start();
    start = new Date(test.clock.now()).toISOString().replace(/\.\d+/, '');
    sids = [];
    for (const to of [PHONE.busy, PHONE.rejects, PHONE.answers, PHONE.busy, PHONE.unreachable]) {
      sids.unshift(
        await test.call(to, { Twiml: `<Response><Dial>${PHONE.busy}</Dial></Response>`, From: OWN }),
      );
      await test.clock.advance(60_000);
    }
    // The third call dialled another one, which is listed before it.
    sids.splice(2, 0, `${sids[2]?.slice(0, -4)}0001`);
  });
  afterAll(() => test.close());

  interface Page {
    calls: { sid: string; start_time: string }[];
    next_page_uri: string | null;
  }
  const list = async (query: string) =>
    (await test.api<Page>(`${test.accountPath}/Calls.json${query}`)).body.calls.map(({ sid }) => sid);
  const at = (minutes: number) => {
    const ms = Date.parse(start) + minutes * 60_000;
    return new Date(ms).toISOString().replace(/\.\d+/, '');
  };

  it('has the newest first, and each call once, however small the pages', async () => {
    expect(await list('')).toEqual(sids);
    for (const size of [1, 2, 3, 6, 50]) {
      const seen: string[] = [];
      let uri: string | null = `${test.accountPath}/Calls.json?PageSize=${size}`;
      while (uri !== null) {
        const { body }: { body: Page } = await test.api<Page>(uri);
        expect(body.calls.length).toBeLessThanOrEqual(size);
        seen.push(...body.calls.map(({ sid }) => sid));
        uri = body.next_page_uri;
      }
      expect(seen).toEqual(sids);
    }
  });

  it('has what its filters ask for', async () => {
    const encoded = (number: string) => encodeURIComponent(number);
    expect(await list(`?To=${encoded(PHONE.busy)}`)).toEqual([sids[1], sids[2], sids[5]]);
    expect(await list(`?From=${encoded('+12025550119')}`)).toEqual([]);
    expect(await list('?Status=busy')).toEqual([sids[1], sids[2], sids[5]]);
    expect(await list('?Status=failed&Status=no-answer')).toEqual([sids[0], sids[4]]);
    expect(await list(`?ParentCallSid=${sids[3]}`)).toEqual([sids[2]]);
    expect(await list(`?StartTime%3E=${at(2.5)}`)).toEqual([sids[0], sids[1]]);
    expect(await list(`?StartTime%3C=${at(1.5)}`)).toEqual([sids[4], sids[5]]);
    expect(await list(`?EndTime%3E=${at(0.5)}&EndTime%3C=${at(1.5)}`)).toEqual([sids[4]]);
    expect(await list(`?StartTime=${start.slice(0, 10)}&PageSize=2`)).toEqual(sids.slice(0, 2));
    expect(await list('?StartTime%3E=2031-01-01')).toEqual([]);
  });

  it('pages through what is filtered', async () => {
    const { body } = await test.api<Page>(`${test.accountPath}/Calls.json?Status=busy&PageSize=2`);
    expect(body.calls).toHaveLength(2);
    const next = await test.api<Page>(body.next_page_uri as string);
    expect(next.body.calls.map(({ sid }) => sid)).toEqual([sids[5]]);
    expect(next.body.next_page_uri).toBeNull();
  });

  it('is of one account, in the spelling of its path', async () => {
    const uuid = test.account.slice(2).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    const { body } = await test.api<Page & { uri: string }>(
      `/api/laml/2010-04-01/Accounts/${uuid}/Calls?PageSize=1`,
    );
    expect(body.calls[0]?.sid).toMatch(/^[0-9a-f]{8}-/);
    expect(body.next_page_uri).toMatch(`/api/laml/2010-04-01/Accounts/${uuid}/Calls?`);
  });
});
