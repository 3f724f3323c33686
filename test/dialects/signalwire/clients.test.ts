/** Both vendors' own clients, over HTTP, against the routes of this dialect. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RestClient } from '@signalwire/compatibility-api';
import twilio from 'twilio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationName, Operations } from '../../../core/operation.ts';
import { Problem } from '../../../core/problem.ts';
import type { ApiAnswer, ApiRequest } from '../../../dialects/dialect.ts';
import { signalwire } from '../../../dialects/signalwire/index.ts';
import {
  ACCOUNT,
  ACCOUNT_UUID,
  aCall,
  aFinishedCall,
  aNumber,
  CALL,
  CALL_UUID,
  matchPath,
  NOW_MS,
  NUMBER,
  TOKEN,
} from './fixtures.ts';

type Client = ReturnType<typeof twilio>;
type Inputs = { [O in OperationName]?: Operations[O]['input'] };

/** What the operations were last asked. */
let asked: Inputs = {};
let server: Server;
let baseUrl = '';

const delivery = {
  eventId: `${CALL}-0`,
  callSid: CALL,
  request: { method: 'POST', url: 'https://example.com/s', parameters: { CallSid: CALL } },
  state: 'delivered',
  attempts: [{ atMs: NOW_MS, durationMs: 5, status: 204 }],
} as const;

/** Results that do not depend on a platform. */
const results: { [O in OperationName]?: (input: never) => Operations[O]['result'] } = {
  placeCall: () => ({ call: aCall({ status: 'queued' }), replayed: false }),
  readCall: () => ({ call: aFinishedCall(), calls: [] }),
  listCalls: ({ pageToken }: Operations['listCalls']['input']) =>
    pageToken === undefined
      ? { calls: [aCall(), aFinishedCall()], nextPageToken: 'second' }
      : { calls: [aFinishedCall({ status: 'busy' })] },
  modifyCall: () => ({ call: aFinishedCall() }),
  deleteCall: () => undefined,
  listNumbers: () => ({ numbers: [aNumber()] }),
  readNumber: () => ({ number: aNumber() }),
  modifyNumber: () => ({ number: aNumber({ friendlyName: 'Sales' }) }),
  listDeliveries: () => ({ deliveries: [{ ...delivery, attempts: [...delivery.attempts] }] }),
  listNotifications: () => ({
    notifications: [{ code: 13212, level: 'warning', message: 'Too long.', occurredAtMs: NOW_MS }],
  }),
};

function serve(method: string, url: URL, body: string): ApiAnswer {
  const path = url.pathname;
  try {
    const route = signalwire.routes.find(each => each.method === method && matchPath(each.path, path));
    if (route === undefined) throw new Problem('unknown-route', `There is nothing at ${path}.`);
    const request: ApiRequest = {
      method,
      path,
      params: matchPath(route.path, path) ?? {},
      query: [...url.searchParams],
      headers: {},
      form: [...new URLSearchParams(body)],
      json: undefined,
      accountSid: ACCOUNT,
      requestId: 'request-1',
      nowMs: NOW_MS,
    };
    const input = route.decode(request);
    asked = { ...asked, [route.operation]: input };
    return route.encode(results[route.operation]?.(input as never) as never, request);
  } catch (error) {
    if (error instanceof Problem)
      return signalwire.problem(error, { method, path, headers: {}, requestId: 'request-1' });
    throw error;
  }
}

beforeAll(async () => {
  server = createServer((incoming, answer) => {
    let body = '';
    incoming.on('data', chunk => {
      body += chunk;
    });
    incoming.on('end', () => {
      const result = serve(incoming.method ?? '', new URL(incoming.url ?? '', 'http://localhost'), body);
      const text = result.body === undefined ? '' : JSON.stringify(result.body);
      answer.writeHead(result.status, { 'content-type': 'application/json', ...result.headers }).end(text);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const CLIENTS: [string, () => Client, sids: { account: string; call: string }][] = [
  ['twilio', () => twilio(ACCOUNT, TOKEN), { account: ACCOUNT, call: CALL }],
  [
    '@signalwire/compatibility-api',
    () => new RestClient(ACCOUNT_UUID, TOKEN, { signalwireSpaceUrl: 'space.invalid' }),
    { account: ACCOUNT_UUID, call: CALL_UUID },
  ],
];

describe.each(CLIENTS)('The client %s', (_, create, sids) => {
  const client = () => {
    const made = create();
    made.api.baseUrl = baseUrl;
    return made;
  };

  it('creates a call', async () => {
    const call = await client().calls.create({
      to: '+12025550100',
      from: '+12025550110',
      url: 'https://example.com/voice?a=1&b=2',
      method: 'GET',
      fallbackUrl: 'https://example.com/f',
      statusCallback: 'https://example.com/s',
      statusCallbackEvent: ['initiated', 'answered'],
      timeout: 20,
      record: false,
    });

    expect(asked.placeCall).toMatchObject({
      to: '+12025550100',
      from: '+12025550110',
      entry: {
        target: { url: 'https://example.com/voice?a=1&b=2', method: 'GET' },
        fallback: { url: 'https://example.com/f', method: 'POST' },
      },
      callback: { events: ['initiated', 'answered', 'in-progress'] },
      ringTimeoutSeconds: 20,
    });
    expect(call).toMatchObject({
      sid: sids.call,
      accountSid: sids.account,
      status: 'queued',
      to: '+12025550100',
      direction: 'outbound-api',
      dateCreated: new Date(NOW_MS - 5_000),
      endTime: null,
      duration: null,
    });
  });

  it('creates a call with its document', async () => {
    const twiml = new twilio.twiml.VoiceResponse();
    twiml.say('Tom & Jerry');
    await client().calls.create({ to: '+12025550100', from: '+12025550110', twiml: twiml.toString() });
    expect(asked.placeCall?.entry).toMatchObject({ verbs: [{ verb: 'Say', parts: ['Tom & Jerry'] }] });
  });

  it('fetches a call, under its name in either spelling', async () => {
    for (const sid of [CALL, CALL_UUID]) {
      const call = await client().calls(sid).fetch();
      expect(asked.readCall).toEqual({ callSid: CALL });
      expect(call.sid).toBe(sids.call);
      expect(call.endTime).toEqual(new Date(NOW_MS + 61_000));
      expect(Number(call.duration)).toBe(61);
    }
  });

  it('changes a call', async () => {
    const call = await client().calls(sids.call).update({ status: 'completed' });
    expect(asked.modifyCall).toEqual({ callSid: CALL, changes: [{ hangUp: 'completed' }] });
    expect(call.status).toBe('completed');
  });

  it('removes a call', async () => {
    expect(await client().calls(sids.call).remove()).toBe(true);
    expect(asked.deleteCall).toEqual({ callSid: CALL });
  });

  it('lists calls through all their pages', async () => {
    const calls = await client().calls.list({
      to: '+12025550100',
      status: 'queued',
      startTimeAfter: new Date(NOW_MS),
      startTimeBefore: new Date(NOW_MS + 1_000),
    });
    expect(calls.map(({ status }) => status)).toEqual(['in-progress', 'completed', 'busy']);
    expect(asked.listCalls).toEqual({
      filter: {
        to: '+12025550100',
        statuses: ['queued', 'initiated'],
        startedAfterMs: NOW_MS,
        startedBeforeMs: NOW_MS + 1_999,
      },
      pageSize: 50,
      pageToken: 'second',
    });
  });

  it('lists as many calls as its owner wants', async () => {
    const calls = await client().calls.list({ limit: 5_000 });
    expect(calls).toHaveLength(3);
    expect(asked.listCalls).toMatchObject({ pageSize: 1_000 });
  });

  it('lists events, notifications and numbers', async () => {
    const call = client().calls(sids.call);
    expect(await call.events.list()).toMatchObject([
      { request: { url: 'https://example.com/s' }, response: { response_code: 204 } },
    ]);
    expect(await call.notifications.list()).toMatchObject([
      { errorCode: '13212', messageText: 'Too long.', messageDate: new Date(NOW_MS), callSid: sids.call },
    ]);
    expect(await client().incomingPhoneNumbers.list({ phoneNumber: '+12025550110' })).toMatchObject([
      { phoneNumber: '+12025550110', voiceUrl: 'https://example.com/voice', voiceMethod: 'GET' },
    ]);
    expect(asked.listNumbers).toEqual({ number: '+12025550110' });
  });

  it('reads and changes a number', async () => {
    expect((await client().incomingPhoneNumbers(NUMBER).fetch()).friendlyName).toBe('Front desk');
    await client()
      .incomingPhoneNumbers(NUMBER)
      .update({ voiceUrl: 'https://example.com/n', statusCallback: '' });
    expect(asked.modifyNumber).toEqual({
      numberSid: NUMBER,
      change: { voice: { url: 'https://example.com/n' }, statusCallback: null },
    });
  });

  it('understands a refusal', async () => {
    const refusal = client().calls.create({ to: 'Ann', from: '+12025550110', url: 'https://example.com/' });
    await expect(refusal).rejects.toMatchObject({
      status: 422,
      code: 21211,
      message: expect.stringContaining('"Ann"'),
      moreInfo: 'https://www.twilio.com/docs/errors/21211',
    });
    await expect(client().calls('nonsense').fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
  });
});
