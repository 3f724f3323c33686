/** Calls go out at their account's rate, in their order, and none is lost to a service that has had enough. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OWN, PHONE, TestPlatform } from '../support/test-platform.ts';

const HELLO = '<Response><Say>Hello.</Say></Response>';
const TO = Object.values(PHONE);

describe.each([
  ['the voice service’s default of one call a second', 1, 1, 1_000],
  ['a rate of four calls a second', 4, 4, 250],
  ['a rate above what the voice service takes', 4, 1, 1_000],
])('with %s', (_, callsPerSecond, createCallsPerSecond, gapMs) => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.start({
      callsPerSecond,
      sma: { quotas: { createCallsPerSecond, concurrentLegs: 100, updateCallsPerSecond: 2 } },
    });
  });
  afterAll(async () => {
    await test.clear();
    await test.close();
  });

  it('calls that were asked for at once are placed one by one, in their order', async () => {
    const callSids: string[] = [];
    for (let n = 0; n < 8; n++) {
      callSids.push(await test.call(TO[n % TO.length] as string, { Twiml: HELLO }));
    }
    await test.settled();
    const initiated = test.bus.filter(({ type }) => type === 'Call Initiated');
    expect(initiated.map(({ detail }) => detail.call.sid)).toEqual(callSids);
    const times = initiated.map(({ detail }) => Date.parse(detail.metadata['occurredAt' as 'id']));
    const gaps = times.slice(1).map((ms, n) => ms - (times[n] as number));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(gapMs - 10);
    for (const callSid of callSids) {
      expect(test.story(callSid).filter(line => line.startsWith('Call Completed'))).toHaveLength(1);
    }
    expect(await test.platform.aws.fauxqs.queueDepth('dialplane-outbound-dead-letters.fifo')).toMatchObject({
      visible: 0,
    });
  });
});

describe('changes of a call', () => {
  it('that come faster than the voice service takes them are refused for now', async () => {
    const test = await TestPlatform.start({
      sma: { quotas: { createCallsPerSecond: 10, updateCallsPerSecond: 2 } },
    });
    const callSid = await test.call(PHONE.answers, {
      From: OWN,
      Twiml: '<Response><Pause length="60"/></Response>',
    });
    await test.clock.advance(2_000);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => test.update(callSid, { Twiml: HELLO })),
    );
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, body, headers } of refused) {
      expect({ status, code: body['code'] }).toEqual({ status: 429, code: 20429 });
      expect(headers.get('retry-after')).toBe('1');
    }
    await test.settled();
    expect(test.heard(PHONE.answers).at(-1)).toBe('Hello.');
    await test.clear();
    await test.close();
  });
});
