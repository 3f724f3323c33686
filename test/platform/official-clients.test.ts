/** Both vendors' own clients, unmodified, against the platform: only their base URL is another one. */
import { RestClient } from '@signalwire/compatibility-api';
import twilio from 'twilio';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { toUuid } from '../../core/sid.ts';
import { OWN, PHONE, TestPlatform } from '../support/test-platform.ts';

const HELLO = '<Response><Say>Hello.</Say></Response>';

const CLIENTS = {
  signalwire(test: TestPlatform, token: string) {
    const client = new RestClient(toUuid(test.account), token, { signalwireSpaceUrl: 'example.invalid' });
    client.api.baseUrl = test.platform.url;
    return client;
  },
  twilio(test: TestPlatform, token: string) {
    const client = twilio(test.account, token);
    client.api.baseUrl = test.platform.url;
    return client;
  },
};

describe.each(Object.keys(CLIENTS) as (keyof typeof CLIENTS)[])('the client of %s', vendor => {
  let test: TestPlatform;
  let client: ReturnType<(typeof CLIENTS)['signalwire']>;

  beforeAll(async () => {
    test = await TestPlatform.start();
    client = CLIENTS[vendor](test, test.platform.info.authToken);
  });
  afterEach(() => test.clear());
  afterAll(() => test.close());

  const sid = (text: string) => (vendor === 'signalwire' ? toUuid(text) : text);

  it('creates a call, and its callbacks and document requests pass both vendors’ validators', async () => {
    const call = await client.calls.create({
      to: PHONE.answers,
      from: OWN,
      url: test.customer.on('/voice', HELLO),
      statusCallback: `${test.customer.url}/status`,
      statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    });
    expect(call).toMatchObject({
      status: 'queued',
      to: PHONE.answers,
      from: OWN,
      accountSid: sid(test.account),
      direction: 'outbound-api',
      startTime: null,
      endTime: null,
    });
    expect(call.dateCreated).toEqual(new Date(Math.floor(test.clock.now() / 1000) * 1000));
    await test.settled();
    expect(test.customer.requests).toHaveLength(6);
    expect(test.customer.requests.every(({ genuine }) => genuine)).toBe(true);

    const fetched = await client.calls(call.sid).fetch();
    expect(fetched).toMatchObject({ sid: call.sid, status: 'completed' });
    expect(fetched.endTime.getTime()).toBeGreaterThan(fetched.startTime.getTime());
    const events = await client.calls(call.sid).events.list();
    expect(events).toHaveLength(5);
  });

  it('creates a call with a document at hand, and the number comes out as it was written', async () => {
    const call = await client.calls.create({ to: '+1 (202) 555-0100', from: OWN, twiml: HELLO });
    expect(call.to).toBe(PHONE.answers);
    await test.settled();
    expect(test.heard(PHONE.answers)).toEqual(['Hello.']);
  });

  it('updates and ends a call', async () => {
    const silence = '<Response><Pause length="100"/></Response>';
    const { sid } = await client.calls.create({ to: PHONE.answers, from: OWN, twiml: silence });
    await test.clock.advance(3_000);
    expect(
      await client.calls(sid).update({ twiml: `<Response><Say>Hi.</Say>${silence.slice(10)}` }),
    ).toMatchObject({
      sid,
      status: 'in-progress',
    });
    await test.clock.advance(2_000);
    expect(test.heard(PHONE.answers)).toEqual(['Hi.']);
    await client.calls(sid).update({ status: 'completed' });
    await test.settled();
    expect((await client.calls(sid).fetch()).status).toBe('completed');
  });

  it('lists calls through all pages, by filter, and up to a limit', async () => {
    for (let n = 0; n < 5; n++) await client.calls.create({ to: PHONE.busy, from: OWN, twiml: HELLO });
    await test.settled();
    const busy = await client.calls.list({ to: PHONE.busy, status: 'busy', pageSize: 2 });
    expect(busy).toHaveLength(5);
    expect(new Set(busy.map(({ sid }) => sid)).size).toBe(5);
    expect(await client.calls.list({ to: PHONE.busy, limit: 3 })).toHaveLength(3);
    const soon = new Date(test.clock.now() + 60_000);
    expect(await client.calls.list({ startTimeAfter: soon })).toEqual([]);
    expect((await client.calls.list({ startTimeBefore: soon })).length).toBeGreaterThanOrEqual(5);
    const first = await client.calls.page({ pageSize: 2 });
    expect(first.instances).toHaveLength(2);
    const second = await first.nextPage();
    expect(second?.instances).toHaveLength(2);
    expect(second?.instances[0]?.sid).not.toBe(first.instances[0]?.sid);
  });

  it('removes a call', async () => {
    const { sid } = await client.calls.create({ to: PHONE.busy, from: OWN, twiml: HELLO });
    await test.settled();
    expect(await client.calls(sid).remove()).toBe(true);
    await expect(client.calls(sid).fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
  });

  it('shows what went wrong in a call', async () => {
    const url = test.customer.on('/broken', 'no XML');
    const { sid } = await client.calls.create({ to: PHONE.answers, from: OWN, url });
    await test.settled();
    const notifications = await client.calls(sid).notifications.list();
    expect(notifications).toMatchObject([{ errorCode: '12100', callSid: sid, log: '0' }]);
  });

  it('lists, reads and changes phone numbers', async () => {
    const all = await client.incomingPhoneNumbers.list();
    expect(all.map(({ phoneNumber }) => phoneNumber)).toEqual(test.platform.info.numbers);
    const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: '+12025550112' });
    expect(number).toMatchObject({ phoneNumber: '+12025550112', voiceUrl: '' });
    const changed = await client.incomingPhoneNumbers(number?.sid as string).update({
      voiceUrl: test.customer.on('/voice', HELLO),
      voiceMethod: 'GET',
      statusCallback: `${test.customer.url}/status`,
    });
    expect(changed).toMatchObject({ voiceUrl: `${test.customer.url}/voice`, voiceMethod: 'GET' });
    expect(await client.incomingPhoneNumbers(changed.sid).fetch()).toMatchObject({
      sid: number?.sid,
      accountSid: sid(test.account),
      statusCallback: `${test.customer.url}/status`,
      statusCallbackMethod: 'POST',
      capabilities: { voice: true, sms: false },
    });
    test.platform.handsets.dial(PHONE.ringsOn, '+12025550112');
    await test.settled();
    expect(test.heard(PHONE.ringsOn)).toEqual(['Hello.']);
    expect(test.told()).toEqual(['0 completed']);
  });

  it('makes, lists, changes and deletes applications, and calls and numbers follow them', async () => {
    const made = await client.applications.create({
      friendlyName: 'Desk',
      voiceUrl: test.customer.on('/desk', HELLO),
      voiceMethod: 'GET',
      statusCallback: `${test.customer.url}/status`,
    });
    expect(made).toMatchObject({ friendlyName: 'Desk', voiceMethod: 'GET', accountSid: sid(test.account) });
    expect(await client.applications.list({ friendlyName: 'Desk' })).toMatchObject([{ sid: made.sid }]);

    const call = await client.calls.create({ to: PHONE.answers, from: OWN, applicationSid: made.sid });
    await test.settled();
    expect(test.heard(PHONE.answers)).toEqual(['Hello.']);
    expect(test.customer.asked('/desk')).toMatchObject([{ method: 'GET' }]);
    expect(test.told()).toEqual(['0 completed']);
    expect(await client.calls(call.sid).fetch()).toMatchObject({ status: 'completed' });

    const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: '+12025550113' });
    const numbers = client.incomingPhoneNumbers(number?.sid as string);
    expect(await numbers.update({ voiceApplicationSid: made.sid })).toMatchObject({
      voiceApplicationSid: made.sid,
    });
    await client.applications(made.sid).update({ voiceUrl: test.customer.on('/changed', HELLO) });
    test.platform.handsets.dial(PHONE.ringsOn, '+12025550113');
    await test.settled();
    expect(test.customer.asked('/changed')).toMatchObject([{ parameters: { CallStatus: 'ringing' } }]);

    expect(await client.applications(made.sid).remove()).toBe(true);
    await expect(client.applications(made.sid).fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
    const gone = client.calls.create({ to: PHONE.answers, from: OWN, applicationSid: made.sid });
    await expect(gone).rejects.toMatchObject({ status: 422, code: 21218 });
    expect(await numbers.update({ voiceApplicationSid: '' })).toMatchObject({ voiceApplicationSid: null });
  });

  it('shows another caller id than From, when both are the account’s', async () => {
    const shown = '+12025550111';
    const call = await client.calls.create({ to: PHONE.busy, from: OWN, callerId: shown, twiml: HELLO });
    expect(call.from).toBe(shown);
    await test.settled();
    const stranger = client.calls.create({
      to: PHONE.busy,
      from: OWN,
      callerId: '+12025550199',
      twiml: HELLO,
    });
    await expect(stranger).rejects.toMatchObject({ code: 21210 });
  });

  it('presses digits before the document at its URL is carried out', async () => {
    const url = test.customer.on('/voice', HELLO);
    await client.calls.create({ to: PHONE.answers, from: OWN, url, sendDigits: 'w12#' });
    await test.settled();
    expect(test.heard(PHONE.answers)).toEqual(['12#', 'Hello.']);
  });

  const refusals = [
    ['a wrong number', { to: 'my mother', from: OWN, twiml: HELLO }, 422, 21211],
    [
      'a number that is not the account’s',
      { to: PHONE.busy, from: '+12025550199', twiml: HELLO },
      422,
      21210,
    ],
    ['no document', { to: PHONE.busy, from: OWN }, 422, 21205],
    ['a broken document', { to: PHONE.busy, from: OWN, twiml: '<Response>' }, 422, 12100],
  ] as const;

  it.each(refusals)('says what is wrong with %s in its own exception', async (_, request, status, code) => {
    await expect(client.calls.create(request as never)).rejects.toMatchObject({
      status,
      code,
      message: expect.stringMatching(/\w{3}/),
      moreInfo: expect.stringContaining(String(code)),
    });
  });

  it('says that its token is wrong in its own exception', async () => {
    const stranger = CLIENTS[vendor](test, 'not-the-token');
    await expect(stranger.calls.list()).rejects.toMatchObject({ status: 401, code: 20003 });
  });
});
