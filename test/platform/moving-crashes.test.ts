/** Functions that are killed between any two of their steps while a callee is moved. Real time and real sockets. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionName } from '../../local/functions.ts';
import type { SipPhone } from '../sma/support/sip-phone.ts';
import { Crashes, type CrashPoint } from '../support/crashes.ts';
import { DialPlatform } from '../support/dial-platform.ts';

let crashes: Crashes;
let test: DialPlatform;

beforeAll(async () => {
  crashes = await Crashes.start();
  test = await DialPlatform.start({ functions: crashes.functions });
});
afterEach(async () => {
  crashes.plan = () => undefined;
  const { ends, inOrder } = await test.ended();
  await test.clear();
  expect({ ends: new Set(ends), inOrder: new Set(inOrder) }).toEqual({
    ends: new Set([1]),
    inOrder: new Set([true]),
  });
});
afterAll(async () => {
  await test.close();
  await crashes.close();
});

/** Both legs are led on; then the callee hangs up. What was asked of whom, and where functions could have been killed. */
async function move(plan: (point: CrashPoint) => 'before' | 'after' | undefined): Promise<CrashPoint[]> {
  const bob: SipPhone = await test.phone();
  const sid = await test.dialsInPlivo(`<User>sip:bob@127.0.0.1:${bob.port}</User>`);
  await test.until(() => test.callerTalks && test.story.includes('1 Call Answered in-progress'), 'they talk');
  const [aleg_url, bleg_url] = ['/a', '/b'].map(path =>
    test.customer.on(path, '<Response><Wait length="60"/></Response>'),
  );
  crashes.reset();
  const points: CrashPoint[] = [];
  crashes.plan = point => {
    points.push(point);
    return plan(point);
  };
  await test.plivo(`Call/${sid}/`, { legs: 'both', aleg_url, bleg_url });
  // Whatever has become of it: it is asked for, or the two still talk.
  const isSettled = () => test.customer.asked('/b').length > 0 || crashes.struck.length > 0;
  await test.until(isSettled, 'the document is asked, or somebody was killed');
  await new Promise(resolve => setTimeout(resolve, 200));
  bob.taken[0]?.bye();
  await test.until(
    () => test.story.some(line => line.startsWith('1 Call Completed')),
    'the callee’s call ends',
  );
  for (const path of ['/a', '/b']) expect(test.customer.asked(path).length).toBeLessThanOrEqual(1);
  return points;
}

/** What the API writes, after all that it reads; and the handler's first steps for the two legs, who come in any order. */
const WRITES = [
  ['sqs:SendMessage', 7],
  ['dynamodb:PutItem', 8],
  ['dynamodb:PutItem', 9],
  ['dynamodb:PutItem', 10],
  ['chime:POST', 11],
  ['sqs:SendMessage', 12],
] as const;
const STEPS: readonly (readonly [FunctionName, number])[] = [
  ...WRITES.map(([, step]) => ['api', step] as const),
  ...Array.from({ length: 12 }, (_, step) => ['sma-handler', step] as const),
];

describe('a move', () => {
  it('is written by the API in these steps', async () => {
    const points = await move(() => undefined);
    const ofApi = points.filter(({ functionName }) => functionName === 'api').map(({ what }) => what);
    expect(ofApi.slice(7, 13).map(what => what.split(' ')[0])).toEqual(WRITES.map(([what]) => what));
  });

  it.each(STEPS)('in which %s is killed after step %i ends every call once', async (name, step) => {
    await move(point => (point.functionName === name && point.step === step ? 'after' : undefined));
    expect(crashes.struck).toMatchObject([{ functionName: name, step }]);
  });
});
