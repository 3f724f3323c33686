/** What is served and sent is what the OpenAPI document says. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Description } from '../../dialects/description.ts';
import { DIALECTS } from '../../lambdas/dialects.ts';
import { type ApiRequest, OWN, PHONE, TestPlatform } from '../support/test-platform.ts';

let on: TestPlatform;
beforeAll(async () => {
  on = await TestPlatform.start();
});
afterAll(() => on.close());

const asked = new Set<string>();

/** What of it does not fit, in words. */
function faults(schema: z.ZodType | undefined, body: unknown): string {
  const { error } = (schema ?? z.never()).safeParse(body);
  return error ? z.prettifyError(error) : '';
}

/** The description of whatever serves that request. */
function described(method: string, path: string): Description {
  const [plain = ''] = path.split('?');
  for (const { name, routes } of DIALECTS) {
    const serving = routes.find(
      route =>
        route.method === method &&
        new RegExp(`^${route.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}/?$`).test(plain),
    );
    if (serving === undefined) continue;
    const { describes } = serving;
    if ('sameAs' in describes) return described(method, describes.sameAs);
    return { ...describes, id: `${name}.${describes.id}` };
  }
  throw new Error(`Nothing serves ${method} ${path}.`);
}

async function ask(path: string, request: ApiRequest = {}): Promise<Record<string, unknown>> {
  const method = request.method ?? (request.json || request.form ? 'POST' : 'GET');
  const { id, answers } = described(method, path);
  const { status, body } = await on.api(path, { ...request, method });
  expect(Object.keys(answers), `${id}: ${JSON.stringify(body)}`).toContain(String(status));
  const schema = answers[status];
  if (schema === null) expect(body, id).toBeUndefined();
  else expect(faults(schema, body), id).toBe('');
  asked.add(id);
  return body;
}

const problemOf = (api: string) => DIALECTS.find(({ name }) => name === api)?.describes.problem as z.ZodType;

function webhook(name: string): z.ZodObject {
  const found = DIALECTS.flatMap(({ describes }) => Object.entries(describes.webhooks)).find(
    ([each]) => each === name,
  );
  return found?.[1].schema as z.ZodObject;
}

/** They fit, and say nothing that is not in it. */
function expectFits(name: string, requests: readonly { parameters: Record<string, unknown> }[]): void {
  const schema = webhook(name);
  expect(requests).not.toEqual([]);
  for (const { parameters } of requests) {
    expect(faults(schema, parameters)).toBe('');
    const unknown = Object.keys(parameters).filter(
      key => !Object.hasOwn(schema.shape, key) && !/^(Dial)?SipHeader_|^X-PH-/.test(key),
    );
    expect(unknown).toEqual([]);
  }
}

describe('SignalWire', () => {
  const calls = () => `/api/laml${on.accountPath}/Calls`;

  it('answers as described, through the life of a call', async () => {
    const action = on.customer.on('/action', '<Response><Say>Bye.</Say></Response>');
    const { sid } = await ask(calls(), {
      form: {
        To: PHONE.answers,
        From: OWN,
        Twiml: `<Response><Dial action="${action}"><Number statusCallback="${on.customer.url}/leg" statusCallbackEvent="initiated ringing answered completed">${PHONE.leavesSoon}</Number></Dial></Response>`,
        StatusCallback: `${on.customer.url}/root`,
        StatusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
      },
    });
    await on.settled();
    await ask(`${calls()}.json?PageSize=1&Status=completed`);
    await ask(`${calls()}/${sid}.json`);
    await ask(`${calls()}/${sid}/Events.json`);
    await ask(`${calls()}/${sid}/Notifications.json?Log=0`);
    await ask(`${calls()}/${sid}`, { method: 'DELETE' });
    expectFits('signalwireStatusCallback', [...on.customer.asked('/root'), ...on.customer.asked('/leg')]);
    expectFits('signalwireDocument', on.customer.asked('/action'));
  });

  it('answers as described when a call is changed, with what went wrong in it, and of numbers', async () => {
    const { sid } = await ask(calls(), {
      form: { To: PHONE.answers, From: OWN, Twiml: '<Response><Pause length="9" colour="red"/></Response>' },
    });
    await ask(`${calls()}/${sid}/Notifications`);
    await ask(`${calls()}/${sid}`, { form: { Status: 'completed' } });
    await on.settled();
    const numbers = `${on.accountPath}/IncomingPhoneNumbers`;
    const { incoming_phone_numbers: listed } = await ask(`${numbers}.json`);
    const [number] = listed as { sid: string }[];
    await ask(`${numbers}/${number?.sid}`);
    await ask(`${numbers}/${number?.sid}`, { form: { FriendlyName: 'Front desk' } });
    const applications = `${on.accountPath}/Applications`;
    const { sid: application } = await ask(applications, { form: { FriendlyName: 'Door' } });
    await ask(`${applications}.json`);
    await ask(`${applications}/${application}`);
    await ask(`${applications}/${application}`, { form: { VoiceUrl: 'https://example.com/voice' } });
    await ask(`${applications}/${application}`, { method: 'DELETE' });
  });

  it('tells problems as described', async () => {
    const { body } = await on.api(`${calls()}/CA${'0'.repeat(32)}`);
    expect(faults(problemOf('signalwire'), body)).toBe('');
  });
});

describe('DataTechLabs', () => {
  it('answers and calls back as described', async () => {
    const { request_id: id } = await ask('/voice/call/callback', {
      json: {
        leg_A: { to: PHONE.answers, from: OWN },
        leg_B: { to: PHONE.leavesSoon, from: OWN },
        status_callback: `${on.customer.url}/status`,
        colour: 'red',
      },
    });
    await ask(`/voice/call/status/${id}`);
    await on.settled();
    await ask(`/voice/call/status/${id}`);
    const url = on.customer.on('/hello.wav', { status: 404 });
    const { request_id: played } = await ask('/voice/call/play', {
      json: { to: PHONE.answers, from: OWN, playlist: [{ play: url }] },
    });
    await on.settled();
    await ask(`/voice/call/status/${played}`);
    const { request_id: menu } = await ask('/voice/call/menu', {
      json: { recipients: [{ to: PHONE.presses, from: OWN }], playlist_1: [{ play: url }] },
    });
    await on.settled();
    await ask(`/voice/call/status/${menu}`);
    expectFits('datatechlabsStatusCallback', on.customer.asked('/status'));
    const { body } = await on.api('/voice/call/callback', { json: {} });
    expect(faults(problemOf('datatechlabs'), body)).toBe('');
  });
});

describe('Restcomm', () => {
  const account = () => `/restcomm/2012-04-24/Accounts/${on.account}`;

  it('answers and asks as described, through the life of a call', async () => {
    const action = on.customer.on('/rcml-action', '<Response><Say>Bye.</Say></Response>');
    const document = `<Response><Dial action="${action}"><Number statusCallback="${on.customer.url}/rcml-leg">${PHONE.leavesSoon}</Number></Dial></Response>`;
    const { sid } = await ask(`${account()}/Calls.json`, {
      form: {
        To: PHONE.answers,
        From: OWN,
        Url: on.customer.on('/rcml', document),
        StatusCallback: `${on.customer.url}/rcml-root`,
      },
    });
    await on.settled();
    await ask(`${account()}/Calls.json?PageSize=1`);
    await ask(`${account()}/Calls/${sid}.json`);
    await ask(`${account()}/Calls/${sid}/Notifications.json`);
    expectFits('restcommDocument', [...on.customer.asked('/rcml'), ...on.customer.asked('/rcml-action')]);
    expectFits('restcommStatusCallback', [
      ...on.customer.asked('/rcml-root'),
      ...on.customer.asked('/rcml-leg'),
    ]);
    const { body } = await on.api(`${account()}/Calls/CA${'0'.repeat(32)}.json`);
    expect(faults(problemOf('restcomm'), body)).toBe('');
  });

  it('answers as described of what is changed, of applications, clients and numbers', async () => {
    const Url = on.customer.on('/rcml-wait', '<Response><Pause length="100"/></Response>');
    const { sid } = await ask(`${account()}/Calls.json`, { form: { To: PHONE.answers, From: OWN, Url } });
    await ask(`${account()}/Calls/${sid}.json`, { form: { Status: 'canceled' } });
    await on.settled();
    const resource = async (kind: string, made: Record<string, string>, change: Record<string, string>) => {
      const { sid: own } = await ask(`${account()}/${kind}.json`, { form: made });
      await ask(`${account()}/${kind}.json`);
      await ask(`${account()}/${kind}/${own}.json`);
      await ask(`${account()}/${kind}/${own}.json`, { form: change });
      await ask(`${account()}/${kind}/${own}.json`, { method: 'PUT', form: change });
      await ask(`${account()}/${kind}/${own}.json`, { method: 'DELETE' });
    };
    await resource('Applications', { FriendlyName: 'Door' }, { RcmlUrl: 'https://example.com/rcml' });
    await resource('Clients', { Login: 'carol', Password: 'a-long-password' }, { FriendlyName: 'Carol' });
    const { incoming_phone_numbers: listed } = await ask(`${account()}/IncomingPhoneNumbers.json`);
    const [number] = listed as { sid: string }[];
    const path = `${account()}/IncomingPhoneNumbers/${number?.sid}.json`;
    await ask(path);
    await ask(path, { form: { FriendlyName: 'Gate' } });
    await ask(path, { method: 'PUT', form: { FriendlyName: 'Gate' } });
  });
});

describe('Plivo', () => {
  const account = () => `/v1/Account/${on.platform.info.plivoAuthId}`;

  it('answers and asks as described, through the life of a call', async () => {
    const action = on.customer.on('/after', '<Response><Speak>Bye.</Speak></Response>');
    const told = `${on.customer.url}/dialled`;
    const document = `<Response><Dial action="${action}" callbackUrl="${told}"><Number>${PHONE.leavesSoon}</Number></Dial></Response>`;
    const { request_uuid: uuid } = await ask(`${account()}/Call/`, {
      json: {
        to: PHONE.answers,
        from: OWN,
        answer_url: on.customer.on('/answer', document),
        ring_url: `${on.customer.url}/ring`,
        hangup_url: `${on.customer.url}/hangup`,
        sip_headers: 'Test=Sample',
      },
    });
    await on.settled();
    await ask(`${account()}/Call/?limit=1`);
    await ask(`${account()}/Call/?status=live`);
    await ask(`${account()}/Call/${uuid}/`);
    await ask(`${account()}/Call/${uuid}/Notification/`);
    expectFits('plivoDocument', [...on.customer.asked('/answer'), ...on.customer.asked('/after')]);
    expectFits('plivoStatusCallback', [
      ...on.customer.asked('/ring'),
      ...on.customer.asked('/hangup'),
      ...on.customer.asked('/dialled'),
    ]);
    const { body } = await on.api(`${account()}/Call/${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}/`);
    expect(faults(problemOf('plivo'), body)).toBe('');
  });

  it('answers as described when one of two who talk is told something', async () => {
    const document = `<Response><Dial><Number>${PHONE.answersLate}</Number></Dial></Response>`;
    const { request_uuid: uuid } = await ask(`${account()}/Call/`, {
      json: { to: PHONE.answers, from: OWN, answer_url: on.customer.on('/answer', document) },
    });
    await on.clock.advance(15_000);
    await ask(`${account()}/Call/${uuid}/DTMF/`, { json: { digits: '1' } });
    for (const [path, json] of [
      ['Speak', { text: 'Hello.' }],
      ['Play', { urls: on.customer.on('/gone.wav', { status: 404 }) }],
    ] as const) {
      await ask(`${account()}/Call/${uuid}/${path}/`, { json });
      await ask(`${account()}/Call/${uuid}/${path}/`, { method: 'DELETE' });
    }
    await ask(`${account()}/Call/${uuid}/`, { method: 'DELETE' });
    await on.settled();
    on.customer.requests = [];
  });

  it('answers as described when a call is changed or ended', async () => {
    const json = {
      to: PHONE.answersLate,
      from: OWN,
      answer_url: on.customer.on('/wait', '<Response><Wait length="100"/></Response>'),
    };
    const { request_uuid: ringing } = await ask(`${account()}/Call/`, { json });
    await ask(`${account()}/Request/${ringing}/`, { method: 'DELETE' });
    await on.settled();
    const { request_uuid: uuid } = await ask(`${account()}/Call/`, { json: { ...json, to: PHONE.answers } });
    await on.clock.advance(3_000);
    await ask(`${account()}/Call/${uuid}/?status=live`);
    await ask(`${account()}/Call/${uuid}/`, { json: { legs: 'aleg', aleg_url: json.answer_url } });
    await ask(`${account()}/Call/${uuid}/`, { method: 'DELETE' });
    await on.settled();
  });

  it('answers as described of applications, numbers and endpoints', async () => {
    const { app_id: app } = await ask(`${account()}/Application/`, { json: { app_name: 'Door' } });
    await ask(`${account()}/Application/`);
    await ask(`${account()}/Application/${app}/`);
    await ask(`${account()}/Application/${app}/`, { json: { app_name: 'Gate' } });
    await ask(`${account()}/Number/`);
    await ask(`${account()}/Number/${OWN.slice(1)}/`);
    await ask(`${account()}/Number/${OWN.slice(1)}/`, { json: { app_id: app } });
    await ask(`${account()}/Number/${OWN.slice(1)}/`, { json: { app_id: '' } });
    await ask(`${account()}/Application/${app}/`, { method: 'DELETE' });
    const endpoint = { username: 'bob', password: 'a-long-password', alias: 'Bob' };
    const { endpoint_id: id } = await ask(`${account()}/Endpoint/`, { json: endpoint });
    await ask(`${account()}/Endpoint/`);
    await ask(`${account()}/Endpoint/${id}/`);
    await ask(`${account()}/Endpoint/${id}/`, { json: { alias: 'Robert' } });
    await ask(`${account()}/Endpoint/${id}/`, { method: 'DELETE' });
  });
});

describe('Dialplane', () => {
  it('answers as described for trunks, routes and clients', async () => {
    const trunk = { host: 'sip.example.com', credentials: { username: 'ann', password: 'a-long-password' } };
    await ask('/v1/trunks', { json: { name: 'office', ...trunk } });
    await ask('/v1/trunks');
    await ask('/v1/trunks/office');
    await ask('/v1/trunks/office', { method: 'PUT', json: { ...trunk, headers: { 'X-One': '1' } } });
    const rule = { pattern: '1000XXX', action: 'trunk', trunk: 'office' };
    const { id } = await ask('/v1/routes', { json: rule });
    await ask('/v1/routes');
    await ask(`/v1/routes/${id}`);
    await ask(`/v1/routes/${id}`, { method: 'PUT', json: { ...rule, description: 'The office' } });
    await ask(`/v1/routes/${id}`, { method: 'DELETE' });
    await ask('/v1/trunks/office', { method: 'DELETE' });
    await ask('/v1/clients', { json: { name: 'alice', password: 'a-long-password' } });
    await ask('/v1/clients');
    await ask('/v1/clients/alice');
    await ask('/v1/clients/alice', { method: 'PUT', json: { password: 'another-password' } });
    await ask('/v1/clients/alice', { method: 'DELETE' });
    const { body } = await on.api('/v1/clients/alice');
    expect(faults(problemOf('dialplane'), body)).toBe('');
  });
});

it('Nothing that is described was left out here', () => {
  const all = DIALECTS.flatMap(({ name, routes }) =>
    routes.flatMap(({ describes }) => ('sameAs' in describes ? [] : [`${name}.${describes.id}`])),
  );
  expect(all.filter(id => !asked.has(id))).toEqual([]);
});
