/** What a request that places many calls asks of AWS: as little as there can be, since its client waits 5 s for it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, isOver } from '../../../core/call.ts';
import type { PhoneNumber } from '../../../core/operation.ts';
import { decodeCreate } from '../../../dialects/plivo/requests.ts';
import { createOperations } from '../../../lambdas/api/operations/index.ts';
import { targetOperation } from '../../../local/aws/service.ts';
import { ServiceBench } from '../../support/service-bench.ts';

const ACCOUNT = `AC${'1'.repeat(32)}`;
const OWN = '+12025550110';
const MANY = 120;

describe('A Plivo create for many destinations', () => {
  let bench: ServiceBench;

  beforeAll(async () => {
    bench = await ServiceBench.start();
    await bench.stores.numbers.put({ number: OWN, accountSid: ACCOUNT } as PhoneNumber);
  });
  afterAll(() => bench.close());

  async function create(to: string[], headers: Record<string, string> = {}): Promise<Call[]> {
    bench.requests.splice(0);
    bench.events.splice(0);
    const form = { to: to.join('<'), from: OWN, answer_url: 'https://example.com/answer' };
    const request = { form: Object.entries(form), accountSid: ACCOUNT, headers, requestId: 'r', nowMs: 1 };
    const { placeCalls } = createOperations(bench.context);
    const { result } = await placeCalls(decodeCreate(request as never), {
      request,
      dialect: { name: 'plivo' },
    });
    return (result as { calls: Call[] }).calls;
  }

  /** How often each operation was asked for. */
  function asked(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const request of bench.requests) {
      const name = targetOperation(request);
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  const callees = Array.from({ length: MANY }, (_, n) => `1202555${String(n).padStart(4, '0')}`);

  it('reads its routes and its number once, writes each call once, and queues and tells ten at a time', async () => {
    const calls = await create(callees);
    expect(calls.map(({ to }) => to)).toEqual(callees.map(to => `+${to}`));
    const { SendMessageBatch, ...others } = asked();
    expect(others).toEqual({ GetItem: 1, Query: 1, PutItem: MANY, PutEvents: MANY / 10 });
    expect(SendMessageBatch).toBeLessThanOrEqual(MANY / 10 + 2);
    expect(bench.events.map(event => (event.detail as { call: Call }).call.sid).toSorted()).toEqual(
      calls.map(({ sid }) => sid).toSorted(),
    );
  });

  it('reads one more item where it has an Idempotency-Key', async () => {
    await create(callees, { 'idempotency-key': 'k' });
    expect(asked()).toMatchObject({ GetItem: 2, PutItem: MANY });
  });

  it('reads the names of all endpoints at once', async () => {
    const calls = await create(callees.map((_, n) => `sip:agent${n}@phone.plivo.com`));
    expect(asked()).toMatchObject({ Query: 1 });
    expect(asked()['GetItem'] ?? 0).toBeLessThanOrEqual(1);
    expect(calls.every(isOver)).toBe(true);
  });
});
