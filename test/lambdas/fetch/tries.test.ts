/** How often a document is asked for: once, unless its dialect has rules of its own, as Plivo's has. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentRequest } from '../../../core/document.ts';
import { systemRandom } from '../../../core/random.ts';
import { createSession } from '../../../core/session.ts';
import { newCallSid } from '../../../core/sid.ts';
import { obtainDocument } from '../../../lambdas/fetch/document.ts';
import { documentsOf } from '../../../lambdas/fetch/documents.ts';
import { MAX_TRIES_MS } from '../../../lambdas/fetch/tries.ts';
import { CustomerServer } from '../../support/customer-server.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { dnsOf, loopbackClient } from '../../web/servers.ts';

const ACCOUNT = `AC${'a'.repeat(32)}`;
const HELLO = '<Response><Speak>Hello.</Speak></Response>';
const never = new Promise<never>(() => {});

let customer: CustomerServer;
let clock: VirtualClock;

beforeAll(async () => {
  customer = new CustomerServer(() => clock.now());
  customer.authToken = 'token';
  await customer.listen();
});
afterEach(() => {
  expect(customer.requests.filter(({ genuine }) => !genuine)).toEqual([]);
  customer.reset();
});
afterAll(() => customer.close());

function obtain(url: string, request: Partial<DocumentRequest> = {}, dialect = 'plivo') {
  clock = new VirtualClock();
  const web = loopbackClient({ clock, lookup: dnsOf({}) });
  const documents = documentsOf(dialect);
  const { session } = createSession({
    sid: newCallSid(systemRandom),
    accountSid: ACCOUNT,
    dialect,
    direction: 'inbound',
    to: '+12025550110',
    from: '+12025550100',
    entry: { verbs: [] },
    nowMs: clock.now(),
  });
  const [call] = session.calls;
  if (documents === undefined || call === undefined) throw new Error('There is nothing to ask with.');
  return obtainDocument({
    web,
    clock: { now: () => clock.now(), sleep: () => never },
    documents,
    request: { id: '0', purpose: 'action', call, target: { url, method: 'POST' }, ...request },
    authToken: 'token',
    accountSid: ACCOUNT,
    random: systemRandom,
  });
}

/** Answers in turn, the last one for ever; before each, some time passes. */
function inTurn(path: string, statuses: number[], passMs = 0): string {
  let asked = 0;
  return customer.on(path, async () => {
    await clock.advance(passMs);
    const status = statuses[Math.min(asked++, statuses.length - 1)] ?? 200;
    return status === 200 ? HELLO : { status };
  });
}
const times = (path: string) => customer.asked(path).length;
const SAID = { verbs: [{ verb: 'Say', parts: ['Hello.'] }] };

/** Waits, in real time but briefly, until so many requests have come. */
async function whenAsked(path: string, count: number): Promise<void> {
  while (times(path) < count) await new Promise(resolve => setTimeout(resolve, 2));
}

describe('A document is asked for again', () => {
  it('where its URL says so of such a status, each time with a new signature', async () => {
    const result = await obtain(`${inTurn('/next', [500, 503, 200])}#rc=2&rp=5xx`);

    expect(result).toMatchObject(SAID);
    expect(result.notifications).toMatchObject([
      { level: 'warning', code: 7012, message: expect.stringContaining('500') },
      { level: 'warning', code: 7012, message: expect.stringContaining('503') },
    ]);
    const nonces = customer.requests.map(({ headers }) => headers['x-plivo-signature-v3-nonce']);
    expect(new Set(nonces).size).toBe(3);
  });

  it('where nobody can be connected with: an answer URL twice more, any other once', async () => {
    const nowhere = 'http://nowhere.test/';
    const first = await obtain(nowhere, { purpose: 'first' });
    const action = await obtain(nowhere);

    expect(first).toMatchObject({ error: { code: 7011 } });
    expect(first.notifications.map(({ level }) => level)).toEqual(['warning', 'warning']);
    expect(action.notifications.map(({ level }) => level)).toEqual(['warning']);
  });

  it('where no answer comes in time', async () => {
    const pending = obtain(customer.on('/next', () => never));
    await whenAsked('/next', 1);
    await clock.advance(15_000);
    await whenAsked('/next', 2);
    await clock.advance(15_000);

    expect(await pending).toMatchObject({ error: { code: 7012 } });
    expect(times('/next')).toBe(2);
  });
});

describe('A document is asked for once', () => {
  it('where it comes, whatever is wrong with it', async () => {
    await obtain(`${customer.on('/next', '<Response')}#rp=all`);
    expect(times('/next')).toBe(1);
  });

  it.each([
    [404, ''],
    [500, ''],
    [500, '#rp=4xx,ct'],
    [404, '#rp=5xx'],
    [500, '#rc=0&rp=all'],
  ])('after a %i, with %j', async (status, fragment) => {
    expect(await obtain(inTurn('/next', [status]) + fragment, { purpose: 'first' })).toMatchObject({
      error: { code: 7011 },
    });
    expect(times('/next')).toBe(1);
  });

  it('after an answer that broke off', async () => {
    expect(await obtain(`${customer.on('/next', { breaks: true })}#rc=5&rp=all`)).toMatchObject({
      error: { reason: 'unreachable' },
    });
    expect(times('/next')).toBe(1);
  });

  it('in a dialect without such rules', async () => {
    const { notifications } = await obtain('http://nowhere.test/', {}, 'signalwire');
    expect(notifications).toEqual([]);
  });
});

describe('All tries of a URL', () => {
  it('begin within 30 s', async () => {
    const third = MAX_TRIES_MS / 3;
    await obtain(`${inTurn('/late', [500], third)}#rc=5&rp=5xx`);
    expect(times('/late')).toBe(3);
    customer.reset();
    await obtain(`${inTurn('/late', [500], third - 1)}#rc=5&rp=5xx`);
    expect(times('/late')).toBe(4);
  });

  it('end within 30 s', async () => {
    const pending = obtain(
      `${customer.on('/late', () => (times('/late') < 3 ? clock.advance(14_000).then(() => ({ status: 500 })) : never))}#rc=5&rp=all`,
    );
    const startedMs = clock.now();
    await whenAsked('/late', 3);
    await clock.advance(2_000);

    expect(await pending).toMatchObject({ error: { code: 7012 } });
    expect(clock.now() - startedMs).toBe(MAX_TRIES_MS);
    expect(times('/late')).toBe(3);
  });

  it('end within the time that it gives them', async () => {
    const pending = obtain(`${customer.on('/late', () => never)}#tt=4000`);
    await whenAsked('/late', 1);
    await clock.advance(4_000);

    expect(await pending).toMatchObject({ error: { message: expect.stringContaining('4000 ms in all') } });
    expect(times('/late')).toBe(1);
  });

  it('come before the first of its fallback', async () => {
    const fallback = { url: inTurn('/fallback', [500, 200]), method: 'POST' } as const;
    const result = await obtain(`${inTurn('/next', [500])}#rc=1&rp=5xx`, {
      purpose: 'first',
      fallback: { ...fallback, url: `${fallback.url}#rp=all` },
    });

    expect(result).toMatchObject(SAID);
    expect(customer.requests.map(({ path }) => path)).toEqual(['/next', '/next', '/fallback', '/fallback']);
    expect(result).toMatchObject({ fellBack: { code: 7011 } });
    expect(result.notifications.map(({ level }) => level)).toEqual(['warning', 'warning']);
  });
});
