/** `Idempotency-Key`, and what becomes of a request whose function is killed. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Crashes } from '../support/crashes.ts';
import { OWN, PHONE, TestPlatform } from '../support/test-platform.ts';

const HELLO = '<Response><Say>Hello.</Say></Response>';
/** An attribute without effect is a warning, which says when the document was read. */
const WARNED = '<Response><Say emphasis="strong">Hello.</Say></Response>';

describe('a create with an Idempotency-Key', () => {
  let crashes: Crashes;
  let test: TestPlatform;
  let n = 0;

  beforeAll(async () => {
    crashes = await Crashes.start();
    test = await TestPlatform.start({ functions: crashes.functions });
  });
  afterEach(async () => {
    crashes.plan = () => undefined;
    crashes.reset();
    await test.clear();
  });
  afterAll(async () => {
    await test.close();
    await crashes.close();
  });

  const newKey = () => `key-${n++}`;
  const post = (key: string, to: string = PHONE.busy, Twiml = HELLO) =>
    test.api<{ sid: string; code: number; status: unknown }>(`${test.accountPath}/Calls.json`, {
      form: { To: to, From: OWN, Twiml },
      headers: { 'idempotency-key': key },
    });
  const callback = (key: string, b: string = PHONE.busy) =>
    test.api<{ request_id: string; code: number }>('/voice/call/callback', {
      json: { leg_A: { to: PHONE.busy, from: OWN }, leg_B: { to: b, from: OWN } },
      headers: { 'idempotency-key': key },
    });
  /** How many times the voice service was asked for the call. */
  const ringsOf = (callSid: string) =>
    test.platform.timelines.get(callSid)?.entries.filter(({ kind }) => kind === 'voice-api').length;

  it('gives the same call again, and says so', async () => {
    const key = newKey();
    const first = await post(key);
    const second = await post(key);
    await test.settled();
    const third = await post(key);
    expect([first, second, third].map(({ status, body }) => [status, body.sid])).toEqual([
      [201, first.body.sid],
      [201, first.body.sid],
      [201, first.body.sid],
    ]);
    expect([first, second, third].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([
      null,
      'true',
      'true',
    ]);
    await test.settled();
    expect(ringsOf(first.body.sid)).toBe(1);
    expect(third.body.status).toBe('busy');
    expect(test.events(first.body.sid)).toHaveLength(3);
  });

  it('does so in the other dialect', async () => {
    const key = newKey();
    const first = await callback(key);
    const second = await callback(key);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    await test.settled();
  });

  it('does so whenever it comes again with a document that has warnings', async () => {
    const key = newKey();
    const first = await post(key, PHONE.busy, WARNED);
    await test.clock.advance(60_000);
    const second = await post(key, PHONE.busy, WARNED);
    expect(first.headers.get('dialplane-document-warnings')).not.toBeNull();
    expect([second.status, second.body.sid]).toEqual([201, first.body.sid]);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(await post(key)).toMatchObject({ status: 422, body: { code: 20422 } });
    await test.settled();
  });

  it('refuses the same key for another request', async () => {
    const key = newKey();
    const { body } = await post(key);
    expect(await post(key, PHONE.rejects)).toMatchObject({ status: 422, body: { code: 20422 } });
    const other = newKey();
    await callback(other);
    expect(await callback(other, PHONE.rejects)).toMatchObject({ status: 409, body: { code: 208 } });
    await test.settled();
    expect(ringsOf(body.sid)).toBe(1);
  });

  it('makes one call of two requests at the same time', async () => {
    const key = newKey();
    const answers = await Promise.all([post(key), post(key), post(key)]);
    expect(new Set(answers.map(({ body }) => body.sid)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.has('idempotency-replayed'))).toHaveLength(2);
    await test.settled();
    expect(ringsOf(answers[0].body.sid)).toBe(1);
    expect(test.story(answers[0].body.sid)).toEqual([
      'Call Queued: queued',
      'Call Initiated: initiated',
      'Call Completed: busy',
    ]);
  });

  it.each(['', 'with space', 'x'.repeat(256)])('refuses the key %j', async key => {
    expect(await post(key)).toMatchObject({ status: 422, body: { code: 20422 } });
  });

  it('is heard again after the function was killed between queue and table', async () => {
    const key = newKey();
    crashes.plan = ({ functionName, invocation, what }) =>
      functionName === 'api' && invocation === 0 && what === 'dynamodb:PutItem' ? 'before' : undefined;
    expect((await post(key)).status).toBe(500);
    expect(test.troubles.splice(0)).toHaveLength(1);
    const retried = await post(key);
    expect(retried.status).toBe(201);
    await test.settled();
    expect(ringsOf(retried.body.sid)).toBe(1);
    expect(test.story(retried.body.sid).at(-1)).toBe('Call Completed: busy');
  });

  it('is heard again after the function was killed between table and bus', async () => {
    const key = newKey();
    crashes.plan = ({ functionName, invocation, what }) =>
      functionName === 'api' && invocation === 0 && what === 'events:PutEvents' ? 'before' : undefined;
    expect((await post(key)).status).toBe(500);
    expect(test.troubles.splice(0)).toHaveLength(1);
    const retried = await post(key);
    expect(retried.headers.get('idempotency-replayed')).toBe('true');
    await test.settled();
    expect(ringsOf(retried.body.sid)).toBe(1);
    expect(test.story(retried.body.sid)).toEqual([
      'Call Queued: queued',
      'Call Initiated: initiated',
      'Call Completed: busy',
    ]);
  });
});

describe('a create whose function is killed', () => {
  let crashes: Crashes;
  let test: TestPlatform;

  beforeAll(async () => {
    crashes = await Crashes.start();
    test = await TestPlatform.start({ functions: crashes.functions });
  });
  afterAll(async () => {
    await test.close();
    await crashes.close();
  });

  it('leaves no call where it was not stored, and nothing in the queue', async () => {
    crashes.plan = ({ functionName, what }) =>
      functionName === 'api' && what === 'dynamodb:PutItem' ? 'before' : undefined;
    const { status } = await test.api(`${test.accountPath}/Calls.json`, {
      form: { To: PHONE.busy, From: OWN, Twiml: HELLO },
    });
    expect(status).toBe(500);
    crashes.plan = () => undefined;
    await test.clock.advance(60_000);
    await test.settled();
    expect(await test.platform.aws.fauxqs.queueDepth('dialplane-outbound.fifo')).toEqual({
      visible: 0,
      inFlight: 0,
      delayed: 0,
    });
    expect((await test.api<{ calls: object[] }>(`${test.accountPath}/Calls.json`)).body.calls).toEqual([]);
    expect(test.bus).toEqual([]);
    test.troubles.splice(0);
  });

  it('leaves a call that is told from its first event on where it was stored', async () => {
    crashes.plan = ({ functionName, what }) =>
      functionName === 'api' && what === 'events:PutEvents' ? 'before' : undefined;
    await test.api(`${test.accountPath}/Calls.json`, {
      form: { To: PHONE.busy, From: OWN, Twiml: HELLO },
    });
    crashes.plan = () => undefined;
    await test.clock.advance(5 * 60 * 60 * 1000);
    await test.settled();
    const [{ sid = '' } = {}] = (
      await test.api<{ calls: { sid: string }[] }>(`${test.accountPath}/Calls.json`)
    ).body.calls;
    expect(test.story(sid)).toEqual([
      'Call Queued: queued',
      'Call Initiated: initiated',
      'Call Completed: busy',
    ]);
    test.troubles.splice(0);
  });
});
