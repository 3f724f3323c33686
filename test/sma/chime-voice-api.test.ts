/** The HTTP API, as the AWS SDK's own client sees it (reference §11). */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ChimeSDKVoiceClient,
  type ChimeSDKVoiceServiceException,
  CreateSipMediaApplicationCallCommand,
  type CreateSipMediaApplicationCallCommandInput,
  ListSipMediaApplicationsCommand,
  UpdateSipMediaApplicationCallCommand,
} from '@aws-sdk/client-chime-sdk-voice';
import { afterEach, describe, expect, test } from 'vitest';
import { createChimeVoiceListener } from '../../sma/http/chime-voice.ts';
import {
  ACCOUNT_NUMBER,
  ANSWERS,
  actions,
  NEVER_ANSWERS,
  Scene,
  type SceneSettings,
  SMA_ID,
  script,
} from './support/scene.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function serve(settings: SceneSettings = {}) {
  const scene = new Scene(script({ CALL_UPDATE_REQUESTED: actions(['Hangup']) }), settings);
  const listener = createChimeVoiceListener(scene.runtime);
  const server = createServer((request, response) => void listener(request, response));
  servers.push(server);
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new ChimeSDKVoiceClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
  });
  const create = (more: Partial<CreateSipMediaApplicationCallCommandInput> = {}) =>
    client.send(
      new CreateSipMediaApplicationCallCommand({
        SipMediaApplicationId: SMA_ID,
        FromPhoneNumber: ACCOUNT_NUMBER,
        ToPhoneNumber: NEVER_ANSWERS,
        ...more,
      }),
    );
  const update = (TransactionId: string, Arguments: Record<string, string> = {}, id = SMA_ID) =>
    client.send(
      new UpdateSipMediaApplicationCallCommand({ SipMediaApplicationId: id, TransactionId, Arguments }),
    );
  return { scene, client, endpoint, create, update };
}

const refusal = (
  request: Promise<unknown>,
): Promise<ChimeSDKVoiceServiceException & { Code?: string; Message?: string }> =>
  request.then(
    () => {
      throw new Error('was accepted');
    },
    error => error,
  );

describe('CreateSipMediaApplicationCall', () => {
  test('answers 201 with the id of the call, which then begins', async () => {
    const { scene, create } = await serve();
    const answer = await create({ ArgumentsMap: { callSid: 'CA1' }, SipHeaders: { 'X-Trace': '1' } });
    const TransactionId = answer.SipMediaApplicationCall?.TransactionId;
    expect(answer.$metadata).toMatchObject({ httpStatusCode: 201, requestId: expect.stringMatching(/-/) });
    await scene.advance(1);
    expect(scene.told).toEqual(['1 NEW_OUTBOUND_CALL CallCreateRequest', '2 RINGING']);
    expect(scene.events[0]?.CallDetails.TransactionId).toBe(TransactionId);
    expect(scene.events[0]?.CallDetails.Participants[0]).not.toHaveProperty('SipHeaders');
    expect(scene.trace[0]).toMatchObject({ kind: 'api', transactionId: TransactionId });
  });

  test('takes numbers without their plus', async () => {
    const { scene, create } = await serve();
    await create({ FromPhoneNumber: ACCOUNT_NUMBER.slice(1), ToPhoneNumber: NEVER_ANSWERS.slice(1) });
    await scene.advance(1);
    expect(scene.events[0]?.CallDetails.Participants[0]).toMatchObject({
      From: ACCOUNT_NUMBER,
      To: NEVER_ANSWERS,
    });
  });

  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`X-${at}`, 'v']));
  test('takes 20 headers and 20 arguments', async () => {
    const { create } = await serve();
    await create({ SipHeaders: many(20), ArgumentsMap: many(20) });
  });

  test.each<[string, Partial<CreateSipMediaApplicationCallCommandInput>, RegExp]>([
    ['no caller', { FromPhoneNumber: undefined }, /'fromPhoneNumber'.*must not be null/],
    ['no callee', { ToPhoneNumber: undefined }, /'toPhoneNumber'.*must not be null/],
    ['a callee that is no number', { ToPhoneNumber: 'sip:a@b' }, /'toPhoneNumber'.*regular expression/],
    [
      'a caller that is not of the account',
      { FromPhoneNumber: '+12065550199' },
      /not a phone number of this account/,
    ],
    ['21 headers', { SipHeaders: many(21) }, /'sipHeaders'.*20/],
    ['21 arguments', { ArgumentsMap: many(21) }, /'argumentsMap'.*20/],
    [
      'a reserved header',
      { SipHeaders: { 'X-Amzn-Trace': '1' } },
      /Invalid SIP header\(s\) provided: X-Amzn-Trace/,
    ],
    ['a header with a line break', { SipHeaders: { 'X-A': 'a\r\nVia: b' } }, /Invalid SIP header/],
    ['an application that does not exist', { SipMediaApplicationId: 'nobody' }, /does not exist/],
  ])('refuses %s as BadRequestException', async (_, more, message) => {
    const { scene, create } = await serve();
    const error = await refusal(create(more));
    expect(error).toMatchObject({ name: 'BadRequestException', Code: 'BadRequest' });
    expect(error.message || error.Message).toMatch(message);
    expect(error.$metadata.httpStatusCode).toBe(400);
    await scene.advance(1);
    expect(scene.events).toEqual([]);
  });

  test('E26: refuses an unknown application with 404 when told so', async () => {
    const { create } = await serve({ options: { unknownApplicationStatus: 404 } });
    const error = await refusal(create({ SipMediaApplicationId: 'nobody' }));
    expect(error).toMatchObject({ name: 'NotFoundException', Code: 'NotFound' });
  });

  test('E21: takes one call a second, and throttles the next', async () => {
    const { scene, create } = await serve({ options: { quotas: 'default' } });
    await create();
    const error = await refusal(create());
    expect(error).toMatchObject({ name: 'ThrottledClientException', Code: 'Throttled' });
    expect(error.$metadata.httpStatusCode).toBe(429);
    await scene.advance(1);
    await create();
  });

  test('E21: refuses the eleventh leg, and takes it when one has ended', async () => {
    const { scene, create, update } = await serve({ options: { quotas: { concurrentLegs: 10 } } });
    const first = await create({ ToPhoneNumber: NEVER_ANSWERS });
    for (let leg = 1; leg < 10; leg++) await create({ ToPhoneNumber: '+12025550199' });
    const error = await refusal(create());
    expect(error).toMatchObject({ name: 'ResourceLimitExceededException', Code: 'ResourceLimitExceeded' });
    await update(first.SipMediaApplicationCall?.TransactionId ?? '');
    await scene.advance(1);
    await create();
  });
});

describe('UpdateSipMediaApplicationCall', () => {
  test('answers 202, and the arguments arrive', async () => {
    const { scene, create, update } = await serve();
    const TransactionId = (await create()).SipMediaApplicationCall?.TransactionId ?? '';
    await scene.advance(1);
    const answer = await update(TransactionId, { cmd: 'stop' });
    expect(answer).toMatchObject({ SipMediaApplicationCall: { TransactionId } });
    expect(answer.$metadata.httpStatusCode).toBe(202);
    await scene.advance(1);
    expect(scene.events[2]?.ActionData?.Parameters).toEqual({ Arguments: { cmd: 'stop' } });
  });

  test('E27: an ended call, an unknown one and that of another application are NotFoundException', async () => {
    const { scene, create, update } = await serve();
    const TransactionId = (await create()).SipMediaApplicationCall?.TransactionId ?? '';
    await scene.advance(1);
    const requests = [() => update('unknown'), () => update(TransactionId, {}, 'another')];
    for (const request of requests) {
      expect(await refusal(request())).toMatchObject({ name: 'NotFoundException', Code: 'NotFound' });
    }
    await scene.advance(100);
    expect(await refusal(update(TransactionId))).toMatchObject({ name: 'NotFoundException' });
  });

  test('wants Arguments, of at most 20', async () => {
    const { scene, endpoint, create, update } = await serve();
    const TransactionId = (await create()).SipMediaApplicationCall?.TransactionId ?? '';
    await scene.advance(1);
    const many = Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`a${at}`, 'v']));
    expect(await refusal(update(TransactionId, many))).toMatchObject({ name: 'BadRequestException' });
    const response = await fetch(`${endpoint}/sip-media-applications/${SMA_ID}/calls/${TransactionId}`, {
      method: 'POST',
      body: '{}',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ Message: expect.stringContaining("'arguments'") });
  });

  test('E21: takes five a second', async () => {
    const { create, update } = await serve({ options: { quotas: { updateCallsPerSecond: 5 } } });
    const TransactionId = (await create()).SipMediaApplicationCall?.TransactionId ?? '';
    for (let request = 0; request < 5; request++) await update(TransactionId);
    expect(await refusal(update(TransactionId))).toMatchObject({ name: 'ThrottledClientException' });
  });
});

describe('anything else', () => {
  test('an operation that is not served is told so', async () => {
    const { client } = await serve();
    const error = await refusal(client.send(new ListSipMediaApplicationsCommand({})));
    expect(error).toMatchObject({ name: 'UnknownOperationException' });
    expect(error.$metadata.httpStatusCode).toBe(404);
  });

  test.each([
    ['a body that is not JSON', '{"FromPhoneNumber":', 400, 'BadRequest'],
    ['a body that is no object', '[]', 400, 'BadRequest'],
    ['no body', '', 400, 'BadRequest'],
    [
      'a map with a number in it',
      `{"FromPhoneNumber":"${ACCOUNT_NUMBER}","ToPhoneNumber":"${ANSWERS}","ArgumentsMap":{"a":1}}`,
      400,
      'BadRequest',
    ],
    ['a body of more than a megabyte', `"${'x'.repeat(1_100_000)}"`, 413, 'UnknownOperation'],
  ])('%s is refused', async (_, body, status, Code) => {
    const { endpoint } = await serve();
    const response = await fetch(`${endpoint}/sip-media-applications/${SMA_ID}/calls`, {
      method: 'POST',
      body,
    });
    expect(response.status).toBe(status);
    expect(response.headers.get('x-amzn-errortype')).toMatch(/Exception$/);
    expect(response.headers.get('x-amzn-requestid')).toMatch(/-/);
    expect(await response.json()).toMatchObject({ Code, Message: expect.any(String) });
  });
});
