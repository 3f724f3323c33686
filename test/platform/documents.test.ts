/** Calls that a document at a customer's URL, or in the request itself, leads through. */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sine, wavFile, writers } from '../core/audio/sounds.ts';
import { OWN, PHONE, RINGING, TestPlatform } from '../support/test-platform.ts';

const MP3 = new URL('../core/audio/fixtures/sine-1000hz-44100hz-stereo.mp3', import.meta.url);

describe('a call with a document', () => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.start();
  });
  afterEach(() => test.clear());
  afterAll(() => test.close());

  const on = (path: string, verbs: string) =>
    test.customer.on(path, `<?xml version="1.0" encoding="UTF-8"?><Response>${verbs}</Response>`);
  const hangUp = (phone: string) => test.platform.handsets.hangUp(phone);
  const notifications = async (callSid: string) =>
    (
      await test.api<{ notifications: { error_code: string; message_text: string }[] }>(
        `${test.accountPath}/Calls/${callSid}/Notifications.json`,
      )
    ).body.notifications;
  const errors = async (callSid: string) =>
    (await notifications(callSid)).map(({ error_code }) => Number(error_code));

  it('asks for it once, when the callee has answered, with all that the platforms tell', async () => {
    const callSid = await test.call(PHONE.answers, { Url: on('/voice', '<Say>Hello there.</Say>') });
    await test.settled();
    expect(test.heard(PHONE.answers)).toEqual(['Hello there.']);
    const [asked, ...more] = test.customer.requests;
    expect(more).toEqual([]);
    expect(asked).toMatchObject({ method: 'POST', path: '/voice', genuine: true });
    expect(asked?.parameters).toMatchObject({
      AccountSid: test.account,
      ApiVersion: '2010-04-01',
      CallSid: callSid,
      CallStatus: 'in-progress',
      Direction: 'outbound-api',
      From: OWN,
      To: PHONE.answers,
    });
    expect(await test.read(callSid)).toMatchObject({ status: 'completed', direction: 'outbound-api' });
  });

  it('asks by GET where it is told to, and keeps the query that the URL has', async () => {
    const Url = on('/voice', '<Say>Hello.</Say>');
    const callSid = await test.call(PHONE.answers, { Url: `${Url}?tenant=7&x=a%20b`, Method: 'GET' });
    await test.settled();
    const [asked] = test.customer.requests;
    expect(asked?.url).toMatch(/^\/voice\?tenant=7&x=a%20b&AccountSid=AC/);
    expect(asked).toMatchObject({ method: 'GET', genuine: true, parameters: { CallSid: callSid } });
  });

  it('carries verbs out in their order, and hangs up at the end', async () => {
    await test.call(PHONE.answers, {
      Twiml: '<Response><Say>One.</Say><Pause length="2"/><Say>Two.</Say><Play digits="1w2"/></Response>',
    });
    await test.settled();
    expect(test.heard(PHONE.answers)).toEqual(['One.', 'Two.', '12']);
    expect(test.platform.handsets.get(PHONE.answers).lastEnd).toMatchObject({ by: 'far-end' });
    expect(test.customer.requests).toEqual([]);
  });

  it('tells every event that was asked for, an answer in two words, and nothing else', async () => {
    await test.call(PHONE.answers, {
      Twiml: '<Response><Say>Hello.</Say></Response>',
      StatusCallback: `${test.customer.url}/status`,
      StatusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    });
    await test.call(PHONE.leavesSoon, {
      Twiml: '<Response><Pause length="9"/></Response>',
      StatusCallback: `${test.customer.url}/by-default`,
    });
    await test.settled();
    expect(test.told()).toEqual(['0 initiated', '1 ringing', '2 answered', '3 in-progress', '4 completed']);
    expect(test.told('/by-default')).toEqual(['0 completed']);
  });

  const unanswered = [
    ['busy', PHONE.busy, 'busy', '486'],
    ['never answered', PHONE.ringsOn, 'no-answer', '487'],
    ['rejected', PHONE.rejects, 'no-answer', '603'],
    ['unreachable', PHONE.unreachable, 'failed', '404'],
  ] as const;

  it.each(unanswered)('asks for nothing when the callee is %s', async (_, to, status, code) => {
    const callSid = await test.call(to, {
      Url: on('/voice', '<Say>Hello.</Say>'),
      Timeout: '20',
      StatusCallback: `${test.customer.url}/status`,
    });
    await test.settled();
    expect(await test.read(callSid)).toMatchObject({ status, sip_result_code: code });
    expect(test.customer.requests.map(({ path }) => path)).toEqual(['/status']);
    expect(test.customer.requests[0]?.parameters).toMatchObject({ CallStatus: status, CallDuration: '0' });
  });

  it('plays WAV and MP3 from the customer’s server, and fetches each once for all calls', async () => {
    const tone = sine(440, 16_000, 0.5);
    test.customer.on('/greeting.wav', {
      headers: { 'content-type': 'audio/wav' },
      body: wavFile(writers.s16le(tone), { rateHz: 16_000 }),
    });
    test.customer.on('/music.mp3', { headers: { 'content-type': 'audio/mpeg' }, body: readFileSync(MP3) });
    const Url = on('/voice', '<Play>/greeting.wav</Play><Play>music.mp3</Play><Play>/greeting.wav</Play>');
    await test.call(PHONE.answers, { Url });
    await test.settled();
    await test.call(PHONE.answersLate, { Url });
    await test.settled();
    const heard = test.heard(PHONE.answersLate);
    expect(heard).toHaveLength(3);
    expect(heard[0]).toBe(heard[2]);
    expect(test.heard(PHONE.answers)).toEqual(heard);
    expect(test.customer.requests.map(({ path }) => path)).toEqual([
      '/voice',
      ...['/greeting.wav', '/music.mp3'],
      '/voice',
    ]);
    test.customer.requests = [];
  });

  it('skips audio that cannot be had, and says so', async () => {
    test.customer.on('/noise', { headers: { 'content-type': 'audio/wav' }, body: 'this is no sound' });
    test.customer.on('/gone.wav', { status: 404 });
    const Url = on('/voice', '<Play>/noise</Play><Play>/gone.wav</Play><Say>All the same.</Say>');
    const callSid = await test.call(PHONE.answers, { Url });
    await test.settled();
    expect(test.heard(PHONE.answers)).toEqual(['All the same.']);
    expect(await errors(callSid)).toEqual([13420, 13420]);
    test.customer.requests = [];
  });

  describe('with a Dial', () => {
    it('joins the callee with the number, and asks the action what comes next', async () => {
      const Url = on(
        '/voice',
        `<Dial action="/after" callerId="${OWN}" timeout="15">
          <Number statusCallback="/number" statusCallbackEvent="initiated ringing answered completed">${PHONE.leavesSoon}</Number>
        </Dial><Say>Never said.</Say>`,
      );
      on('/after', '<Say>Goodbye.</Say>');
      const callSid = await test.call(PHONE.answers, { Url });
      await test.settled();
      expect(test.heard(PHONE.answers)).toEqual([RINGING, 'Goodbye.']);
      const [after, ...more] = test.customer.asked('/after');
      expect(more).toEqual([]);
      const child = `${callSid.slice(0, -4)}0001`;
      expect(after?.parameters).toMatchObject({
        CallSid: callSid,
        CallStatus: 'in-progress',
        DialCallSid: child,
        DialCallStatus: 'completed',
        DialCallDuration: '2',
        DialBridged: 'true',
      });
      expect(test.told('/number')).toEqual(['0 initiated', '1 answered', '2 in-progress', '3 completed']);
      for (const { parameters } of test.customer.asked('/number')) {
        expect(parameters).toMatchObject({
          CallSid: child,
          ParentCallSid: callSid,
          Direction: 'outbound-dial',
        });
      }
      expect(await test.read(child)).toMatchObject({ status: 'completed', parent_call_sid: callSid });
    });

    it('shows a telephone no number that is not the account’s, and rings nobody with it', async () => {
      const Url = on('/voice', `<Dial action="/after" callerId="+12025550999">${PHONE.leavesSoon}</Dial>`);
      on('/after', '<Say>Goodbye.</Say>');
      const callSid = await test.call(PHONE.answers, { Url });
      await test.settled();
      const [after] = test.customer.asked('/after');
      expect(after?.parameters).toMatchObject({ DialCallStatus: 'failed' });
      expect(test.heard(PHONE.answers)).toEqual(['Goodbye.']);
      expect(test.story(`${callSid.slice(0, -4)}0001`)).toEqual([]);
      expect(await errors(callSid)).toEqual([13214]);
    });

    it('goes on with the next verb where there is no action', async () => {
      await test.call(PHONE.answers, {
        Twiml: `<Response><Dial>${PHONE.busy}</Dial><Say>They are busy.</Say></Response>`,
      });
      await test.settled();
      expect(test.heard(PHONE.answers)).toEqual([RINGING, 'They are busy.']);
    });

    it('tries several numbers one after the other, and each ends once', async () => {
      const numbers = [PHONE.busy, PHONE.ringsOn, PHONE.leavesSoon].map(
        number => `<Number>${number}</Number>`,
      );
      const Url = on(
        '/voice',
        `<Dial sequential="true" timeout="10" action="/after">${numbers.join('')}</Dial>`,
      );
      on('/after', '<Hangup/>');
      const callSid = await test.call(PHONE.answers, { Url });
      await test.settled();
      const children = ['0001', '0002', '0003'].map(last => callSid.slice(0, -4) + last);
      const completed = children.map(sid =>
        test.bus.filter(({ type, detail }) => type === 'Call Completed' && detail.call.sid === sid),
      );
      expect(completed.map(each => each.map(({ detail }) => detail.call.status))).toEqual([
        ['busy'],
        ['no-answer'],
        ['completed'],
      ]);
      expect(test.customer.asked('/after')[0]?.parameters).toMatchObject({
        DialCallSid: children[2],
        DialCallStatus: 'completed',
      });
    });

    it('lets the caller hear a country’s ring tone until somebody answers', async () => {
      const twice = `<Dial ringTone="uk">${PHONE.busy}</Dial><Dial ringTone="uk">${PHONE.leavesSoon}</Dial>`;
      await test.call(PHONE.answers, { Url: on('/voice', twice) });
      await test.settled();
      expect(new Set(test.heard(PHONE.answers))).toEqual(new Set(['ring/uk.wav']));
      await test.call(PHONE.answers, {
        Twiml: `<Response><Dial ringTone="us">${PHONE.leavesSoon}</Dial></Response>`,
      });
      await test.settled();
      expect(test.heard(PHONE.answers).at(-1)).toBe('ring/us.wav');
    });

    it('ends the talk at its time limit, and goes on', async () => {
      const Url = on('/voice', `<Dial timeLimit="20" action="/after">${PHONE.answersLate}</Dial>`);
      on('/after', '<Say>Time is up.</Say>');
      await test.call(PHONE.answers, { Url });
      await test.settled();
      await test.clock.advance(30_000);
      await test.settled();
      expect(test.heard(PHONE.answers)).toEqual([RINGING, 'Time is up.']);
      const { DialCallDuration, DialCallStatus } = test.customer.asked('/after')[0]?.parameters ?? {};
      expect(DialCallStatus).toBe('completed');
      expect(Number(DialCallDuration)).toBeGreaterThanOrEqual(20);
      expect(Number(DialCallDuration)).toBeLessThanOrEqual(22);
    });

    it('ends the talk when the caller presses a star, if it was told to', async () => {
      const Url = on('/voice', `<Dial hangupOnStar="true" action="/after">${PHONE.answersLate}</Dial>`);
      on('/after', '<Say>You left.</Say>');
      await test.call(PHONE.answers, { Url });
      await test.settled();
      test.platform.handsets.press(PHONE.answers, '1');
      await test.clock.advance(2_000);
      expect(test.platform.handsets.get(PHONE.answersLate).state).toBe('in-call');
      test.platform.handsets.press(PHONE.answers, '*');
      await test.settled();
      expect(test.platform.handsets.get(PHONE.answersLate).state).toBe('idle');
      expect(test.heard(PHONE.answers)).toEqual([RINGING, 'You left.']);
    });

    it('asks the action once, and ignores its answer, when the caller has hung up', async () => {
      const Url = on('/voice', `<Dial action="/after">${PHONE.answersLate}</Dial>`);
      on('/after', '<Say>Nobody hears this.</Say>');
      const callSid = await test.call(PHONE.answers, { Url });
      await test.settled();
      hangUp(PHONE.answers);
      await test.settled();
      expect(test.customer.asked('/after').map(({ parameters }) => parameters)).toMatchObject([
        { CallStatus: 'completed', DialCallStatus: 'completed', CallSid: callSid },
      ]);
    });
  });

  it('follows redirects', async () => {
    const Url = on('/voice', '<Say>One.</Say><Redirect method="GET">next?step=2</Redirect><Say>Never.</Say>');
    on('/next', '<Say>Two.</Say><Hangup/><Say>Never.</Say>');
    await test.call(PHONE.answers, { Url });
    await test.settled();
    expect(test.heard(PHONE.answers)).toEqual(['One.', 'Two.']);
    expect(test.customer.asked('/next')).toMatchObject([{ method: 'GET', parameters: { step: '2' } }]);
  });

  it('ends a call whose documents do nothing but lead to each other', async () => {
    const callSid = await test.call(PHONE.answers, { Url: on('/loop', '<Redirect>/loop</Redirect>') });
    await test.settled();
    expect(await test.read(callSid)).toMatchObject({ status: 'completed' });
    expect(await errors(callSid)).toEqual([11215]);
    expect(test.customer.requests).toHaveLength(20);
  });

  it('stops at its time limit, however long the document goes on', async () => {
    const callSid = await test.call(PHONE.answers, {
      Twiml: '<Response><Say loop="0">On and on.</Say></Response>',
      TimeLimit: '40',
    });
    await test.clock.advance(70_000);
    await test.settled();
    const { status, duration } = await test.read(callSid);
    expect(status).toBe('completed');
    expect(Number(duration)).toBeGreaterThanOrEqual(40);
    expect(Number(duration)).toBeLessThanOrEqual(45);
  });

  describe('from a server that takes its time', () => {
    it.each([4_200, 8_000, 14_000])('holds the call for %i ms, and asks once', async ms => {
      const Url = test.customer.on('/slow', async () => {
        await test.clock.answerAfter(ms);
        return '<Response><Say>Sorry for the wait.</Say></Response>';
      });
      const callSid = await test.call(PHONE.answers, { Url });
      await test.settled();
      expect(test.heard(PHONE.answers)).toEqual(['Sorry for the wait.']);
      expect(test.customer.requests).toHaveLength(1);
      expect(Number((await test.read(callSid))['duration'])).toBeGreaterThanOrEqual(Math.floor(ms / 1000));
    });

    it('forgets the document when the caller does not wait for it', async () => {
      const Url = test.customer.on('/slow', async () => {
        await test.clock.answerAfter(9_000);
        return '<Response><Say>Too late.</Say></Response>';
      });
      const callSid = await test.call(PHONE.leavesSoon, { Url });
      await test.settled();
      expect(test.heard(PHONE.leavesSoon)).toEqual([]);
      expect(await test.read(callSid)).toMatchObject({ status: 'completed' });
    });
  });

  it('shows notifications by their level', async () => {
    const Url = on('/voice', '<Play>/gone.wav</Play><Redirect>/broken</Redirect>');
    test.customer.on('/gone.wav', { status: 404 });
    test.customer.on('/broken', 'no XML');
    const callSid = await test.call(PHONE.answers, { Url });
    await test.settled();
    const path = `${test.accountPath}/Calls/${callSid}/Notifications.json`;
    const logs = await Promise.all(
      ['', '?Log=0', '?Log=1'].map(async query => {
        const { body } = await test.api<{ notifications: { error_code: string }[] }>(path + query);
        return body.notifications.map(({ error_code }) => error_code);
      }),
    );
    expect(logs).toEqual([['13420', '12100'], ['12100'], ['13420']]);
    test.customer.requests = [];
  });
});
