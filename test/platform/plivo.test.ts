/** Plivo's own client, unmodified, and its XML builder, against the platform. */
import plivo from 'plivo';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { toUuid } from '../../core/sid.ts';
import { sine, wavFile, writers } from '../core/audio/sounds.ts';
import { type PlivoClient, plivoClient } from '../support/plivo-client.ts';
import { OWN, PHONE, TestPlatform } from '../support/test-platform.ts';

let test: TestPlatform;
let client: PlivoClient;

beforeAll(async () => {
  test = await TestPlatform.start();
  const { plivoAuthId, authToken } = test.platform.info;
  client = plivoClient(test.platform.url, plivoAuthId, authToken);
});
afterEach(() => test.clear());
afterAll(() => test.close());

const xml = (build: (response: ReturnType<typeof plivo.Response>) => void): string => {
  const response = plivo.Response();
  build(response);
  return response.toXML();
};
const HELLO = xml(response => response.addSpeak('Hello.'));
const WAITING = xml(response => response.addWait({ length: 100 }));

describe('a call of the official client', () => {
  it('follows its answer URL, and tells of its ringing and its end, with its sip_headers everywhere', async () => {
    const created = await client.calls.create(OWN, PHONE.answers, test.customer.on('/answer?a=b', HELLO), {
      answerMethod: 'GET',
      ringUrl: test.customer.on('/ring', ''),
      hangupUrl: test.customer.on('/hangup', ''),
      sipHeaders: 'Test=Sample',
    });
    test.customer.on('/answer', HELLO);
    await test.settled();

    expect(created).toMatchObject({
      message: 'call fired',
      requestUuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const uuid = created['requestUuid'];
    expect(test.heard(PHONE.answers)).toEqual(['Hello.']);
    const [answer] = test.customer.asked('/answer');
    expect(answer?.method).toBe('GET');
    expect(answer?.parameters).toEqual({
      a: 'b',
      ALegRequestUUID: uuid,
      ALegUUID: uuid,
      BillRate: '0.00000',
      CallStatus: 'in-progress',
      CallUUID: uuid,
      Direction: 'outbound',
      Event: 'StartApp',
      From: OWN.slice(1),
      ParentAuthID: test.platform.info.plivoAuthId,
      RequestUUID: uuid,
      SessionStart: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/),
      To: PHONE.answers.slice(1),
      'X-PH-Test': 'Sample',
    });
    const [ring] = test.customer.asked('/ring');
    expect(ring?.parameters).toEqual({
      CallStatus: 'ringing',
      CallUUID: uuid,
      CallerName: '',
      Direction: 'outbound',
      Event: 'Ring',
      From: OWN,
      ParentAuthID: test.platform.info.plivoAuthId,
      RequestUUID: uuid,
      SessionStart: expect.any(String),
      To: PHONE.answers,
      'X-PH-Test': 'Sample',
    });
    const [hangup] = test.customer.asked('/hangup');
    expect(hangup?.parameters).toMatchObject({
      CallUUID: uuid,
      CallStatus: 'completed',
      Event: 'Hangup',
      HangupCause: 'NORMAL_CLEARING',
      HangupCauseCode: '4010',
      HangupSource: 'Answer XML',
      'X-PH-Test': 'Sample',
    });
  });

  it('tells the answer URL of its end where no other one was given', async () => {
    await client.calls.create(OWN, PHONE.busy, test.customer.on('/answer', HELLO));
    await test.settled();

    expect(test.customer.asked('/answer').map(({ parameters }) => parameters['Event'])).toEqual(['Hangup']);
  });

  it('tells a callback_url what came of its request', async () => {
    const created = await client.calls.create(OWN, PHONE.answers, test.customer.on('/answer', HELLO), {
      callbackUrl: test.customer.on('/result', ''),
    });
    await test.settled();

    expect(created).toMatchObject({ message: 'async api spawned', apiId: expect.any(String) });
    const [result, ...more] = test.customer.asked('/result');
    expect(more).toEqual([]);
    expect(result).toMatchObject({ method: 'POST', genuine: true });
    expect(result?.parameters).toEqual({
      api_id: created['apiId'],
      message: 'call fired',
      request_uuid: test.customer.asked('/answer')[0]?.parameters['CallUUID'],
    });
  });

  it('is told of once where its request is repeated with its Idempotency-Key', async () => {
    const { plivoAuthId, authToken } = test.platform.info;
    const json = {
      from: OWN,
      to: PHONE.answers,
      answer_url: test.customer.on('/answer', HELLO),
      callback_url: test.customer.on('/result', ''),
    };
    const create = () =>
      test.api(`/v1/Account/${plivoAuthId}/Call/`, {
        json,
        credentials: `${plivoAuthId}:${authToken}`,
        headers: { 'idempotency-key': 'told-once' },
      });
    const answers = [await create(), await create()];
    await test.settled();

    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    expect(test.customer.asked('/result').map(({ parameters }) => parameters['api_id'])).toEqual([
      answers[0]?.body['api_id'],
    ]);
  });

  it('is shown while it is live, and when it is over', async () => {
    const { requestUuid: uuid } = await client.calls.create(
      OWN,
      PHONE.answers,
      test.customer.on('/answer', WAITING),
      { hangupUrl: test.customer.on('/hangup', '') },
    );
    await test.clock.advance(3_000);

    expect(await client.calls.getLiveCall(uuid)).toMatchObject({
      callUuid: uuid,
      callStatus: 'in-progress',
      direction: 'outbound',
      from: OWN.slice(1),
      to: PHONE.answers.slice(1),
    });
    expect((await client.calls.listLiveCalls()).map(({ callUuid }) => callUuid)).toEqual([uuid]);
    await expect(client.calls.get(uuid)).rejects.toMatchObject({ status: 404 });
    await expect(client.calls.getQueuedCall(uuid)).rejects.toMatchObject({ status: 404 });

    expect(await client.calls.hangup(uuid)).toBe(true);
    await test.settled();

    expect(await client.calls.listLiveCalls()).toHaveLength(0);
    await expect(client.calls.getLiveCall(uuid)).rejects.toMatchObject({ status: 404 });
    expect(await client.calls.get(uuid)).toMatchObject({
      callUuid: uuid,
      callState: 'ANSWER',
      callDirection: 'outbound',
      fromNumber: OWN.slice(1),
      toNumber: PHONE.answers.slice(1),
      hangupCauseName: expect.any(String),
      hangupSource: 'API Request',
      resourceUri: `/v1/Account/${test.platform.info.plivoAuthId}/Call/${uuid}/`,
    });
    await expect(client.calls.hangup(uuid)).rejects.toMatchObject({ status: 404 });
  });

  it('is transferred to another document', async () => {
    const { requestUuid: uuid } = await client.calls.create(
      OWN,
      PHONE.answers,
      test.customer.on('/answer', WAITING),
      { hangupUrl: test.customer.on('/hangup', '') },
    );
    await test.clock.advance(3_000);
    const answer = await client.calls.transfer(uuid, {
      legs: 'aleg',
      alegUrl: test.customer.on('/next', HELLO),
      alegMethod: 'GET',
    });
    await test.settled();

    expect(answer).toMatchObject({ message: 'call transferred', callUuids: [uuid] });
    expect(test.heard(PHONE.answers).at(-1)).toBe('Hello.');
    expect(test.customer.asked('/next')).toMatchObject([{ method: 'GET', parameters: { CallUUID: uuid } }]);
  });

  it('goes to several at once, each with a call of its own', async () => {
    const created = await client.calls.create(
      OWN,
      [PHONE.answers, PHONE.answersLate],
      test.customer.on('/answer', HELLO),
      { hangupUrl: test.customer.on('/hangup', '') },
    );
    await test.settled();

    expect(created['message']).toBe('calls fired');
    const asked = test.customer.asked('/answer').map(({ parameters }) => parameters);
    const to = Object.fromEntries(asked.map(({ CallUUID, To }) => [CallUUID, To]));
    expect(created['requestUuid'].map((uuid: string) => to[uuid])).toEqual([
      PHONE.answers.slice(1),
      PHONE.answersLate.slice(1),
    ]);
  });

  it('goes to the good ones of several, and the bad one ends at once', async () => {
    const created = await client.calls.create(
      OWN,
      [PHONE.answers, 'Ann'],
      test.customer.on('/answer', HELLO),
      {
        hangupUrl: test.customer.on('/hangup', ''),
      },
    );
    await test.settled();

    expect(created['message']).toBe('calls fired');
    const [good, bad] = created['requestUuid'];
    expect(test.heard(PHONE.answers)).toEqual(['Hello.']);
    const told = Object.fromEntries(
      test.customer.asked('/hangup').map(({ parameters }) => [parameters['CallUUID'], parameters]),
    );
    expect(told[good]).toMatchObject({ CallStatus: 'completed', To: PHONE.answers.slice(1) });
    expect(told[bad]).toMatchObject({
      CallStatus: 'failed',
      To: 'Ann',
      HangupCause: 'INVALID_NUMBER_FORMAT',
      HangupCauseCode: '2000',
      HangupCauseName: 'Invalid Destination Address',
      HangupSource: 'Plivo',
    });
    expect(await client.calls.get(bad)).toMatchObject({ callState: 'FAILED', hangupCauseCode: 2000 });
  });

  it('is hung up so long after it has begun to ring', async () => {
    const { requestUuid: uuid } = await client.calls.create(
      OWN,
      PHONE.ringsOn,
      test.customer.on('/answer', HELLO),
      { hangupOnRing: 5 },
    );
    await test.settled();

    expect(await client.calls.get(uuid)).toMatchObject({ callState: 'CANCEL', callDuration: 0 });
  });

  it('presses its digits once it was answered, before its document', async () => {
    await client.calls.create(OWN, PHONE.answers, test.customer.on('/answer', HELLO), { sendDigits: '1w2' });
    await test.settled();
    expect(test.heard(PHONE.answers)).toEqual(['12', 'Hello.']);
  });
});

describe('the dialMusic of a Dial', () => {
  const dialling = (dialMusic: string, after = 'Goodbye.') =>
    test.customer.on(
      '/answer',
      xml(response => {
        response.addSpeak('One moment.');
        response.addDial({ dialMusic }).addNumber(PHONE.answersLate);
        response.addSpeak(after);
      }),
    );

  it('is asked for when the Dial starts, and heard until somebody answers', async () => {
    test.customer.on('/music.wav', {
      headers: { 'content-type': 'audio/wav' },
      body: wavFile(writers.s16le(sine(440, 8_000, 2))),
    });
    const music = test.customer.on(
      '/music',
      xml(response => response.addPlay(`${test.customer.url}/music.wav`)),
    );
    await client.calls.create(OWN, PHONE.answers, dialling(music));
    await test.clock.advance(20_000);
    test.platform.handsets.hangUp(PHONE.answersLate);
    await test.settled();

    const [first, tone, ...more] = test.heard(PHONE.answers);
    expect([first, more.at(-1)]).toEqual(['One moment.', 'Goodbye.']);
    expect(tone).toMatch(/^play\/AC.*\.wav$/);
    expect(new Set(more.slice(0, -1))).toEqual(new Set([tone]));
    const [answer, asked] = test.customer.requests;
    expect(asked).toMatchObject({ path: '/music', method: 'POST', parameters: { Event: 'Redirect' } });
    expect((asked?.atMs ?? 0) - (answer?.atMs ?? 0)).toBeGreaterThan(500);
    expect(test.customer.asked('/music')).toHaveLength(1);
    // Audio is asked for without a signature.
    test.customer.requests = [];
  });

  it('is not heard where it cannot be had, and the Dial rings all the same', async () => {
    const music = test.customer.on('/music', { status: 404 });
    const { requestUuid: uuid } = await client.calls.create(OWN, PHONE.answers, dialling(music));
    await test.clock.advance(20_000);
    test.platform.handsets.hangUp(PHONE.answersLate);
    await test.settled();

    expect(test.heard(PHONE.answers)).toEqual(['One moment.', 'Goodbye.']);
    expect(await client.calls.get(uuid)).toMatchObject({ callState: 'ANSWER', hangupCauseCode: 4010 });
  });
});

describe('a call that talks', () => {
  async function talking(): Promise<string> {
    const answer = test.customer.on(
      '/answer',
      xml(response => {
        response.addDial({ hangupOnStar: true }).addNumber(PHONE.answersLate);
        response.addSpeak('Goodbye.');
      }),
    );
    const { requestUuid } = await client.calls.create(OWN, PHONE.answers, answer);
    await test.clock.advance(15_000);
    return requestUuid;
  }
  const state = () => test.platform.handsets.get(PHONE.answersLate).state;

  it('has something said, played and pressed to one of the two, who talk on', async () => {
    test.customer.on('/tone.wav', {
      headers: { 'content-type': 'audio/wav' },
      body: wavFile(writers.s16le(sine(440, 8_000, 30))),
    });
    const uuid = await talking();
    expect(await client.calls.speakText(uuid, 'One minute left.')).toMatchObject({
      message: 'speak started',
    });
    await test.clock.advance(5_000);
    expect(await client.calls.sendDigits(uuid, '1w2', { leg: 'bleg' })).toMatchObject({
      message: 'digits sent',
    });
    await test.clock.advance(5_000);
    const played = await client.calls.playMusic(uuid, `${test.customer.url}/tone.wav`, {
      legs: 'bleg',
      loop: true,
    });
    await test.clock.advance(5_000);
    await client.calls.stopPlayingMusic(uuid);
    // Played on, the sound would have been heard again by then.
    await test.clock.advance(60_000);
    await client.calls.stopSpeakingText(uuid);
    await test.clock.advance(1_000);
    const stateThen = state();
    test.platform.handsets.press(PHONE.answers, '*');
    await test.settled();

    expect(played).toMatchObject({ message: 'play started' });
    expect(stateThen).toBe('in-call');
    expect(test.heard(PHONE.answers)).toEqual(['One minute left.', 'Goodbye.']);
    expect(test.heard(PHONE.answersLate)).toEqual(['12', expect.stringMatching(/^play\/AC.*\.wav$/), '*']);
    test.customer.requests = [];
  });

  it('and no other one has', async () => {
    const { requestUuid: uuid } = await client.calls.create(
      OWN,
      PHONE.answers,
      test.customer.on('/answer', WAITING),
    );
    await test.clock.advance(3_000);
    const refusal = { status: 404, message: expect.stringContaining('talks with somebody') };
    await expect(client.calls.speakText(uuid, 'Hello.')).rejects.toMatchObject(refusal);
    await expect(client.calls.sendDigits(uuid, '1')).rejects.toMatchObject(refusal);
    await client.calls.hangup(uuid);
    await test.settled();
    await expect(client.calls.sendDigits(uuid, '1')).rejects.toMatchObject({ status: 404 });
    expect(test.heard(PHONE.answers)).toEqual([]);
  });
});

describe('a URL that fails', () => {
  const inTurn = (path: string, ...answers: (string | { status: number })[]) =>
    test.customer.on(path, () => answers.shift() ?? '');

  it('is asked again as its fragment says, within one decision of the call', async () => {
    const next = inTurn('/next', { status: 404 }, HELLO);
    const redirecting = xml(response => response.addRedirect(`${next}#rp=4xx`));
    const { requestUuid: uuid } = await client.calls.create(
      OWN,
      PHONE.answers,
      `${inTurn('/answer', { status: 500 }, { status: 503 }, redirecting)}#rc=2&rp=5xx`,
      { hangupUrl: test.customer.on('/hangup', '') },
    );
    await test.settled();

    expect(test.heard(PHONE.answers)).toEqual(['Hello.']);
    expect(test.customer.requests.map(({ path }) => path)).toEqual([
      ...['/answer', '/answer', '/answer'],
      ...['/next', '/next'],
      '/hangup',
    ]);
    const { plivoAuthId, authToken } = test.platform.info;
    const { body } = await test.api(`/v1/Account/${plivoAuthId}/Call/${uuid}/Notification/`, {
      credentials: `${plivoAuthId}:${authToken}`,
    });
    expect(body).toMatchObject({ objects: [1, 2, 3].map(() => ({ level: 'warning' })) });
  });

  it('of a notice is told again until it takes it, whatever its fragment says', async () => {
    await client.calls.create(OWN, PHONE.answers, test.customer.on('/answer', HELLO), {
      hangupUrl: `${inTurn('/hangup', { status: 500 }, { status: 404 }, '')}#rc=0&rp=ct&rt=2000&tt=9000`,
    });
    await test.settled();

    const told = test.customer.asked('/hangup');
    expect(told).toHaveLength(3);
    expect(told.map(({ atMs }) => Math.round((atMs - (told[0]?.atMs ?? 0)) / 1000))).toEqual([0, 5, 35]);
  });
});

describe('what the official client is refused', () => {
  it.each<[string, () => Promise<unknown>, object]>([
    [
      'a number that is not one',
      () => client.calls.create(OWN, 'Ann', 'https://example.com/'),
      { status: 400, message: expect.stringContaining('"Ann"') },
    ],
    [
      'a caller id of somebody else',
      () => client.calls.create('+12025550199', PHONE.answers, 'https://example.com/'),
      { status: 400, message: expect.stringContaining('none of this account') },
    ],
    [
      'a parent call that has to be there',
      () =>
        client.calls.create(OWN, PHONE.answers, 'https://example.com/', {
          parentCallUuid: toUuid(test.account),
          errorIfParentNotFound: true,
        }),
      { status: 400, message: expect.stringContaining('parent_call_uuid') },
    ],
    ['a call that is not there', () => client.calls.get(toUuid(test.account)), { status: 404 }],
    [
      'a transfer of the other leg',
      () => client.calls.transfer(toUuid(test.account), { legs: 'bleg', blegUrl: 'https://example.com/' }),
      { status: 404 },
    ],
  ])('%s', async (_, ask, error) => {
    await expect(ask()).rejects.toMatchObject({ ...error, apiID: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  it('wrong credentials', async () => {
    const { plivoAuthId } = test.platform.info;
    const stranger = plivoClient(test.platform.url, plivoAuthId, 'wrong');
    await expect(stranger.calls.listLiveCalls()).rejects.toMatchObject({ status: 401 });
  });
});

describe('a list of the official client', () => {
  it('comes in pages, by filters', async () => {
    const uuids: string[] = [];
    for (const to of [PHONE.answers, PHONE.busy, PHONE.answers]) {
      const { requestUuid } = await client.calls.create(OWN, to, test.customer.on('/answer', HELLO));
      await test.settled();
      uuids.unshift(requestUuid);
    }
    const page = await client.calls.list({ limit: 2, toNumber: PHONE.answers.slice(1) });
    expect(page.map(call => call['callUuid'])).toEqual([uuids[0], uuids[2]]);
    expect(page.meta).toMatchObject({
      limit: 2,
      offset: 0,
      previous: null,
      next: expect.stringContaining('offset=2'),
    });
    const busy = await client.calls.list({ toNumber: PHONE.busy, limit: 1 });
    expect(busy.map(call => call['callState'])).toEqual(['BUSY']);
  });
});

describe('a call that comes in', () => {
  it('follows the application of its number, and tells that one of its end', async () => {
    const { appId } = await client.applications.create('desk', {
      answerUrl: test.customer.on('/desk', HELLO),
      hangupUrl: test.customer.on('/bye', ''),
    });
    await client.numbers.update(OWN.slice(1), { appId, alias: 'Desk' });

    test.platform.handsets.dial(PHONE.answers, OWN);
    await test.settled();

    expect(test.heard(PHONE.answers)).toEqual(['Hello.']);
    expect(test.customer.asked('/desk')[0]?.parameters).toMatchObject({
      Event: 'StartApp',
      CallStatus: 'ringing',
      Direction: 'inbound',
      CallerName: '',
      From: PHONE.answers.slice(1),
      To: OWN.slice(1),
    });
    expect(test.customer.asked('/bye')[0]?.parameters).toMatchObject({
      Event: 'Hangup',
      CallStatus: 'completed',
    });

    expect(await client.numbers.get(OWN.slice(1))).toMatchObject({ number: OWN.slice(1), alias: 'Desk' });
    expect((await client.numbers.list()).map(each => each['number'])).toContain(OWN.slice(1));
    expect(await client.applications.get(appId)).toMatchObject({ appName: 'desk', answerMethod: 'POST' });
    expect((await client.applications.list()).map(each => each['appId'])).toEqual([appId]);
    expect(await client.applications.update(appId, { answerMethod: 'GET' })).toMatchObject({
      message: 'changed',
    });
    expect(await client.applications.get(appId)).toMatchObject({ answerMethod: 'GET' });
    await client.applications.delete(appId);
    await expect(client.applications.get(appId)).rejects.toMatchObject({ status: 404 });
    await client.numbers.update(OWN.slice(1), { appId: '' });
  });

  it('may come from an endpoint, which is made, shown, changed and deleted', async () => {
    const made = await client.endpoints.create('ann', 'a long password', 'Ann');
    expect(made).toMatchObject({ username: 'ann', endpointId: 'ann', alias: 'Ann' });
    expect(await client.endpoints.get('ann')).toMatchObject({
      sipUri: 'sip:ann@phone.plivo.com',
      alias: 'Ann',
    });
    expect((await client.endpoints.list()).map(each => each['username'])).toEqual(['ann']);
    expect(await client.endpoints.update('ann', { alias: 'Anna' })).toMatchObject({ message: 'changed' });
    await client.endpoints.delete('ann');
    await expect(client.endpoints.get('ann')).rejects.toMatchObject({ status: 404 });
  });
});
