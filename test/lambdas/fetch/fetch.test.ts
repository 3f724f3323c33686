import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRoutes } from '../../../aws/routes.ts';
import { createTable } from '../../../aws/table.ts';
import { createTrunks } from '../../../aws/trunks.ts';
import type { DocumentRequest } from '../../../core/document.ts';
import { systemRandom } from '../../../core/random.ts';
import { createSession, type Session } from '../../../core/session.ts';
import { newCallSid } from '../../../core/sid.ts';
import type { Gather, Verb } from '../../../core/verb.ts';
import type { DocumentInput, FetchInput } from '../../../lambdas/fetch/contract.ts';
import { CLAIM_LEASE_MS, createFetch, UPDATE_RETRY_MS } from '../../../lambdas/fetch/fetch.ts';
import { sine, wavFile, writers } from '../../core/audio/sounds.ts';
import { route, to, trunk } from '../../core/directory.ts';
import { CustomerServer } from '../../support/customer-server.ts';
import { ServiceBench, transaction } from '../../support/service-bench.ts';

const ACCOUNT = `AC${'a'.repeat(32)}`;
const HELLO = '<Response><Say>Hello.</Say></Response>';

describe('fetch', () => {
  let bench: ServiceBench;
  let customer: CustomerServer;
  let fetch: ReturnType<typeof createFetch>;
  let session: Session;

  beforeAll(async () => {
    bench = await ServiceBench.start();
    customer = new CustomerServer(() => bench.clock.now());
    customer.authToken = 'token';
    await customer.listen();
    await bench.stores.accounts.put({
      accountSid: ACCOUNT,
      authToken: 'token',
      friendlyName: 'Account',
      callsPerSecond: 1,
    });
    fetch = createFetch(bench.context);
  });
  beforeEach(() => {
    bench.voice = () => ({ status: 202, body: transaction('T1') });
    ({ session } = createSession({
      sid: newCallSid(systemRandom),
      accountSid: ACCOUNT,
      dialect: 'signalwire',
      direction: 'inbound',
      to: '+12025550110',
      from: '+12025550100',
      entry: { verbs: [] },
      nowMs: bench.clock.now(),
    }));
  });
  afterEach(() => {
    customer.reset();
    bench.requests.splice(0);
    bench.clock.slept.splice(0);
  });
  afterAll(async () => {
    await customer.close();
    await bench.close();
  });

  /** A question, for whose answer somebody waits 3 s. */
  const question = (request: Partial<DocumentRequest>, input: Partial<DocumentInput> = {}): FetchInput => ({
    rootSid: session.sid,
    accountSid: ACCOUNT,
    dialect: 'signalwire',
    transactionId: 'T1',
    request: { id: '0', purpose: 'first', call: session.calls[0] as DocumentRequest['call'], ...request },
    deadlineMs: bench.clock.now() + 3_000,
    ...input,
  });
  const target = (path = '/voice') => ({ url: `${customer.url}${path}`, method: 'POST' as const });
  /** What the call was told through the voice service. */
  const told = () =>
    bench.requests
      .filter(({ service }) => service === 'chime')
      .map(({ body }) => JSON.parse(body.toString()).Arguments);
  const SAID = { verbs: [{ verb: 'Say', parts: ['Hello.'] }] };

  it('gives its asker the document that comes in time, and tells nobody else', async () => {
    customer.on('/voice', HELLO);
    expect(await fetch(question({ target: target() }))).toMatchObject({ result: SAID });
    expect(told()).toEqual([]);
  });

  it('tells the call of one that comes too late, and the asker that it is to come', async () => {
    customer.on('/voice', () => {
      bench.clock.pass(4_000);
      return HELLO;
    });
    expect(await fetch(question({ target: target() }))).toEqual({ pending: true });
    expect(told()).toEqual([{ document: '0' }]);
    expect((await bench.stores.documents.get(session.sid, '0'))?.result).toMatchObject(SAID);
  });

  it('asks the customer’s server once, however often it is asked itself', async () => {
    customer.on('/voice', HELLO);
    const answers = await Promise.all([1, 2, 3].map(() => fetch(question({ target: target() }))));
    expect(answers).toMatchObject([{ result: SAID }, { result: SAID }, { result: SAID }]);
    expect(await fetch(question({ target: target() }))).toMatchObject({ result: SAID });
    expect(customer.requests).toHaveLength(1);
  });

  it('does not ask again for one that was lost on its way, and says so in the end', async () => {
    await bench.stores.documents.claim(session.sid, '0', bench.clock.now());
    expect(await fetch(question({ target: target() }))).toEqual({ pending: true });
    bench.clock.pass(CLAIM_LEASE_MS);
    expect(await fetch(question({ target: target() }))).toMatchObject({ result: { error: { code: 11200 } } });
    expect(customer.requests).toEqual([]);
  });

  it('wakes a call by an update, and asks nobody', async () => {
    expect(await fetch({ wake: true, transactionId: 'T1' })).toEqual({ pending: true });
    expect(told()).toEqual([{ wake: 'now' }]);
    expect(customer.requests).toEqual([]);
  });

  it('fetches the sounds that a Gather prompts with', async () => {
    customer.on('/no', { status: 404 });
    const sound = { verb: 'Play', url: `${customer.url}/no`, loop: 1 } as const;
    const gather = { verb: 'Gather', prompts: [sound], invalid: sound } as unknown as Gather;
    expect(await fetch(question({ verbs: [gather] }))).toMatchObject({
      result: {
        verbs: [
          {
            prompts: [{ audio: { error: expect.stringContaining('404') } }],
            invalid: { audio: { error: expect.stringContaining('404') } },
          },
        ],
      },
    });
    expect(customer.requests).toHaveLength(1);
  });

  it('lays out what a document dials by its account’s routes and trunks', async () => {
    const table = createTable(bench.context.env);
    await createTrunks(table).create(trunk('office', { accountSid: ACCOUNT }));
    await createRoutes(table).create({ ...route('1000XXX', to('office')), accountSid: ACCOUNT });
    const dial = {
      verb: 'Dial',
      targets: [
        { kind: 'number', number: '1000123' },
        { kind: 'number', number: '+12025550101' },
      ],
      order: 'in-turn',
    } as unknown as Verb;
    customer.on('/voice', '<Response><Dial><Number>+12025550101</Number></Dial></Response>');
    const env = { ...bench.context.env, EDGE_VOICE_CONNECTOR_ARN: 'arn' };

    const over = await createFetch({ ...bench.context, env })(question({ verbs: [dial] as never }));
    const without = await fetch(question({ id: '1', verbs: [dial] as never }));
    const asked = await fetch(question({ id: '2', target: target() }));

    expect(over).toMatchObject({
      result: {
        verbs: [
          { verb: 'DialEdge', targets: [{ uri: 'sip:1000123@pbx.example.com' }], alternatives: 1 },
          { verb: 'DialNumber', targets: [{ number: '+12025550101' }] },
        ],
        notifications: [],
      },
    });
    expect(without).toMatchObject({
      result: {
        verbs: [{ verb: 'DialNumber', targets: [{ number: '+12025550101' }] }],
        notifications: [{ level: 'error', code: 13223 }],
      },
    });
    expect(asked).toMatchObject({ result: { verbs: [{ verb: 'Answer' }, { verb: 'DialNumber' }] } });
  });

  it('makes a request that nobody waits for, and keeps nothing of its answer', async () => {
    customer.on('/voice', HELLO);
    expect(await fetch(question({ target: target(), discard: true }))).toEqual({ pending: true });
    expect(customer.requests).toHaveLength(1);
    expect(told()).toEqual([]);
  });

  describe('telling the call', () => {
    beforeEach(() => {
      customer.on('/voice', HELLO);
    });
    const late = () => question({ target: target() }, { deadlineMs: 0 });

    it('is patient with a busy service', async () => {
      const answers = [429, 500, 429];
      bench.voice = () => {
        const status = answers.shift();
        if (status === undefined) return { status: 202, body: transaction('T1') };
        return { status, ...(status === 429 && { error: 'ThrottledClientException' }) };
      };
      expect(await fetch(late())).toEqual({ pending: true });
      expect(told()).toHaveLength(4);
      expect(bench.clock.slept).toEqual(UPDATE_RETRY_MS.slice(0, 3));
    });

    it('is not needed where the call has gone', async () => {
      bench.voice = () => ({ status: 404, error: 'NotFoundException' });
      expect(await fetch(late())).toEqual({ pending: true });
      expect(told()).toHaveLength(1);
    });

    it('fails, for somebody to see, when the service never listens', async () => {
      bench.voice = () => ({ status: 429, error: 'ThrottledClientException' });
      await expect(fetch(late())).rejects.toThrow('ThrottledClientException');
      expect(bench.clock.slept).toEqual(UPDATE_RETRY_MS);
    });
  });

  it('tells the call that nothing comes when it fails itself', async () => {
    const stranger = `AC${'b'.repeat(32)}`;
    expect(await fetch(question({ target: target() }, { accountSid: stranger }))).toMatchObject({
      result: { error: { code: 20500 } },
    });
  });

  it('reaches no address of the inside', async () => {
    const url = 'http://169.254.169.254/latest/meta-data';
    expect(await fetch(question({ target: { url, method: 'GET' } }))).toMatchObject({
      result: { error: { code: 11290 } },
    });
  });

  describe('with audio', () => {
    const wav = wavFile(writers.s16le(sine(440, 8_000, 0.1)));
    const play = (id: string, path = '/tone.wav') =>
      fetch(question({ id, verbs: [{ verb: 'Play', url: `${customer.url}${path}`, loop: 1 }] }));
    const answer = (headers: Record<string, string>) =>
      customer.on('/tone.wav', ({ headers: asked }) =>
        asked['if-none-match'] === headers['etag'] && headers['etag'] !== undefined
          ? { status: 304 }
          : { headers: { 'content-type': 'audio/wav', ...headers }, body: wav },
      );
    const puts = () =>
      bench.requests.filter(({ service, method }) => service === 's3' && method === 'PUT').length;

    it('puts it into the bucket, and asks no more while it is fresh', async () => {
      answer({});
      const first = await play('0', '/tone.wav?fresh');
      const second = await play('1', '/tone.wav?fresh');
      expect(first).toMatchObject({
        result: { verbs: [{ audio: { bucket: 'audio', key: expect.stringMatching(/^play\/AC/) } }] },
      });
      expect(second).toEqual(first);
      expect(customer.requests).toHaveLength(1);
      expect(puts()).toBe(1);
    });

    it('keeps no more of its URL than may be shown', async () => {
      answer({});
      const url = `${customer.url.replace('://', '://user:s3cret@')}/tone.wav?secret`;
      const output = await fetch(question({ verbs: [{ verb: 'Play', url, loop: 1 }] }));
      expect(output).toMatchObject({ result: { verbs: [{ url: `${customer.url}/tone.wav?…` }] } });
      expect(JSON.stringify(output)).not.toMatch(/s3cret|secret/);
      expect(customer.requests).toMatchObject([{ url: '/tone.wav?secret' }]);
    });

    it.each([
      ['max-age=60', 60_000],
      ['public, max-age=5', 5_000],
      ['no-cache', 0],
    ])(
      'asks again after Cache-Control: %s is over, and takes an unchanged one for fresh',
      async (control, ms) => {
        answer({ 'cache-control': control, etag: '"1"' });
        const path = `/tone.wav?${encodeURIComponent(control)}`;
        await play('0', path);
        bench.clock.pass(ms);
        expect(await play('1', path)).toMatchObject({ result: { verbs: [{ audio: { bucket: 'audio' } }] } });
        expect(customer.requests).toHaveLength(2);
        expect(puts()).toBe(1);
      },
    );

    it.each([
      ['plivo', 2, { bucket: 'audio' }],
      ['signalwire', 1, { error: expect.stringContaining('503') }],
    ])('asks again in the dialect %s after an error: %i requests', async (dialect, requests, audio) => {
      const answers: object[] = [{ status: 503 }];
      customer.on(
        '/late.wav',
        () => answers.pop() ?? { headers: { 'content-type': 'audio/wav' }, body: wav },
      );
      const url = `${customer.url}/late.wav?${dialect}`;
      const found = await fetch(question({ id: '0', verbs: [{ verb: 'Play', url, loop: 1 }] }, { dialect }));

      expect(found).toMatchObject({ result: { verbs: [{ audio }] } });
      expect(customer.requests).toHaveLength(requests);
    });

    it('says of each what kept it from being played', async () => {
      customer.on('/noise', { headers: { 'content-type': 'audio/mpeg' }, body: 'this is no sound' });
      customer.on('/gone', { status: 404 });
      const errors = [await play('0', '/noise'), await play('1', '/gone')].map(each => JSON.stringify(each));
      expect(errors[0]).toMatch(/"error":"[^"]{20}/);
      expect(errors[1]).toMatch(/404/);
    });
  });
});
