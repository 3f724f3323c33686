import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EagerClock } from '../../local/clock/eager-clock.ts';
import { createPlatform, type Platform } from '../../local/platform.ts';

/** A customer's server: what it was asked, and when by the platform's clock. */
class CustomerServer {
  readonly requests: { atMs: number; path: string; body: string }[] = [];
  answer: (request: IncomingMessage, response: ServerResponse) => unknown = (_, response) => response.end();
  readonly #server: Server;

  constructor(now: () => number) {
    this.#server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
      this.requests.push({ atMs: now(), path: request.url ?? '', body });
      await this.answer(request, response);
    });
  }

  listen = () => new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve));

  get url() {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close() {
    this.#server.closeAllConnections();
    return new Promise(resolve => this.#server.close(resolve));
  }
}

describe('the platform on virtual time', () => {
  let clock: EagerClock;
  let platform: Platform;
  let customer: CustomerServer;
  let startMs: number;

  beforeEach(async () => {
    clock = new EagerClock();
    startMs = clock.now();
    customer = new CustomerServer(() => clock.now() - startMs);
    [platform] = await Promise.all([createPlatform({ clock }), customer.listen()]);
  });

  afterEach(async () => {
    await platform.close();
    await customer.close();
  });

  function request(path: string, method = 'GET', body?: object | URLSearchParams) {
    const { accountSid, authToken } = platform.info;
    const form = body instanceof URLSearchParams;
    return fetch(platform.url + path, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
        ...(body && !form && { 'content-type': 'application/json' }),
      },
      ...(body && { body: form ? body : JSON.stringify(body) }),
    });
  }

  /** Places a callback call, and gives back its SID once everything that happens by itself has happened. */
  async function callback(a: string, b: string, more: object = {}) {
    const from = '+12025550110';
    const answer = await request('/voice/call/callback', 'POST', {
      leg_A: { to: a, from },
      leg_B: { to: b, from },
      status_callback: `${customer.url}/status`,
      status_callback_event: ['initiated', 'ringing', 'answered', 'completed'],
      ...more,
    });
    expect(answer.status).toBe(200);
    const { request_id } = (await answer.json()) as { request_id: string };
    await clock.settled();
    return `CA${request_id.replaceAll('-', '')}`;
  }

  const told = () =>
    customer.requests.map(({ body }) => {
      const { leg, event } = JSON.parse(body);
      return `${leg} ${event}`;
    });

  it('takes the account by each of its spellings', async () => {
    const { accountSid, accountUuid, plivoAuthId, authToken } = platform.info;
    const statuses = [accountSid, accountUuid, plivoAuthId].map(async user => {
      const authorization = `Basic ${Buffer.from(`${user}:${authToken}`).toString('base64')}`;
      return (await fetch(`${platform.url}/v1/routes`, { headers: { authorization } })).status;
    });
    expect(await Promise.all(statuses)).toEqual([200, 200, 200]);
    expect(plivoAuthId).toMatch(/^MA[0-9A-Z]{25}$/);
  });

  it('rings a phone, then the other, and tells the customer’s server', async () => {
    const callSid = await callback('+12025550100', '+12025550107');
    expect(platform.handsets.get('+12025550107')).toMatchObject({ state: 'in-call', ringCount: 1 });
    platform.handsets.hangUp('+12025550107');
    await clock.settled();
    expect(platform.runtime.activeTransactions).toEqual([]);
    expect(told()).toEqual(
      expect.arrayContaining([
        'A initiated',
        'A ringing',
        'A answered',
        'B answered',
        'B completed',
        'A completed',
      ]),
    );
    const timeline = await platform.timeline(callSid);
    expect(timeline?.status).toBe('completed');
    expect(new Set(timeline?.entries.map(({ kind }) => kind))).toEqual(
      new Set([
        'voice-api',
        'leg',
        'handler',
        'bus',
        'action-started',
        'action-ended',
        'callback',
        'call-ended',
      ]),
    );
  });

  it('lets a phone that nobody answers ring for as long as it should, in no time', async () => {
    const startedAt = performance.now();
    const callSid = await callback('+12025550100', '+12025550102', { timeout: 30 });
    const entries = (await platform.timeline(callSid))?.entries ?? [];
    const [started] = entries.filter(entry => entry.kind === 'action-started');
    const [ended] = entries.filter(entry => entry.kind === 'action-ended');
    expect((ended?.atMs ?? 0) - (started?.atMs ?? 0)).toBe(30_000);
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  it('tries a callback again for hours, and writes every attempt down', async () => {
    customer.answer = (_, response) => response.writeHead(500).end();
    const callSid = await callback('+12025550100', '+12025550101', { status_callback_event: ['completed'] });
    await clock.advance(72 * 60 * 60 * 1000);
    await clock.settled();
    const entries = (await platform.timeline(callSid))?.entries ?? [];
    const attempts = entries.filter(entry => entry.kind === 'callback');
    const gaps = attempts.filter(({ callSid }) => callSid.endsWith('0000')).map(({ atMs }) => atMs - startMs);
    expect(gaps.length).toBeGreaterThan(5);
    expect((gaps.at(-1) as number) - (gaps[0] as number)).toBeGreaterThan(60 * 60 * 1000);
    expect(attempts.every(({ status }) => status === 500)).toBe(true);
    expect(
      entries.filter(entry => entry.kind === 'bus' && entry.type === 'Callback Failed').length,
    ).toBeGreaterThan(0);
    expect(
      (await platform.aws.fauxqs.queueDepth('dialplane-callbacks-dead-letters')).visible,
    ).toBeGreaterThan(0);
  });

  describe('with a number that has a document', () => {
    const setVoiceUrl = async () => {
      const path = `/2010-04-01/Accounts/${platform.info.accountSid}/IncomingPhoneNumbers`;
      const list = await (await request(`${path}.json`)).json();
      const { sid } = (list as { incoming_phone_numbers: { sid: string }[] }).incoming_phone_numbers[0] as {
        sid: string;
      };
      const VoiceUrl = `${customer.url}/voice`;
      expect((await request(`${path}/${sid}.json`, 'POST', new URLSearchParams({ VoiceUrl }))).status).toBe(
        200,
      );
    };

    const speak = (text: string) => (_: unknown, response: ServerResponse) =>
      response.writeHead(200, { 'content-type': 'text/xml' }).end(`<Response><Say>${text}</Say></Response>`);

    it('runs it for a phone that calls', async () => {
      await setVoiceUrl();
      customer.answer = speak('Hello there.');
      platform.handsets.dial('+12025550100', '+12025550110');
      await clock.settled();
      expect(platform.handsets.get('+12025550100').heard).toEqual([{ kind: 'text', text: 'Hello there.' }]);
      expect(customer.requests.map(({ path }) => path)).toEqual(['/voice']);
      const [call] = platform.timelines.calls;
      expect(call).toMatchObject({ from: '+12025550100', to: '+12025550110', status: 'completed' });
    });

    it('waits, with the call held, for a server that takes longer than the voice service would', async () => {
      await setVoiceUrl();
      customer.answer = async (incoming, response) => {
        await clock.answerAfter(8000);
        speak('Sorry for the wait.')(incoming, response);
      };
      platform.handsets.dial('+12025550100', '+12025550110');
      await clock.settled();
      expect(platform.handsets.get('+12025550100').heard).toEqual([
        { kind: 'text', text: 'Sorry for the wait.' },
      ]);
      expect(customer.requests).toHaveLength(1);
      expect(clock.now() - startMs).toBeGreaterThanOrEqual(8000);
    });
  });

  describe('under /_local/', () => {
    const local = async (path: string, method = 'GET', body?: object) => {
      const answer = await fetch(`${platform.url}/_local/${path}`, {
        method,
        ...(body && { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };

    it('tells what it is', async () => {
      const { status, body } = await local('info');
      expect(status).toBe(200);
      expect(body).toEqual({ ...platform.info });
      expect(body['apiUrl']).toBe(platform.url);
      expect(body['numbers']).toHaveLength(10);
    });

    it('lists calls, newest first, and shows one by its SID, its UUID or the SID of a call that it dialled', async () => {
      const first = await callback('+12025550100', '+12025550101');
      const second = await callback('+12025550106', '+12025550101');
      const { body } = await local('calls');
      expect((body['calls'] as { callSid: string }[]).map(({ callSid }) => callSid)).toEqual([second, first]);
      const uuid = first.slice(2).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
      for (const name of [first, uuid, `${first.slice(0, -4)}0001`]) {
        const { body: call } = await local(`calls/${name}`);
        expect(call).toMatchObject({ callSid: first, from: '+12025550110', to: '+12025550100' });
        const times = (call['entries'] as { atMs: number }[]).map(({ atMs }) => atMs);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }
    });

    it('says that there is no such call', async () => {
      expect(await local(`calls/CA${'0'.repeat(32)}`)).toEqual({
        status: 404,
        body: { error: expect.stringContaining('There is no call') },
      });
    });

    it('lets phones be used by hand', async () => {
      expect((await local('handsets')).body['handsets']).toHaveLength(8);
      await local('handsets/12025550102', 'PUT', { ringSeconds: 3 });
      await callback('+12025550102', '+12025550100');
      expect((await local('handsets/12025550102')).body).toMatchObject({ state: 'in-call' });
      expect((await local('handsets/12025550102/hangup', 'POST')).status).toBe(200);
      expect((await local('handsets/12025550199')).status).toBe(404);
    });

    it('counts what was used and what that costs', async () => {
      await callback('+12025550100', '+12025550101');
      const { body } = await local('usage');
      const { usage, cost } = body as {
        usage: { billed: Record<string, number> };
        cost: { dollars: number };
      };
      expect(usage.billed).toMatchObject({ httpApi: 1, busEntries: expect.any(Number) });
      expect(cost.dollars).toBeGreaterThan(0.00001);
      expect(cost.dollars).toBeLessThan(0.001);
    });
  });

  it('keeps secrets out of timelines, events and what handsets see', async () => {
    const secret = platform.info.authToken;
    const callSid = await callback('+12025550100', '+12025550101', {
      status_callback: `${customer.url.replace('//', '//name:pass-word@')}/status`,
    });
    const timeline = JSON.stringify(await platform.timeline(callSid));
    expect(timeline).toContain('"kind":"callback"');
    for (const hidden of [secret, 'pass-word']) expect(timeline).not.toContain(hidden);
  });
});

describe('platforms', () => {
  it('live side by side in one process, each with its own calls, numbers and account', async () => {
    const [one, two] = await Promise.all([createPlatform(), createPlatform()]);
    expect(one.url).not.toBe(two.url);
    const credentials = `Basic ${Buffer.from(`${one.info.accountSid}:${one.info.authToken}`).toString('base64')}`;
    const ask = (url: string) =>
      fetch(`${url}/2010-04-01/Accounts/${one.info.accountSid}/Calls.json`, {
        headers: { authorization: credentials },
      });
    expect((await ask(one.url)).status).toBe(200);
    expect((await ask(two.url)).status).toBe(401);
    await Promise.all([one.close(), two.close()]);
  });

  it('leave nothing behind when they are closed, also in the middle of a call: the process ends by itself', async () => {
    const script = `
      const { createPlatform } = await import('./local/platform.ts');
      await createPlatform({ functions: { api() { throw new Error('no start'); } } }).catch(() => {});
      const platform = await createPlatform();
      platform.handsets.dial('+12025550100', '+12025550110');
      await platform.close();
      await platform.close();
      await fetch(platform.url).then(() => console.log('still there'), () => {});
      setTimeout(() => process.exit(7), 5000).unref();
    `;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '-e',
      script,
    ]);
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
  });

  it('refuse a port that is taken, and leave nothing behind', async () => {
    const platform = await createPlatform();
    const port = Number(new URL(platform.url).port);
    await expect(createPlatform({ apiPort: port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await platform.close();
  });
});
