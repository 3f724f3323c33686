/** Plivo's retries and dialMusic, with a function killed at each of its steps in turn: a URL is asked no oftener than its rule says. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionName } from '../../local/functions.ts';
import { Crashes } from '../support/crashes.ts';
import { type PlivoClient, plivoClient } from '../support/plivo-client.ts';
import { OWN, PHONE, TestPlatform } from '../support/test-platform.ts';

describe('a call whose answer URL fails once, and whose Dial has music', () => {
  let crashes: Crashes;
  let test: TestPlatform;
  let client: PlivoClient;

  beforeAll(async () => {
    crashes = await Crashes.start();
    test = await TestPlatform.start({ functions: crashes.functions });
    const { plivoAuthId, authToken } = test.platform.info;
    client = plivoClient(test.platform.url, plivoAuthId, authToken);
  });
  afterEach(async () => {
    crashes.plan = () => undefined;
    test.troubles.splice(0);
    await test.clear();
  });
  afterAll(async () => {
    await test.close();
    await crashes.close();
  });

  /** One call, whose functions are killed as planned. Gives back whether any was. */
  async function live(functionName: FunctionName, step: number, when: 'before' | 'after'): Promise<boolean> {
    crashes.reset();
    test.customer.reset();
    test.bus.splice(0);
    crashes.plan = point => (point.functionName === functionName && point.step === step ? when : undefined);
    const music = test.customer.on('/music', '<Response><Speak>No music.</Speak></Response>');
    const dial = `<Dial dialMusic="${music}" timeout="20"><Number>${PHONE.answersLate}</Number></Dial>`;
    test.customer.on('/answer', () =>
      test.customer.asked('/answer').length === 1
        ? { status: 500 }
        : `<Response><Speak>Hello.</Speak>${dial}</Response>`,
    );
    await client.calls.create(OWN, PHONE.answers, `${test.customer.url}/answer#rc=1&rp=5xx`, {
      hangupUrl: test.customer.on('/hangup', ''),
    });
    await test.clock.advance(30_000);
    for (const phone of [PHONE.answers, PHONE.answersLate]) {
      if (test.platform.handsets.get(phone).state !== 'idle') test.platform.handsets.hangUp(phone);
    }
    await test.settled();
    return crashes.struck.length > 0;
  }

  const ends = () => {
    const calls = Map.groupBy(
      new Map(test.bus.map(entry => [entry.id, entry])).values(),
      ({ detail }) => detail.call.sid,
    );
    return [...calls.values()].map(entries => entries.filter(({ type }) => type === 'Call Completed').length);
  };

  it.each<[FunctionName, 'before' | 'after']>([
    ['fetch', 'before'],
    ['fetch', 'after'],
    ['sma-handler', 'after'],
  ])(
    'is asked for twice at most, and ends once, with %s killed %s each of its requests',
    async (functionName, when) => {
      let step = 0;
      for (; await live(functionName, step, when); step++) {
        const asked = ['/answer', '/music'].map(path => test.customer.asked(path).length);
        const where = `killed at step ${step}`;
        expect(asked[0], where).toBeLessThanOrEqual(2);
        expect(asked[1], where).toBeLessThanOrEqual(1);
        expect(new Set(ends()), where).toEqual(new Set([1]));
        expect(test.customer.asked('/hangup').length, where).toBeGreaterThanOrEqual(1);
      }
      expect(step).toBeGreaterThan(5);
    },
    120_000,
  );
});
