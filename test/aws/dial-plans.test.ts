import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDialPlans, type DialPlans } from '../../aws/dial-plans.ts';
import { createSessions } from '../../aws/sessions.ts';
import { Conflict, createTable } from '../../aws/table.ts';
import type { StatusCallback } from '../../core/call.ts';
import type { DialPlan } from '../../core/dial-plan.ts';
import type { Session } from '../../core/session.ts';
import { type LocalAws, startLocalAws } from '../lambdas/local-aws.ts';

const PLAN: DialPlan = {
  token: 'token',
  kind: 'bridge',
  accountSid: 'AC1',
  dialect: 'restcomm',
  rootSid: 'CA0',
  calls: [],
  targets: [],
  callerId: '+12025550110',
  ringTimeoutSeconds: 30,
  timeLimitSeconds: 600,
  hangupOnStar: false,
  expiresAtMs: 61_000,
};

let aws: LocalAws;
let plans: DialPlans;

beforeAll(async () => {
  aws = await startLocalAws();
  plans = createDialPlans(createTable(aws.env));
});
afterAll(() => aws.close());

describe('A call of a plan that is dropped', () => {
  it('is found so by whoever claims the plan afterwards', async () => {
    await plans.put({ ...PLAN, token: 'before' }, 1_000);

    expect(await plans.drop('before', 'CA1', 'canceled')).toBeUndefined();
    expect(await plans.drop('before', 'CA2', 'completed')).toBeUndefined();

    expect(await plans.claim('before', 'edge-1', 2_000)).toMatchObject({
      claimedBy: 'edge-1',
      dropped: { CA1: 'canceled', CA2: 'completed' },
    });
  });

  it('is to be told to whoever has claimed it before', async () => {
    await plans.put({ ...PLAN, token: 'after' }, 1_000);
    const claimed = await plans.claim('after', 'edge-2', 2_000);

    expect(claimed).not.toHaveProperty('dropped');
    expect(await plans.drop('after', 'CA1', 'canceled')).toBe('edge-2');
  });

  it('makes no report that is under way fail', async () => {
    await plans.put({ ...PLAN, token: 'reported' }, 1_000, 'edge-1');
    await plans.drop('reported', 'CA1', 'canceled');

    expect(await plans.report('reported', 0, { calls: [], branches: [] })).toEqual({ version: 1 });
  });

  it('makes no plan of a token that there is not', async () => {
    await expect(plans.drop('unknown', 'CA1', 'canceled')).rejects.toThrow(Conflict);
    expect(await plans.get('unknown')).toBeUndefined();
  });
});

it('Whoever subscribes to calls of a plan is found by the claim and by each report that is written from then on, the last of each call', async () => {
  const [one, two] = ['https://example.com/1', 'https://example.com/2'].map(
    (url): StatusCallback => ({ url, method: 'POST', events: ['completed'] }),
  ) as [StatusCallback, StatusCallback];
  await plans.put({ ...PLAN, token: 'subscribed' }, 1_000);
  await plans.subscribe('subscribed', 'CA1', one);

  expect(await plans.claim('subscribed', 'edge-1', 2_000)).toMatchObject({ callbacks: { CA1: one } });
  await plans.subscribe('subscribed', 'CA1', two);
  await plans.subscribe('subscribed', 'CA2', one);

  expect(await plans.report('subscribed', 0, { calls: [], branches: [] })).toEqual({
    version: 1,
    callbacks: { CA1: two, CA2: one },
  });
});

it('What a caller is to be turned away with is found at the plan that brought them, the last that was said', async () => {
  await plans.put({ ...PLAN, token: 'refused', kind: 'inbound' }, 1_000, 'edge-1');
  await plans.refuse('refused', { sipCode: 480 });
  await plans.refuse('refused', { sipCode: 500, reason: 'document-invalid' });

  expect(await plans.get('refused')).toMatchObject({
    refusal: { sipCode: 500, reason: 'document-invalid' },
  });
});

describe('A caller that sends on whoever has answered', () => {
  it('says so beside the plan of its Dial, which its session leads to, and no report fails because of it', async () => {
    const session = { calls: [{ sid: 'CA7', createdAtMs: 0 }], sid: 'CA7', dialToken: 'dialled' } as Session;
    await createSessions(createTable(aws.env)).create({ session }, 1_000);
    await plans.put({ ...PLAN, token: 'dialled' }, 1_000, 'edge-1');

    expect(await plans.openOf('CA7')).toMatchObject({ plan: { token: 'dialled' }, claimedBy: 'edge-1' });
    expect(await plans.refer('dialled', 'sip:carol@example.com')).toBe(true);

    expect(await plans.openOf('CA7')).toMatchObject({ referTo: 'sip:carol@example.com' });
    expect(await plans.report('dialled', 0, { calls: [], branches: [] })).toEqual({ version: 1 });
  });

  it('is told that it is too late once the plan is closed, or where there is none', async () => {
    await plans.put({ ...PLAN, token: 'closed' }, 1_000, 'edge-1');
    await plans.close('closed', 0);

    expect([await plans.refer('closed', 'sip:c@x.org'), await plans.refer('unknown', 'sip:c@x.org')]).toEqual(
      [false, false],
    );
    expect(await plans.openOf('CA-unknown')).toBeUndefined();
  });
});
